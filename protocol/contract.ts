/**
 * The contract: every endpoint, once. It feeds the router, validation, clients' types and the
 * OpenAPI document. An endpoint that is not here does not exist; a caller not named is refused.
 */

import { type Static, type TObject, type TSchema, type TUnion, Type } from 'typebox'
import { apiKeyEndpoints } from './api-key-contract.ts'
import { extents } from './approval-content.ts'
import { approvalEndpoints } from './approval-contract.ts'
import { arrivalEndpoints } from './arrival-contract.ts'
import { confirmationBody, signedKeyText } from './delivery.ts'
import { deviceEndpoints } from './device-contract.ts'
import type { Refusal } from './errors.ts'
import { idOf } from './ids.ts'
import { issuingEndpoints, proof, verificationFaults } from './issuing-contract.ts'
import { decisionReasons } from './issuing-objects.ts'
import * as j from './joining-objects.ts'
import { merchantEndpoints } from './merchant-contract.ts'
import { presentmentAsked } from './merchant-objects.ts'
import { currency, minorUnits } from './money.ts'
import * as o from './objects.ts'
import { operatorEndpoints } from './operator-contract.ts'
import type { OperatorRole } from './operator-objects.ts'
import { plasticEndpoints } from './plastic-contract.ts'
import { presentCardBody } from './presenting.ts'
import { readerEndpoints } from './reader-contract.ts'
import { schemes } from './schemes.ts'
import { orderLine, sealedMessage } from './sealed.ts'
import {
  assertion,
  attestation,
  base64url,
  closed,
  oneOf,
  plainText,
  publicJwk,
  webAddress,
} from './shapes.ts'
import { simEndpoints } from './sim-contract.ts'
import { webhookEndpoints } from './webhook-contract.ts'

/**
 * Who may call. `merchant`: secret API key. `session`: a cardholder's log-in (15 minutes).
 * `terminal`: RFC 9421 signature; writes advance its counter. `terminal_by_vault`: the same, but
 * the vault verifies it, on the way to opening the card. `operator`: a token of who works here, with
 * one of the endpoint's roles. `bureau`: as a terminal signs, by the bureau's own key and counter.
 * `sandbox`: anyone, in sandbox mode only.
 */
export type Caller =
  | 'anyone'
  | 'merchant'
  | 'session'
  | 'terminal'
  | 'terminal_by_vault'
  | 'operator'
  | 'bureau'
  | 'sandbox'

export type Endpoint = {
  readonly method: 'GET' | 'POST'
  readonly path: `/v1/${string}`
  readonly summary: string
  readonly tag: string
  readonly caller: Caller
  /** Operators need one of these. */
  readonly roles?: readonly OperatorRole[]
  /** A phone whose place was taken may still read it. */
  readonly alsoReplaced?: true
  /** An Idempotency-Key header is required (merchants); terminals have their counter instead. */
  readonly idempotencyKey?: true
  /** Money can move: every refusal says `performed`, `not_performed` or `unknown`. */
  readonly movesMoney?: true
  /** The answer is text/event-stream without end; `answer` is the data of each message. */
  readonly stream?: true
  readonly params?: TObject
  readonly query?: TObject
  /** An object, or a union of objects told apart by their `kind`. */
  readonly body?: TObject | TUnion<TObject[]>
  readonly answer: TSchema
  readonly status: 200 | 201
  /** The refusals of its own, beside those of validation, authentication and faults. */
  readonly refuses: readonly Refusal[]
}

const nothing = closed({})
const byId = <P extends Parameters<typeof idOf>[0]>(prefix: P) => closed({ id: idOf(prefix) })
const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
  starting_after: Type.Optional(Type.String({ maxLength: 40 })),
}

export const contract = {
  // ── joining ────────────────────────────────────────────────────────────────────────────────
  startRegistration: {
    method: 'POST',
    path: '/v1/registrations',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Ask for a challenge to make a passkey with.',
    body: nothing,
    answer: j.passkeyOptions,
    refuses: [],
  },
  createCardholder: {
    method: 'POST',
    path: '/v1/cardholders',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Join: register a passkey. Answers with a session.',
    body: closed({ registration: idOf('reg'), name: plainText(80), attestation }),
    answer: closed({ cardholder: j.cardholder, session: j.session }),
    refuses: ['challenge_expired', 'passkey_invalid', 'credential_exists'],
  },
  startLogin: {
    method: 'POST',
    path: '/v1/logins',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Ask for a nonce to log in with.',
    body: nothing,
    answer: j.loginOptions,
    refuses: [],
  },
  createSession: {
    method: 'POST',
    path: '/v1/sessions',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Log in with a passkey.',
    body: closed({ registration: idOf('reg'), assertion }),
    answer: j.session,
    refuses: ['challenge_expired', 'passkey_invalid', 'passkey_unknown'],
  },

  // ── terminals ──────────────────────────────────────────────────────────────────────────────
  startEnrolment: {
    method: 'POST',
    path: '/v1/enrolments',
    tag: 'Terminals',
    caller: 'session',
    status: 201,
    summary: 'Ask for a nonce to register this phone with.',
    body: nothing,
    answer: closed({ terminal: idOf('trm'), nonce: base64url(32, 32), origin: Type.String() }),
    refuses: [],
  },
  createTerminal: {
    method: 'POST',
    path: '/v1/terminals',
    tag: 'Terminals',
    caller: 'session',
    status: 201,
    summary:
      'Register this phone’s two keys; the passkey vouches for them. Answers with a sealed challenge.',
    body: closed({
      terminal: idOf('trm'),
      sealing_key: publicJwk,
      signing_key: publicJwk,
      signature: base64url(64, 64),
      assertion,
    }),
    answer: closed({ terminal: o.terminal, challenge: sealedMessage, vault_key: publicJwk }),
    refuses: [
      'challenge_expired',
      'enrolment_invalid',
      'passkey_invalid',
      'passkey_unknown',
      'terminal_exists',
    ],
  },
  confirmTerminal: {
    method: 'POST',
    path: '/v1/terminals/:id/confirm',
    tag: 'Terminals',
    caller: 'session',
    status: 200,
    summary: 'Prove that the sealed challenge could be opened. The terminal is active then.',
    params: byId('trm'),
    body: closed({ proof: base64url(32, 32) }),
    answer: o.terminal,
    refuses: ['not_found', 'proof_invalid', 'terminal_not_active'],
  },
  getTerminal: {
    method: 'GET',
    path: '/v1/terminals/:id',
    tag: 'Terminals',
    caller: 'session',
    status: 200,
    summary: 'One of your phones.',
    params: byId('trm'),
    answer: o.terminal,
    refuses: ['not_found'],
  },

  // ── applying ───────────────────────────────────────────────────────────────────────────────
  listPrograms: {
    method: 'GET',
    path: '/v1/programs',
    tag: 'Applying',
    caller: 'anyone',
    status: 200,
    summary: 'The cards that can be applied for.',
    query: closed(page),
    answer: o.listOf(o.program),
    refuses: [],
  },
  createApplication: {
    method: 'POST',
    path: '/v1/applications',
    tag: 'Applying',
    caller: 'terminal',
    status: 201,
    summary: 'Apply for a card. The signed request is kept as evidence.',
    body: closed({
      program: idOf('prg'),
      scheme: oneOf(schemes),
      applicant: o.applicant,
    }),
    answer: o.application,
    refuses: ['program_closed'],
  },
  getApplication: {
    method: 'GET',
    path: '/v1/applications/:id',
    tag: 'Applying',
    caller: 'terminal',
    status: 200,
    summary: 'An application and its decision.',
    params: byId('app'),
    answer: o.application,
    refuses: ['not_found'],
  },
  startVerification: {
    method: 'POST',
    path: '/v1/applications/:id/verifications',
    tag: 'Applying',
    caller: 'terminal',
    status: 201,
    summary: 'Show who you are by one of the program’s methods; a phone is sent a code.',
    params: byId('app'),
    body: proof,
    answer: o.verification,
    refuses: [
      'not_found',
      'application_state',
      'application_expired',
      'field_invalid',
      'code_exhausted',
      ...verificationFaults,
    ],
  },
  answerVerification: {
    method: 'POST',
    path: '/v1/verifications/:id/answer',
    tag: 'Applying',
    caller: 'terminal',
    status: 200,
    summary: 'Type the code. The last verification asked for brings the decision.',
    params: byId('ver'),
    body: closed({ code: Type.String({ pattern: '^[0-9]{6}$' }) }),
    answer: o.application,
    refuses: [
      'not_found',
      'application_state',
      'application_expired',
      'code_wrong',
      'code_expired',
      'code_exhausted',
    ],
  },

  // ── cards ──────────────────────────────────────────────────────────────────────────────────
  installCard: {
    method: 'POST',
    path: '/v1/applications/:id/installation',
    tag: 'Cards',
    caller: 'terminal',
    status: 201,
    summary: 'Pull the approved card, sealed to this phone.',
    params: byId('app'),
    body: nothing,
    answer: o.installation,
    refuses: [
      'not_found',
      'application_state',
      'application_expired',
      'terminal_not_active',
      'bin_exhausted',
    ],
  },
  confirmInstallation: {
    method: 'POST',
    path: '/v1/installations/:id/confirm',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'Say, signed, what was installed. The card is active then.',
    params: byId('ins'),
    body: confirmationBody,
    answer: o.card,
    refuses: [
      'not_found',
      'installation_mismatch',
      'application_state',
      'activation_unknown',
      'activation_used',
      'activation_expired',
      'signature_invalid',
      'terminal_not_active',
    ],
  },
  renewPaymentKey: {
    method: 'POST',
    path: '/v1/cards/:id/payment-key',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'The key to seal this card to when paying, signed by the vault; the next one if due.',
    params: byId('crd'),
    body: nothing,
    answer: closed({ card: idOf('crd'), payment_key: signedKeyText }),
    refuses: ['not_found', 'terminal_not_active'],
  },
  listCards: {
    method: 'GET',
    path: '/v1/cards',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'Your cards.',
    query: closed(page),
    answer: o.listOf(o.card),
    refuses: [],
  },
  getCard: {
    method: 'GET',
    path: '/v1/cards/:id',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'One of your cards.',
    params: byId('crd'),
    answer: o.card,
    refuses: ['not_found'],
  },
  suspendCard: {
    method: 'POST',
    path: '/v1/cards/:id/suspend',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'Freeze a card.',
    params: byId('crd'),
    body: nothing,
    answer: o.card,
    refuses: ['not_found', 'card_not_active'],
  },
  resumeCard: {
    method: 'POST',
    path: '/v1/cards/:id/resume',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'Unfreeze a card.',
    params: byId('crd'),
    body: nothing,
    answer: o.card,
    refuses: ['not_found', 'card_not_active'],
  },

  // ── payments, the merchant's side ──────────────────────────────────────────────────────────
  createPayment: {
    method: 'POST',
    path: '/v1/payments',
    tag: 'Payments',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    movesMoney: true,
    summary:
      'Ask for a payment. Answers with a link for the cardholder’s wallet; a card from an entry ' +
      'device or a token is decided at once.',
    body: closed({
      amount: minorUnits,
      currency,
      store: Type.Optional(idOf('str')),
      merchant_reference: Type.Optional(plainText(64)),
      lines: Type.Optional(Type.Array(orderLine, { maxItems: 100 })),
      capture_method: Type.Optional(
        Type.Union([Type.Literal('automatic'), Type.Literal('manual')]),
      ),
      expires_in: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 3600, description: 'Seconds until the deadline' }),
      ),
      return_url: Type.Optional(webAddress),
      presentment: Type.Optional(presentmentAsked),
      /** `up_to`: the amount is a ceiling; say by capture what it came to. */
      extent: Type.Optional(oneOf(extents)),
      metadata: Type.Optional(o.metadata),
    }),
    answer: o.payment,
    refuses: [
      'device_not_active',
      'device_unknown',
      'entry_invalid',
      'entry_mismatch',
      'idempotency_key_reused',
      'ksn_replayed',
      'network_unavailable',
      'not_found',
      'token_unknown',
      'too_many_requests',
      'vault_unavailable',
    ],
  },
  getPayment: {
    method: 'GET',
    path: '/v1/payments/:id',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'A payment.',
    params: byId('pay'),
    answer: o.payment,
    refuses: ['not_found'],
  },
  listPayments: {
    method: 'GET',
    path: '/v1/payments',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'Your payments, newest first.',
    query: closed(page),
    answer: o.listOf(o.payment),
    refuses: [],
  },
  getTimeline: {
    method: 'GET',
    path: '/v1/payments/:id/timeline',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'Every request of a payment with its hops.',
    params: byId('pay'),
    answer: o.listOf(o.timelineEntry),
    refuses: ['not_found'],
  },
  capturePayment: {
    method: 'POST',
    path: '/v1/payments/:id/capture',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    idempotencyKey: true,
    movesMoney: true,
    summary: 'Take what was authorised, or a part of it; the rest is released.',
    params: byId('pay'),
    body: closed({ amount: Type.Optional(minorUnits) }),
    answer: o.payment,
    refuses: ['not_found', 'payment_state', 'amount_above_authorized', 'idempotency_key_reused'],
  },
  cancelPayment: {
    method: 'POST',
    path: '/v1/payments/:id/cancel',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    idempotencyKey: true,
    movesMoney: true,
    summary: 'End a payment before capture; a hold is released.',
    params: byId('pay'),
    body: nothing,
    answer: o.payment,
    refuses: ['not_found', 'payment_state', 'idempotency_key_reused'],
  },
  refundPayment: {
    method: 'POST',
    path: '/v1/payments/:id/refunds',
    tag: 'Payments',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    movesMoney: true,
    summary: 'Give back what was captured, or a part of it.',
    params: byId('pay'),
    body: closed({ amount: Type.Optional(minorUnits) }),
    answer: o.refund,
    refuses: ['not_found', 'payment_state', 'amount_above_captured', 'idempotency_key_reused'],
  },

  // ── payments, the cardholder's side ────────────────────────────────────────────────────────
  claimPayment: {
    method: 'POST',
    path: '/v1/claims',
    tag: 'Paying',
    caller: 'terminal',
    status: 200,
    summary: 'Open a payment’s link: the first phone wins. Answers with what will be signed.',
    body: closed({
      secret: base64url(32, 32),
      /** The card in the phone's SIM instead of the wallet's own. */
      presentment: Type.Optional(oneOf(['wallet', 'sim'] as const)),
    }),
    answer: o.claim,
    refuses: ['not_found', 'already_claimed', 'payment_expired', 'payment_state'],
  },
  presentCard: {
    method: 'POST',
    path: '/v1/payments/:id/present',
    tag: 'Paying',
    caller: 'terminal_by_vault',
    status: 200,
    movesMoney: true,
    summary: 'Approve and pay: the sealed card and one signed statement.',
    params: byId('pay'),
    body: presentCardBody,
    answer: o.presented,
    refuses: [
      'approval_mismatch',
      'assertion_invalid',
      'bridge_invalid',
      'blob_invalid',
      'blob_mismatch',
      'card_already_chosen',
      'card_moved',
      'card_not_activated',
      'card_unknown',
      'cardholder_mismatch',
      'counter_forked',
      'counter_stale',
      'match_number_wrong',
      'not_found',
      'payment_expired',
      'payment_key_expired',
      'payment_state',
      'pin_blocked',
      'pin_digits_wrong',
      'already_claimed',
      'scheme_mismatch',
      'signature_invalid',
      'sim_not_active',
      'sim_other',
      'sim_record_invalid',
      'sim_replayed',
      'sim_unknown',
      'statement_invalid',
      'terminal_not_active',
      'terminal_unknown',
      'user_verification_required',
    ],
  },
  denyPayment: {
    method: 'POST',
    path: '/v1/payments/:id/deny',
    tag: 'Paying',
    caller: 'terminal',
    status: 200,
    summary: 'Say no.',
    params: byId('pay'),
    body: nothing,
    answer: o.presented,
    refuses: ['not_found', 'payment_state', 'payment_expired', 'already_claimed'],
  },

  listActivity: {
    method: 'GET',
    path: '/v1/activity',
    tag: 'Paying',
    caller: 'terminal',
    status: 200,
    summary: 'What you were asked to pay, newest first.',
    query: closed(page),
    answer: o.listOf(o.activity),
    refuses: [],
  },
  getActivity: {
    method: 'GET',
    path: '/v1/activity/:id',
    tag: 'Paying',
    caller: 'terminal',
    status: 200,
    summary: 'One payment that you were asked for, by its id.',
    params: byId('pay'),
    answer: o.activity,
    refuses: ['not_found'],
  },

  ...merchantEndpoints,
  ...webhookEndpoints,
  ...issuingEndpoints,
  ...apiKeyEndpoints,
  ...operatorEndpoints,
  ...plasticEndpoints,
  ...arrivalEndpoints,
  ...deviceEndpoints,
  ...simEndpoints,
  ...readerEndpoints,
  ...approvalEndpoints,

  // ── events ─────────────────────────────────────────────────────────────────────────────────
  listEvents: {
    method: 'GET',
    path: '/v1/events',
    tag: 'Events',
    caller: 'merchant',
    status: 200,
    summary: 'What happened to your payments, newest first.',
    query: closed(page),
    answer: o.listOf(o.event),
    refuses: [],
  },
  streamEvents: {
    method: 'GET',
    path: '/v1/events/stream',
    tag: 'Events',
    caller: 'merchant',
    status: 200,
    stream: true,
    summary: 'What happens to your payments, as it happens. Resumes by Last-Event-ID.',
    answer: o.event,
    refuses: ['too_many_streams'],
  },
  listNotices: {
    method: 'GET',
    path: '/v1/notices',
    tag: 'Events',
    caller: 'session',
    status: 200,
    summary: 'What happened to your cards and phones, newest first.',
    query: closed(page),
    answer: o.listOf(o.event),
    refuses: [],
  },

  streamNotices: {
    method: 'GET',
    path: '/v1/notices/stream',
    tag: 'Events',
    caller: 'terminal',
    status: 200,
    stream: true,
    summary:
      'What happens to your cards, phones and payments, as it happens. Resumes by Last-Event-ID.',
    answer: o.event,
    refuses: ['too_many_streams'],
  },

  // ── sandbox ────────────────────────────────────────────────────────────────────────────────
  listInbox: {
    method: 'GET',
    path: '/v1/test/inbox',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    summary: 'The messages that would have left by SMS.',
    query: closed({ ...page, to: Type.Optional(Type.String({ maxLength: 20 })) }),
    answer: o.listOf(o.inboxMessage),
    refuses: [],
  },
  decideApplication: {
    method: 'POST',
    path: '/v1/test/applications/:id/decide',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    summary: 'Decide an application that waits for a person.',
    params: byId('app'),
    body: closed({
      result: Type.Union([Type.Literal('approve'), Type.Literal('refuse')]),
      limit: Type.Optional(minorUnits),
      reason: Type.Optional(oneOf(decisionReasons)),
    }),
    answer: o.application,
    refuses: ['not_found', 'application_state'],
  },
} as const satisfies Record<string, Endpoint>

export type Contract = typeof contract
export type EndpointName = keyof Contract
/** Endpoints that answer with a stream, and those that answer once. */
export type StreamName = {
  [N in EndpointName]: Contract[N] extends { readonly stream: true } ? N : never
}[EndpointName]
export type CallName = Exclude<EndpointName, StreamName>

type Part<E, K extends string> = E extends { readonly [P in K]: infer S extends TSchema }
  ? Static<S>
  : Record<never, never>
export type Params<N extends EndpointName> = Part<Contract[N], 'params'>
export type Query<N extends EndpointName> = Part<Contract[N], 'query'>
export type Body<N extends EndpointName> = Part<Contract[N], 'body'>
export type Reply<N extends EndpointName> = Static<Contract[N]['answer']>
