/** Endpoints of the contract: what the console lists. Each list is searched, paged, and a CSV. */

import { type TProperties, type TSchema, Type } from 'typebox'
import { apiKey, loggedRequest } from './api-key-contract.ts'
import { page } from './asked.ts'
import * as l from './console-list-objects.ts'
import type { Refusal } from './errors.ts'
import { idOf } from './ids.ts'
import { applicationMoves, type CardStatus, cardMoves } from './moves.ts'
import { listOf } from './objects.ts'
import { type OperatorRole, operatorRoles } from './operator-objects.ts'
import { closed, lastFour, oneOf, statesOf } from './shapes.ts'
import { deliveryStates, webhookDelivery, webhookEndpoint } from './webhook-contract.ts'

const name = Type.Optional(Type.String({ minLength: 1, maxLength: 80 }))
const byMerchant = closed({ id: idOf('mer') })

type Listing<P, Q, I> = {
  readonly path: P
  readonly summary: string
  readonly query: Q
  readonly item: I
  readonly roles?: readonly OperatorRole[]
}

/** A list for the platform's people: any of them may read it unless it names who. */
export function list<const P extends `/v1/${string}`, Q extends TProperties, I extends TSchema>(
  listing: Listing<P, Q, I>,
) {
  const { path, summary, query, item, roles = operatorRoles } = listing
  return {
    method: 'GET',
    path,
    tag: 'Operators',
    caller: 'operator',
    roles,
    status: 200,
    csv: true,
    summary,
    query: closed({ ...page, ...query }),
    answer: listOf(item),
    refuses: [] as readonly Refusal[],
  } as const
}

const ofMerchant = <const P extends `/v1/${string}`, Q extends TProperties, I extends TSchema>(
  listing: Listing<P, Q, I>,
) => ({ ...list(listing), params: byMerchant })

const merchants = {
  findMerchants: list({
    path: '/v1/operator/merchants',
    summary: 'Merchants with their stores, newest first.',
    query: { name },
    item: l.foundMerchant,
  }),
  readMerchant: {
    method: 'GET',
    path: '/v1/operator/merchants/:id',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    summary: 'A merchant, its stores, and who of it signs in at the console.',
    params: byMerchant,
    answer: closed({ merchant: l.foundMerchant, users: Type.Array(l.merchantUser) }),
    refuses: ['not_found'],
  },
  listMerchantWebhooks: ofMerchant({
    path: '/v1/operator/merchants/:id/webhook_endpoints',
    summary: 'A merchant’s webhook endpoints, newest first.',
    query: {},
    item: webhookEndpoint,
  }),
  listMerchantApiKeys: ofMerchant({
    path: '/v1/operator/merchants/:id/api_keys',
    summary: 'A merchant’s API keys, newest first; of each what may be shown.',
    query: {},
    item: apiKey,
  }),
  listMerchantRequests: ofMerchant({
    path: '/v1/operator/merchants/:id/requests',
    summary: 'What was asked with a merchant’s keys, newest first, secrets masked.',
    query: {},
    item: loggedRequest,
  }),
  listMerchantDeliveries: {
    ...list({
      path: '/v1/operator/merchants/:id/webhook_endpoints/:endpoint/deliveries',
      summary: 'What was and will be delivered to an endpoint, newest event first.',
      query: { status: Type.Optional(oneOf(deliveryStates)) },
      item: webhookDelivery,
    }),
    params: closed({ id: idOf('mer'), endpoint: idOf('whe') }),
    refuses: ['not_found'],
  },
  resendMerchantEvent: {
    method: 'POST',
    path: '/v1/operator/merchants/:id/webhook_endpoints/:endpoint/resend',
    tag: 'Operators',
    caller: 'operator',
    roles: ['operator'],
    status: 200,
    summary: 'Deliver one event to one of a merchant’s endpoints again.',
    params: closed({ id: idOf('mer'), endpoint: idOf('whe') }),
    body: closed({ event: idOf('evt') }),
    answer: closed({
      object: Type.Literal('webhook_resend'),
      event: idOf('evt'),
      endpoint: idOf('whe'),
    }),
    refuses: ['not_found'],
  },
} as const

const cards = {
  findCards: list({
    path: '/v1/operator/cards',
    summary: 'Cards, newest first. Names are shown to issuer and auditor.',
    query: {
      status: Type.Optional(statesOf<CardStatus>(cardMoves)),
      program: Type.Optional(idOf('prg')),
      cardholder: Type.Optional(idOf('chl')),
      last4: Type.Optional(lastFour),
    },
    item: l.foundCard,
  }),
  findCardholders: list({
    path: '/v1/operator/cardholders',
    summary: 'Cardholders, newest first.',
    roles: ['issuer', 'auditor'],
    query: { name },
    item: l.foundCardholder,
  }),
  findApplications: list({
    path: '/v1/operator/applications',
    summary: 'Applications with what was decided, newest first.',
    roles: ['issuer', 'auditor'],
    query: {
      id: Type.Optional(idOf('app')),
      status: Type.Optional(statesOf(applicationMoves)),
      program: Type.Optional(idOf('prg')),
    },
    item: l.foundApplication,
  }),
  findDevices: list({
    path: '/v1/operator/devices',
    summary: 'Phones, or devices of another kind, newest first.',
    query: {
      kind: Type.Optional(Type.Unsafe<l.DeviceKind>({ ...oneOf(l.deviceKinds), default: 'phone' })),
      /** A cardholder; of entry devices a merchant. */
      owner: Type.Optional(Type.String({ maxLength: 40 })),
      status: Type.Optional(Type.String({ maxLength: 20 })),
    },
    item: l.foundDevice,
  }),
  findPrograms: list({
    path: '/v1/operator/programs',
    summary: 'Card programs: bounds, and the rules by which they are granted.',
    query: {},
    item: l.foundProgram,
  }),
  findOperators: list({
    path: '/v1/operator/operators',
    summary: 'Who works here.',
    query: {},
    item: l.foundOperator,
  }),
} as const

const books = {
  findAccounts: list({
    path: '/v1/operator/accounts',
    summary: 'Cardholders’ accounts in the ledger, newest first.',
    query: { id: Type.Optional(idOf('acc')) },
    item: l.foundAccount,
  }),
  readLegs: {
    method: 'GET',
    path: '/v1/operator/payments/:id/legs',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    csv: true,
    summary: 'Every leg that a payment left on the account that paid it.',
    params: closed({ id: idOf('pay') }),
    answer: listOf(l.ledgerLeg),
    refuses: ['not_found'],
  },
  readTrialBalance: {
    method: 'GET',
    path: '/v1/operator/trial_balance',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    summary: 'Sums by kind of account, lane by lane; those of a currency and layer are zero.',
    query: closed({ lane: Type.Optional(Type.Integer({ minimum: 0, maximum: 63 })) }),
    answer: l.trialBalance,
    refuses: [],
  },
} as const

export const consoleLists = { ...merchants, ...cards, ...books } as const
