/**
 * Endpoints of the contract: the console. A session is a cookie that scripts cannot read; a write
 * by it carries the header `Warifu-Console: 1` and the console’s own Origin.
 */

import { Type } from 'typebox'
import { nothing, page } from './asked.ts'
import { consoleDangerous } from './console-dangerous.ts'
import { consoleLists } from './console-lists.ts'
import * as c from './console-objects.ts'
import { consoleOrders } from './console-orders.ts'
import { personaNames } from './console-roles.ts'
import { consoleWatch } from './console-watch.ts'
import { idOf } from './ids.ts'
import { minorUnits } from './money.ts'
import { paymentMoves } from './moves.ts'
import { listOf, presentments, timelineEntry } from './objects.ts'
import { actKinds, operatorRoles } from './operator-objects.ts'
import { assertion, attestation, closed, digest, lastFour, oneOf, statesOf } from './shapes.ts'

const byAct = closed({ id: idOf('req') })
/** A day in UTC. */
const day = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' })

const signIn = {
  startConsoleSignUp: {
    method: 'POST',
    path: '/v1/console/invitations',
    tag: 'Console',
    caller: 'anyone',
    perSecond: 5,
    status: 201,
    summary: 'With an invitation’s secret: ask for a challenge to make a passkey with.',
    body: closed({ invitation: Type.String({ pattern: '^wi_[A-Za-z0-9_-]{43}$' }) }),
    answer: c.consolePasskeyOptions,
    refuses: ['invitation_unknown', 'too_many_requests'],
  },
  finishConsoleSignUp: {
    method: 'POST',
    path: '/v1/console/passkeys',
    tag: 'Console',
    caller: 'anyone',
    perSecond: 5,
    status: 201,
    summary: 'Register the passkey, which uses the invitation up. Opens a session.',
    body: closed({ registration: idOf('reg'), attestation }),
    answer: c.consoleMe,
    refuses: [
      'challenge_expired',
      'credential_exists',
      'invitation_unknown',
      'passkey_invalid',
      'too_many_requests',
    ],
  },
  startConsoleSignIn: {
    method: 'POST',
    path: '/v1/console/challenges',
    tag: 'Console',
    caller: 'anyone',
    perSecond: 5,
    status: 201,
    summary: 'Ask for a challenge to sign in with.',
    body: nothing,
    answer: c.consoleSignInOptions,
    refuses: ['too_many_requests'],
  },
  finishConsoleSignIn: {
    method: 'POST',
    path: '/v1/console/sessions',
    tag: 'Console',
    caller: 'anyone',
    perSecond: 5,
    status: 201,
    summary:
      'Sign in with a passkey. Opens a session: 8 hours at most, 30 minutes without a request.',
    body: closed({ registration: idOf('reg'), assertion }),
    answer: c.consoleMe,
    refuses: ['challenge_expired', 'passkey_invalid', 'passkey_unknown', 'too_many_requests'],
  },
  enterSandbox: {
    method: 'POST',
    path: '/v1/test/console/sessions',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 201,
    summary: 'Enter the sandbox’s console as somebody who is there for it. Opens a session.',
    body: closed({ as: oneOf(personaNames) }),
    answer: c.consoleMe,
    refuses: ['not_found'],
  },
  getConsoleMe: {
    method: 'GET',
    path: '/v1/console/me',
    tag: 'Console',
    caller: 'console',
    status: 200,
    summary: 'Who is signed in, and what they may do.',
    answer: c.consoleMe,
    refuses: [],
  },
  signOutOfConsole: {
    method: 'POST',
    path: '/v1/console/sign_out',
    tag: 'Console',
    caller: 'console',
    status: 200,
    summary: 'End this session.',
    body: nothing,
    answer: closed({ object: Type.Literal('console_signed_out') }),
    refuses: [],
  },
  listConsoleSessions: {
    method: 'GET',
    path: '/v1/console/sessions',
    tag: 'Console',
    caller: 'console',
    status: 200,
    summary: 'Your own open sessions, newest first.',
    query: closed(page),
    answer: listOf(c.consoleSession),
    refuses: [],
  },
  endConsoleSession: {
    method: 'POST',
    path: '/v1/console/sessions/:id/end',
    tag: 'Console',
    caller: 'console',
    status: 200,
    summary: 'End one of your sessions.',
    params: closed({ id: idOf('ses') }),
    body: nothing,
    answer: closed({ object: Type.Literal('console_signed_out') }),
    refuses: ['not_found'],
  },
} as const

const acts = {
  listActs: {
    method: 'GET',
    path: '/v1/operator/acts',
    tag: 'Acts',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    csv: true,
    summary: 'Acts that wait for a second person, and those that ended, newest first.',
    query: closed({
      ...page,
      status: Type.Optional(oneOf(['waiting', 'approved', 'refused', 'expired'] as const)),
      act: Type.Optional(oneOf(actKinds)),
    }),
    answer: listOf(c.consoleAct),
    refuses: [],
  },
  getAct: {
    method: 'GET',
    path: '/v1/operator/acts/:id',
    tag: 'Acts',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    summary: 'One act, with what it is done to and what stands there today.',
    params: byAct,
    answer: c.consoleActWhole,
    refuses: ['not_found'],
  },
  approveAct: {
    method: 'POST',
    path: '/v1/operator/acts/:id/approve',
    tag: 'Acts',
    caller: 'operator',
    roles: ['issuer', 'operator'],
    status: 200,
    movesMoney: true,
    summary: 'Say yes to what another operator asked for; it is carried out at once.',
    params: byAct,
    /** What you have read: nothing else is agreed to. */
    body: closed({ digest }),
    answer: c.consoleAct,
    refuses: ['not_found', 'role_missing', 'act_own', 'act_changed', 'act_over', 'act_failed'],
  },
  refuseAct: {
    method: 'POST',
    path: '/v1/operator/acts/:id/refuse',
    tag: 'Acts',
    caller: 'operator',
    roles: ['issuer', 'operator'],
    status: 200,
    summary: 'Say no to what was asked for, or take back your own question.',
    params: byAct,
    body: nothing,
    answer: c.consoleAct,
    refuses: ['not_found', 'role_missing', 'act_over'],
  },
} as const

const payments = {
  findPayments: {
    method: 'GET',
    path: '/v1/operator/payments',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    csv: true,
    summary:
      'Payments of all merchants, newest first. A search by reference, amount, status, ' +
      'presentment or digits looks back 90 days, unless `from` or `merchant` says where to look.',
    query: closed({
      ...page,
      from: Type.Optional(day),
      /** The last day that is shown. */
      to: Type.Optional(day),
      status: Type.Optional(statesOf(paymentMoves)),
      merchant: Type.Optional(idOf('mer')),
      presentment: Type.Optional(oneOf(presentments)),
      amount: Type.Optional(minorUnits),
      last4: Type.Optional(lastFour),
      /** The merchant’s, from its first character on. */
      reference: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      id: Type.Optional(idOf('pay')),
    }),
    answer: listOf(c.consolePayment),
    refuses: [],
  },
  readPayment: {
    method: 'GET',
    path: '/v1/operator/payments/:id',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    summary: 'One payment with every request of it, those that its merchant may not read too.',
    params: closed({ id: idOf('pay') }),
    answer: closed({ payment: c.consolePayment, timeline: Type.Array(timelineEntry) }),
    refuses: ['not_found'],
  },
} as const

export const consoleEndpoints = {
  ...signIn,
  ...acts,
  ...payments,
  ...consoleLists,
  ...consoleOrders,
  ...consoleWatch,
  ...consoleDangerous,
} as const
