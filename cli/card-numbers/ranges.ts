/**
 * Which digits can be a card number at all: the issuer's first digits and the length (ISO/IEC
 * 7812-1), and the Luhn digit. Ours are the BINs of the house's programs; the others are the ranges
 * of the networks, as their published lists have them.
 */
import { isLuhnValid } from '@warifu/crypto/luhn'

/** `ours`: a BIN of this house; `network`: any other company's range. */
export type Whose = 'ours' | 'network'

// biome-ignore format: a table reads by its columns
const networks: readonly (readonly [first: RegExp, lengths: readonly number[]])[] = [
  [/^4/,                                                      [16, 19]],          // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,         [16]],              // Mastercard
  [/^3[47]/,                                                  [15]],              // Amex
  [/^(?:6011|64[4-9]|65)/,                                    [16, 19]],          // Discover
  [/^35(?:2[89]|[3-8])/,                                      [16, 19]],          // JCB
  [/^3(?:0[0-5]|[689])/,                                      [14, 16, 19]],      // Diners Club
  [/^62/,                                                     [16, 17, 18, 19]],  // UnionPay
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/,             [13, 16, 18, 19]],  // Maestro
]

/**
 * Numbers that payment companies print in their own documentation to test with. They are nobody's,
 * but where one of them lies, somebody's could. Those of hardly any digit but zero are left out: as
 * packed digits they lie in any memory.
 */
export const publishedTestNumbers = [
  '4111111111111111',
  '4012888888881881',
  '4242424242424242',
  '4000056655665556',
  '4917610000000000003',
  '5555555555554444',
  '5105105105105100',
  '5200828282828210',
  '2223003122003222',
  '2223000048400011',
  '378282246310005',
  '371449635398431',
  '378734493671000',
  '6011111111111117',
  '6011000990139424',
  '3530111333300000',
  '3566002020360505',
  '30569309025904',
  '36227206271667',
] as const

/** Whose number these digits could be; undefined where they are no card number. */
export function whoseNumber(digits: string, bins: readonly string[]): Whose | undefined {
  if (!isLuhnValid(digits) || /^(.)\1*$/.test(digits)) return undefined
  if (digits.length === 16 && bins.some((bin) => digits.startsWith(bin))) return 'ours'
  const isNetwork = networks.some(
    ([first, lengths]) => lengths.includes(digits.length) && first.test(digits),
  )
  return isNetwork ? 'network' : undefined
}
