/** A number for a simulated SIM (ITU-T E.118): 89, then chance, and a check digit. */
import { randomInt } from 'node:crypto'
import { luhnDigit } from '@warifu/crypto/luhn'

export function newIccid(): string {
  const digits = `8999${Array.from({ length: 14 }, () => randomInt(10)).join('')}`
  return digits + luhnDigit(digits)
}
