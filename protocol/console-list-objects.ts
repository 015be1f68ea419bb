/** Objects of the console's lists: merchants, cards, applications, devices, programs, the books. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { controls, decisionReasons, fundings, methods, usages } from './issuing-objects.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import { applicationMoves, type CardStatus, cardMoves } from './moves.ts'
import { employments } from './objects.ts'
import { operatorRoles } from './operator-objects.ts'
import { schemes } from './schemes.ts'
import { closed, instant, lastFour, nullable, oneOf, statesOf, yearMonth } from './shapes.ts'

export const foundMerchant = closed({
  id: idOf('mer'),
  object: Type.Literal('merchant'),
  name: Type.String(),
  created_at: instant,
  /** Takes no payment any more since then. */
  closed_at: nullable(instant),
  stores: Type.Array(
    closed({
      id: idOf('str'),
      name: Type.String(),
      place: Type.String(),
      /** ISO 18245. */
      category: Type.String(),
    }),
  ),
})

export const merchantUser = closed({
  id: idOf('usr'),
  object: Type.Literal('merchant_user'),
  name: Type.String(),
  role: oneOf(['admin', 'clerk', 'viewer'] as const),
  created_at: instant,
  ended_at: nullable(instant),
})

export const foundCardholder = closed({
  id: idOf('chl'),
  object: Type.Literal('found_cardholder'),
  name: Type.String(),
  created_at: instant,
})

/** Names are for those who decide about people, and for those who look over their shoulder. */
export const holder = closed({ id: idOf('chl'), name: nullable(Type.String()) })
export const program = closed({ id: idOf('prg'), name: Type.String() })

export const foundCard = closed({
  id: idOf('crd'),
  object: Type.Literal('found_card'),
  created_at: instant,
  status: statesOf<CardStatus>(cardMoves),
  last4: nullable(lastFour),
  expires: nullable(yearMonth),
  program,
  currency,
  account: idOf('acc'),
  cardholder: holder,
})

export const foundApplication = closed({
  id: idOf('app'),
  object: Type.Literal('found_application'),
  created_at: instant,
  status: statesOf(applicationMoves),
  scheme: oneOf(schemes),
  program,
  currency,
  cardholder: holder,
  decision: nullable(
    closed({
      result: oneOf(['approve', 'review', 'refuse'] as const),
      reason: oneOf(decisionReasons),
      rule: Type.Integer({ minimum: 0 }),
      limit: nullable(minorUnits),
    }),
  ),
  card: nullable(idOf('crd')),
})

export const deviceKinds = ['phone', 'proximity_device', 'reader', 'sim', 'entry_device'] as const
export type DeviceKind = (typeof deviceKinds)[number]
export const foundDevice = closed({
  id: Type.String(),
  object: Type.Literal('found_device'),
  kind: oneOf(deviceKinds),
  status: Type.String(),
  created_at: instant,
  label: nullable(Type.String()),
  cardholder: nullable(idOf('chl')),
  /** The phone that it belongs to. */
  terminal: nullable(idOf('trm')),
  merchant: nullable(idOf('mer')),
  last_seen_at: nullable(instant),
})

/** What a rule of a program looks at: numbers, and what is among a few. */
export const numberFacts = ['age', 'annualIncome', 'score', 'debt'] as const
export const bureauAnswers = ['none', 'answered', 'unknown_person', 'unreachable'] as const
const among = <const F extends string, const V extends string>(fact: F, values: readonly V[]) =>
  closed({ fact: Type.Literal(fact), among: Type.Array(oneOf(values), { minItems: 1 }) })
const condition = Type.Union([
  closed({ fact: oneOf(numberFacts), below: Type.Integer() }),
  closed({ fact: oneOf(numberFacts), atLeast: Type.Integer() }),
  among('employment', employments),
  among('bureau', bureauAnswers),
])
export const rule = closed({
  /** All must hold; the first rule whose conditions do decides. */
  when: Type.Array(condition),
  gives: Type.Union([
    closed({
      result: Type.Literal('approve'),
      reason: oneOf(decisionReasons),
      limit: Type.Union([
        minorUnits,
        Type.Null(),
        closed({ perMilleOfIncome: Type.Integer(), atMost: minorUnits }),
      ]),
    }),
    closed({ result: oneOf(['review', 'refuse'] as const), reason: oneOf(decisionReasons) }),
  ]),
})

/** Captured above a hold that nobody approved in person: basis points of it, at most. */
export const overCapture = Type.Integer({ minimum: 0, maximum: 10_000 })

/** A card program with its bounds and the rules by which it is granted. */
export const foundProgram = closed({
  id: idOf('prg'),
  object: Type.Literal('found_program'),
  name: Type.String(),
  currency,
  funding: oneOf(fundings),
  usage: oneOf(usages),
  schemes: Type.Array(oneOf(schemes)),
  verification_methods: Type.Array(oneOf(methods)),
  verification_needed: Type.Integer({ minimum: 0 }),
  bureau: Type.Boolean(),
  /** A person who grants or funds more than this needs a second one. */
  second_above: nullable(minorUnitsOrZero),
  signature_only_max: minorUnitsOrZero,
  validity_months: Type.Integer(),
  renew_days: Type.Integer(),
  keeps_tokens: Type.Boolean(),
  over_capture: overCapture,
  /** Also without funds: the account owes it, and pays nothing until that is repaid. */
  force_post: Type.Boolean(),
  controls,
  rules: Type.Array(rule),
})

export const foundOperator = closed({
  id: idOf('opr'),
  object: Type.Literal('found_operator'),
  name: Type.String(),
  roles: Type.Array(oneOf(operatorRoles)),
  created_at: instant,
  ended_at: nullable(instant),
  passkeys: Type.Integer({ minimum: 0 }),
  last_seen_at: nullable(instant),
})

export const foundAccount = closed({
  id: idOf('acc'),
  object: Type.Literal('found_account'),
  created_at: instant,
  currency,
  status: oneOf(['open', 'frozen', 'closed'] as const),
  credit_limit: minorUnitsOrZero,
  credits_posted: minorUnitsOrZero,
  debits_posted: minorUnitsOrZero,
  debits_pending: minorUnitsOrZero,
  available: Type.Integer(),
})

export const ledgerLeg = closed({
  object: Type.Literal('ledger_leg'),
  at: instant,
  entry: Type.String(),
  reference: Type.String(),
  account: Type.String(),
  /** Pending until captured, then posted. */
  layer: oneOf(['pending', 'posted'] as const),
  currency,
  /** + debit, − credit. */
  amount: Type.Integer(),
})

export const balance = closed({
  lane: Type.Integer({ minimum: 0 }),
  currency,
  layer: oneOf(['pending', 'posted'] as const),
  /** Kind of account: cardholders, network, payable, clearing, fees … */
  account: Type.String(),
  amount: Type.Integer(),
})
export const trialBalance = closed({
  object: Type.Literal('trial_balance'),
  at: instant,
  balances: Type.Array(balance),
  /** Sums of a lane, currency and layer that are not zero: none, or something is very wrong. */
  unbalanced: Type.Array(balance),
})
