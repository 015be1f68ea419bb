/**
 * Judging what was keyed, digit by digit in its buffer, without making a string of it.
 * Luhn: ISO/IEC 7812-1 Annex B.
 */
const ZERO = 0x30

export const isDigit = (character: number): boolean => character >= ZERO && character <= 0x39

const numberAt = (characters: Uint8Array, at: number): number =>
  ((characters[at] ?? ZERO) - ZERO) * 10 + (characters[at + 1] ?? ZERO) - ZERO

/** 12 to 19 digits (ISO/IEC 7812-1 §4.1) whose check digit fits. */
export function isCardNumber(characters: Uint8Array): boolean {
  if (characters.length < 12 || characters.length > 19 || !characters.every(isDigit)) return false
  const sum = characters.reduceRight((total, character, at) => {
    const digit = (character - ZERO) * ((characters.length - at) % 2 === 0 ? 2 : 1)
    return total + (digit > 9 ? digit - 9 : digit)
  }, 0)
  return sum % 10 === 0
}

/** MMYY: four digits, a month of the year. Whether it has passed is for the vault to say. */
export function isExpiry(characters: Uint8Array): boolean {
  const month = numberAt(characters, 0)
  return characters.length === 4 && characters.every(isDigit) && month >= 1 && month <= 12
}

/** The last day of a month MMYY of this century. */
export function lastDay(characters: Uint8Array): number {
  const [month, year] = [numberAt(characters, 0), numberAt(characters, 2)]
  if (month === 2) return year % 4 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
