/** Money: whole minor units and an ISO 4217 currency. Bigint inside, a JSON number on the wire. */
import { type Static, Type } from 'typebox'

/** On the wire: an integer of at most 12 digits, so that no JSON reader can lose a unit. */
export const minorUnits = Type.Integer({ minimum: 1, maximum: 999_999_999_999 })
/** As `minorUnits`, where nothing is a possible amount too. */
export const minorUnitsOrZero = Type.Integer({ minimum: 0, maximum: 999_999_999_999 })
export const currency = Type.String({ pattern: '^[a-z]{3}$', description: 'ISO 4217, lower case' })

export type Money = { readonly minor: bigint; readonly currency: string }
export const money = Type.Object(
  { amount: minorUnits, currency },
  { additionalProperties: false, description: 'Integer minor units with their currency' },
)
export type MoneyJson = Static<typeof money>

/** How many digits stand behind the point, where it is not two (ISO 4217, column E). */
const exponents: Readonly<Record<string, number>> = {
  jpy: 0,
  krw: 0,
  vnd: 0,
  clp: 0,
  isk: 0,
  bhd: 3,
  kwd: 3,
  jod: 3,
  omr: 3,
  tnd: 3,
}
export const exponentOf = (code: string): number => exponents[code] ?? 2

/** Money as a person reads it in this locale: `¥1,200`. */
export function formatMoney({ amount, currency: code }: MoneyJson, locale: string): string {
  const digits = exponentOf(code)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: code.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits)
}

/** ISO 4217 numeric codes of the currencies that chips of ours pay in. */
// biome-ignore format: a table
const numerics: Readonly<Record<string, string>> = {
  aud: '036', cad: '124', chf: '756', cny: '156', eur: '978', gbp: '826', hkd: '344', inr: '356',
  jpy: '392', krw: '410', nzd: '554', sgd: '702', thb: '764', twd: '901', usd: '840', vnd: '704',
}
/** Three digits; undefined where no chip of ours knows the currency. */
export const numericOf = (code: string): string | undefined => numerics[code]
