/** Objects of the console: who is signed in, their sessions, acts that wait for a second person. */
import { Type } from 'typebox'
import { scopes } from './api-key-contract.ts'
import { merchantRoles } from './console-roles.ts'
import { errors } from './errors.ts'
import { idOf } from './ids.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import { paymentMoves } from './moves.ts'
import { presentments } from './objects.ts'
import { actContent, actKinds, operatorRoles } from './operator-objects.ts'
import {
  base64url,
  closed,
  digest,
  instant,
  lastFour,
  nullable,
  oneOf,
  statesOf,
} from './shapes.ts'

const who = {
  /** An operator’s id or a merchant’s user’s. */
  id: Type.Union([idOf('opr'), idOf('usr')]),
  name: Type.String(),
  /** Empty for a merchant’s user. */
  roles: Type.Array(oneOf(operatorRoles)),
  /** Of a merchant’s user: whose, and as what. */
  merchant: nullable(
    closed({
      id: idOf('mer'),
      name: Type.String(),
      role: oneOf(merchantRoles),
      /** Null: everything that a merchant may. */
      scopes: nullable(Type.Array(oneOf(scopes))),
    }),
  ),
}

/** Who is signed in at the console, and until when. */
export const consoleMe = closed({
  object: Type.Literal('console_me'),
  livemode: Type.Boolean(),
  ...who,
  session: idOf('ses'),
  expires_at: instant,
  /** Without a request until then, the session is over. */
  idle_ends_at: instant,
})

export const consoleSession = closed({
  id: idOf('ses'),
  object: Type.Literal('console_session'),
  created_at: instant,
  last_seen_at: instant,
  expires_at: instant,
  /** How it was opened. */
  by: oneOf(['passkey', 'sandbox'] as const),
  /** The one that asks. */
  current: Type.Boolean(),
})

/** Given to an invited person: a challenge to make a passkey with. */
export const consolePasskeyOptions = closed({
  object: Type.Literal('console_passkey_options'),
  registration: idOf('reg'),
  challenge: base64url(32, 32),
  rp_id: Type.String(),
  /** The user handle: of the passkey, opaque to it. */
  user: closed({ id: Type.String(), name: Type.String() }),
  deadline_at: instant,
})
export const consoleSignInOptions = closed({
  object: Type.Literal('console_sign_in_options'),
  registration: idOf('reg'),
  challenge: base64url(32, 32),
  rp_id: Type.String(),
  deadline_at: instant,
})

/** An act that one operator asked for, and what became of it. */
export const consoleAct = closed({
  id: idOf('req'),
  object: Type.Literal('act'),
  act: oneOf(actKinds),
  subject: Type.String(),
  content: actContent,
  /** Over the content: what is agreed to is what is carried out. */
  digest,
  status: oneOf(['waiting', 'approved', 'refused', 'expired'] as const),
  by: closed({ id: idOf('opr'), name: Type.String() }),
  asked_at: instant,
  deadline_at: instant,
  ended_by: nullable(closed({ id: idOf('opr'), name: Type.String() })),
  ended_at: nullable(instant),
  /** Of an auditor’s link that was agreed to, until it ends. */
  link: nullable(Type.String()),
  /** May you say yes? Never to what you asked for yourself. */
  approvable: Type.Boolean(),
})

/** An act with what it is done to, so that the second person knows whose it is. */
export const consoleActWhole = closed({
  ...consoleAct.properties,
  about: closed({
    /** Of a merchant, an operator, an applicant; of a program, also where it is a card of it. */
    name: nullable(Type.String()),
    last4: nullable(lastFour),
    /** Of the amounts in `content` and `now`. */
    currency: nullable(currency),
    /** Of a payment. */
    amount: nullable(minorUnits),
    /** What stands today under the names that the content changes. */
    now: actContent,
  }),
})

/** A payment as the platform’s people find it in a list. */
export const consolePayment = closed({
  id: idOf('pay'),
  object: Type.Literal('console_payment'),
  created_at: instant,
  status: statesOf(paymentMoves),
  amount: minorUnits,
  currency,
  amount_captured: minorUnitsOrZero,
  amount_refunded: minorUnitsOrZero,
  presentment: oneOf(presentments),
  merchant: closed({ id: idOf('mer'), name: Type.String() }),
  store: closed({ id: idOf('str'), place: Type.String() }),
  merchant_reference: nullable(Type.String()),
  card: nullable(closed({ id: Type.String(), last4: nullable(lastFour) })),
  declined_because: nullable(oneOf(Object.keys(errors))),
  deadline_at: instant,
})
