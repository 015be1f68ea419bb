/** The objects of the API, as their readers see them. */
import { type Static, Type } from 'typebox'
import { extents, matchNumber, payee, paymentContent } from './approval-content.ts'
import { delivery } from './delivery.ts'
import { errors } from './errors.ts'
import { eventTypes } from './event-types.ts'
import { idOf } from './ids.ts'
import {
  controls,
  decisionReasons,
  fundings,
  left,
  methods,
  usages,
  verificationStates,
} from './issuing-objects.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import {
  applicationMoves,
  type CardStatus,
  cardMoves,
  incrementMoves,
  paymentMoves,
  type TerminalStatus,
  terminalMoves,
} from './moves.ts'
import { nextAction } from './next-action.ts'
import { schemes } from './schemes.ts'
import { orderLine } from './sealed.ts'
import {
  anyText,
  closed,
  digest,
  instant,
  lastFour,
  nullable,
  oneOf,
  plainText,
  statesOf,
  webAddress,
  yearMonth,
} from './shapes.ts'
import { keyName } from './vault-shapes.ts'

/** Free labels of the merchant: at most 50, carried on the object, never read by us. */
export const metadata = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9_.-]{1,40}$' }),
  anyText(500),
  { maxProperties: 50 },
)

export const terminal = closed({
  id: idOf('trm'),
  object: Type.Literal('terminal'),
  livemode: Type.Boolean(),
  created_at: instant,
  cardholder: idOf('chl'),
  status: statesOf<TerminalStatus>(terminalMoves),
  signing_thumbprint: digest,
  sealing_thumbprint: digest,
  /** The last counter the platform has seen; the next write carries a higher one. */
  counter: Type.Integer({ minimum: 0 }),
})

export const program = closed({
  id: idOf('prg'),
  object: Type.Literal('program'),
  livemode: Type.Boolean(),
  name: plainText(80),
  currency,
  schemes: Type.Array(oneOf(schemes)),
  funding: oneOf(fundings),
  usage: oneOf(usages),
  /** A card of its own account, or one more of the account of a card that was proven. */
  account: oneOf(['own', 'issued_card'] as const),
  verification_methods: Type.Array(oneOf(methods)),
  /** How many of these methods are asked for. */
  verification_needed: Type.Integer({ minimum: 0 }),
  controls,
})

export const employments = ['employed', 'self_employed', 'student', 'retired', 'none'] as const
export const applicant = closed({
  name: plainText(80),
  birth_date: Type.String({ pattern: '^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$' }),
  annual_income: minorUnitsOrZero,
  employment: oneOf(employments),
})
export type Applicant = Static<typeof applicant>

export const verification = closed({
  id: idOf('ver'),
  object: Type.Literal('verification'),
  method: oneOf(methods),
  status: oneOf(verificationStates),
  destination: Type.String({ description: 'What was verified, masked' }),
  reason: nullable(Type.String()),
  deadline_at: instant,
})

export const application = closed({
  id: idOf('app'),
  object: Type.Literal('application'),
  livemode: Type.Boolean(),
  created_at: instant,
  program: idOf('prg'),
  scheme: oneOf(schemes),
  status: statesOf(applicationMoves),
  verifications: Type.Array(verification),
  decision: nullable(
    closed({
      result: oneOf(['approve', 'review', 'refuse'] as const),
      reason: oneOf(decisionReasons),
      rule: Type.Integer({ minimum: 0 }),
      limit: nullable(minorUnits),
    }),
  ),
  card: nullable(idOf('crd')),
  /** What an x509 certificate's key signs: SHA-256 of what was applied for. */
  digest,
  replaces: nullable(idOf('crd')),
  deadline_at: instant,
})

export const card = closed({
  id: idOf('crd'),
  object: Type.Literal('card'),
  livemode: Type.Boolean(),
  created_at: instant,
  program: idOf('prg'),
  status: statesOf<CardStatus>(cardMoves),
  last4: nullable(Type.String({ pattern: '^[0-9]{4}$' })),
  expires: nullable(yearMonth),
  currency,
  funding: oneOf(fundings),
  usage: oneOf(usages),
  credit_limit: minorUnitsOrZero,
  available: Type.Integer(),
  /** The program's bounds, the cardholder's own, and what is left of both. */
  controls: closed({ program: controls, own: nullable(controls), left }),
  /** The shop that a `merchant_locked` card was used at first. */
  locked_to: nullable(Type.String()),
  replaces: nullable(idOf('crd')),
  replaced_by: nullable(idOf('crd')),
  history: Type.Array(
    closed({
      at: instant,
      from: nullable(statesOf<CardStatus>(cardMoves)),
      to: statesOf<CardStatus>(cardMoves),
      reason: Type.String(),
      by: Type.String(),
    }),
  ),
})

export const installation = closed({
  id: idOf('ins'),
  object: Type.Literal('installation'),
  card: idOf('crd'),
  scheme: oneOf(schemes),
  status: oneOf(['offered', 'confirmed', 'ended'] as const),
  last4: Type.String({ pattern: '^[0-9]{4}$' }),
  expires: yearMonth,
  inner_digest: digest,
  delivery,
})

export const order = closed({ lines: Type.Array(orderLine), digest })

/** The ways in which a card comes into a payment. */
export const presentments = [
  'wallet', // S0: the terminal opened a link
  'code', // S0: the till read the terminal's one-time code
  'phone', // S4: a phone order, by the customer's number
  'beacon', // S1: the till heard a proximity device
  'sim', // S2: a card record in the terminal's SIM
  'reader', // S3: a card read at the terminal's own reader
  'entry_device', // S4
  'moto', // S4: a phone order, keyed by the agent at the entry device
  'token', // S4
] as const
export type Presentment = (typeof presentments)[number]

/** A day in UTC. */
const day = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' })
/** What payments are looked for by. */
export const paymentFilters = {
  from: Type.Optional(day),
  /** The last day that is shown. */
  to: Type.Optional(day),
  status: Type.Optional(statesOf(paymentMoves)),
  presentment: Type.Optional(oneOf(presentments)),
  amount: Type.Optional(minorUnits),
  last4: Type.Optional(lastFour),
  /** The merchant’s, from its first character on. */
  reference: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
}

const refusalCode = oneOf(Object.keys(errors))

export const payment = closed({
  id: idOf('pay'),
  object: Type.Literal('payment'),
  livemode: Type.Boolean(),
  created_at: instant,
  status: statesOf(paymentMoves),
  amount: minorUnits,
  currency,
  /** What the cardholder approved on top of `amount`, by increments. */
  amount_incremented: minorUnitsOrZero,
  /** Of what was captured: what was above all that was held. */
  amount_overcaptured: minorUnitsOrZero,
  /** What is held. More may be captured where it was approved, or the card’s program allows it. */
  amount_capturable: minorUnitsOrZero,
  amount_captured: minorUnitsOrZero,
  amount_refunded: minorUnitsOrZero,
  merchant: idOf('mer'),
  store: idOf('str'),
  merchant_reference: nullable(Type.String({ maxLength: 64 })),
  order,
  presentment: oneOf(presentments),
  extent: oneOf(extents),
  /** What the till shows and the customer enters on their phone; null where the way has none. */
  match_number: nullable(matchNumber),
  capture_method: oneOf(['automatic', 'manual'] as const),
  card: nullable(
    closed({
      reference: Type.String({ description: 'Stable for this card at this merchant only' }),
      last4: Type.String({ pattern: '^[0-9]{4}$' }),
    }),
  ),
  approval: nullable(idOf('apr')),
  next_action: nullable(nextAction),
  /** Where the cardholder's wallet finds this payment; null once it is claimed or ended. */
  link: nullable(Type.String()),
  /** Where the wallet returns the customer to; what happened is read here, never from that URL. */
  return_url: nullable(webAddress),
  declined_because: nullable(refusalCode),
  deadline_at: instant,
  metadata,
})

export const increment = closed({
  id: idOf('inc'),
  object: Type.Literal('increment'),
  created_at: instant,
  payment: idOf('pay'),
  amount: minorUnits,
  currency,
  status: statesOf(incrementMoves),
  declined_because: nullable(refusalCode),
  next_action: nullable(nextAction),
  deadline_at: instant,
})

export const refund = closed({
  id: idOf('ref'),
  object: Type.Literal('refund'),
  created_at: instant,
  payment: idOf('pay'),
  amount: minorUnits,
  currency,
})

/** What a terminal reads after it has opened a payment's link: what is shown is what is signed. */
export const claim = closed({
  object: Type.Literal('claim'),
  payment: idOf('pay'),
  content: paymentContent,
  lines: Type.Array(orderLine),
  /** The shop's page. Not part of what is signed. */
  return_url: nullable(webAddress),
})

/** What a person was asked to pay, and what became of it. */
export const activity = closed({
  object: Type.Literal('activity'),
  payment: idOf('pay'),
  approval: idOf('apr'),
  status: statesOf(paymentMoves),
  amount: minorUnits,
  currency,
  amount_captured: minorUnitsOrZero,
  amount_refunded: minorUnitsOrZero,
  payee,
  lines: Type.Array(orderLine),
  card: nullable(closed({ id: idOf('crd'), last4: Type.String({ pattern: '^[0-9]{4}$' }) })),
  declined_because: nullable(refusalCode),
  created_at: instant,
  decided_at: nullable(instant),
  deadline_at: instant,
  return_url: nullable(webAddress),
})

/** What the paying terminal is told. `performed` money is never called declined. */
export const presented = closed({
  object: Type.Literal('presented'),
  payment: idOf('pay'),
  approval: idOf('apr'),
  /** `requires_action`: a step was taken, and `next_action` is the next. */
  status: oneOf(['requires_action', 'authorized', 'declined'] as const),
  declined_because: nullable(refusalCode),
  next_action: nullable(nextAction),
  amount: minorUnits,
  currency,
  /** When this was answered. */
  decided_at: instant,
})

export const parties = [
  'cardholder',
  'proximity_device',
  'reader',
  'sim',
  'terminal',
  'entry_device',
  'merchant',
  'server',
  'vault',
  'ledger',
  'bureau',
] as const
export type Party = (typeof parties)[number]

/** One message of a request: what travelled, and what of it was sealed for whom. Never a secret. */
export const hop = closed({
  from: oneOf(parties),
  to: oneOf(parties),
  message: Type.String({ maxLength: 60 }),
  /** What travels readable: `last4`, `amount`, `token` … by name, never by value. */
  readable: Type.Array(Type.String({ maxLength: 30 })),
  sealed: Type.Array(
    closed({
      what: Type.String({ maxLength: 30 }),
      for: oneOf(parties),
      key: Type.String({ maxLength: 64 }),
      check_value: nullable(Type.String({ pattern: '^[0-9A-F]{6}$' })),
    }),
  ),
  signed_by: nullable(Type.String({ maxLength: 64 })),
  /** The keys that the vault found the signature and what was not sealed to be of. */
  signed_with: Type.Optional(keyName),
  verified_with: Type.Optional(keyName),
  /** Said by a party, not seen by the server itself. */
  reported: Type.Boolean(),
  outcome: oneOf(['passed', 'refused'] as const),
  at: instant,
})
export type Hop = Static<typeof hop>

export const timelineEntry = closed({
  request: idOf('req'),
  at: instant,
  name: Type.String({ maxLength: 60 }),
  outcome: Type.String({ maxLength: 60 }),
  hops: Type.Array(hop),
})
export type TimelineEntry = Static<typeof timelineEntry>

export const event = closed({
  id: idOf('evt'),
  object: Type.Literal('event'),
  type: oneOf(eventTypes),
  livemode: Type.Boolean(),
  timestamp: instant,
  /** Grows by one for each event of the same object: order and gaps can be seen. */
  sequence: Type.Integer({ minimum: 1 }),
  subject: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
})

export const inboxMessage = closed({
  id: idOf('msg'),
  object: Type.Literal('message'),
  channel: oneOf(['sms', 'voice'] as const),
  to: Type.String(),
  text: Type.String(),
  sent_at: instant,
})

export const listOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  closed({
    object: Type.Literal('list'),
    url: Type.String(),
    has_more: Type.Boolean(),
    next_cursor: nullable(Type.String()),
    data: Type.Array(item),
  })
