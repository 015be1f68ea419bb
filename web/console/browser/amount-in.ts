/** Money as it is typed: digits and a point, as many behind it as the currency has. No floats. */
import { exponentOf } from '@warifu/protocol/money'

const MOST_DIGITS = 12

/** Minor units; undefined where the text is no amount of this currency. */
export function amountIn(text: string, currency: string): number | undefined {
  const digits = exponentOf(currency)
  const [, whole, part = ''] =
    /^([0-9]+)(?:\.([0-9]+))?$/.exec(text.trim().replaceAll(',', '')) ?? []
  if (whole === undefined || part.length > digits) return undefined
  const minor = `${whole}${part.padEnd(digits, '0')}`.replace(/^0+(?=[0-9])/, '')
  return minor.length > MOST_DIGITS ? undefined : Number(minor)
}

/** The same the other way: what stands in the field at first. */
export function amountText(amount: number, currency: string): string {
  const digits = exponentOf(currency)
  if (digits === 0) return String(amount)
  const text = String(amount).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Per cent as it is typed, in hundredths of one: whole, at most a hundred per cent. */
export const basisPointsIn = (text: string): number | undefined => {
  const points = amountIn(text, 'eur')
  return points === undefined || points > 10_000 ? undefined : points
}

/** The same where it may be taken: with a minus before it. Zero is nothing that can be moved. */
export function signedIn(text: string, currency: string): number | undefined {
  const [, minus = '', rest = ''] = /^([-−]?)(.*)$/.exec(text.trim()) ?? []
  const amount = amountIn(rest, currency)
  if (amount === undefined || amount === 0) return undefined
  return minus === '' ? amount : -amount
}
