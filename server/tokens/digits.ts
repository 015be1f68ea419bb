/**
 * The digits of a token (ISO/IEC 7812-1: major industry 9, a prefix that no card has): 98, thirteen
 * random digits, and a last digit that is never the Luhn digit, so that nothing that looks for card
 * numbers takes a token for one.
 */
import { luhnDigit } from '@warifu/crypto/luhn'
import { LANES } from '@warifu/protocol/ids'

const PREFIX = '98'

/** Draws the digits of a new token. */
export function drawToken(random: (size: number) => Uint8Array): string {
  const digits = PREFIX + drawDigits(13, random, 10)
  const shift = 1 + Number(drawDigits(1, random, 9))
  return digits + ((Number(luhnDigit(digits)) + shift) % 10)
}

/** Digits below `base` without bias: bytes past the last whole multiple are drawn again. */
function drawDigits(count: number, random: (size: number) => Uint8Array, base: 9 | 10): string {
  const fair = 256 - (256 % base)
  let digits = ''
  while (digits.length < count)
    for (const byte of random(count * 2))
      if (byte < fair && digits.length < count) digits += byte % base
  return digits
}

/** The lane in which a token's row lives: of its own random digits. */
export const laneOfToken = (token: string): number => Number(token.slice(2, 15)) % LANES
