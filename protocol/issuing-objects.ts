/** Objects of the issuer: kinds of card, bounds of a card, what is verified, why it is decided. */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { minorUnitsOrZero } from './money.ts'
import { closed, nullable } from './shapes.ts'

/** Whose money a card spends: the issuer's, up to a limit, or what was put on its account. */
export const fundings = ['credit', 'debit'] as const
/** For what a card is good: any payment, one payment, or the shop where it is used first. */
export const usages = ['standard', 'single_use', 'merchant_locked'] as const

/** Merchant category codes (ISO 18245). */
const categories = Type.Array(Type.String({ pattern: '^[0-9]{4}$' }), {
  maxItems: 50,
  uniqueItems: true,
})
const merchants = Type.Array(idOf('mer'), { maxItems: 50, uniqueItems: true })
const count = Type.Integer({ minimum: 0, maximum: 10_000 })

/** Bounds of a card; null: no such bound. Money in minor units of the card's currency. */
export const controls = closed({
  per_transaction: nullable(minorUnitsOrZero),
  per_day: nullable(minorUnitsOrZero),
  per_month: nullable(minorUnitsOrZero),
  count_day: nullable(count),
  count_month: nullable(count),
  merchants_only: nullable(merchants),
  merchants_never: merchants,
  categories_only: nullable(categories),
  categories_never: categories,
})
export type ControlsObject = Static<typeof controls>

/** What is left of the bounds now. */
export const left = closed({
  per_day: minorUnitsOrZero,
  per_month: minorUnitsOrZero,
  count_day: nullable(count),
  count_month: nullable(count),
  /** Payments that the card is good for at all. */
  uses: nullable(count),
})

/** How a person is identified. A program says which of these, and how many of them. */
export const methods = [
  'registered_terminal',
  'issued_card',
  'identity_document',
  'x509',
  'phone',
  'voice',
] as const
export type Method = (typeof methods)[number]

export const verificationStates = [
  'sent',
  'in_review',
  'verified',
  'refused',
  'exhausted',
  'expired',
] as const

/** Why an application was decided as it was, each in the applicant's language on their page. */
export const decisionReasons = [
  'rules_met',
  'under_age',
  'income_too_low',
  'no_employment',
  'too_much_debt',
  'score_too_low',
  'bureau_unreachable',
  'needs_a_person',
  'identity_not_shown',
  'policy',
  'another_card',
  'in_its_place',
] as const

/** Why a card is replaced. A lost or stolen one is stopped at once. */
export const replacementReasons = ['lost', 'stolen', 'damaged'] as const
export type ReplacementReason = (typeof replacementReasons)[number]
