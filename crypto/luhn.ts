/** The Luhn digit of a card number (ISO/IEC 7812-1 Annex B): finds slips of the hand, no more. */

/** The digit that makes `digits` valid when it is written behind them. */
export function luhnDigit(digits: string): number {
  if (!/^[0-9]+$/.test(digits)) throw new RangeError('digits only')
  return (10 - (luhnSum(`${digits}0`) % 10)) % 10
}

export const isLuhnValid = (digits: string): boolean =>
  /^[0-9]{2,}$/.test(digits) && luhnSum(digits) % 10 === 0

/** Every second digit from the right is doubled; nine is taken off what exceeds nine. */
function luhnSum(digits: string): number {
  let sum = 0
  for (let i = digits.length - 1, isDoubled = false; i >= 0; i -= 1, isDoubled = !isDoubled) {
    const digit = Number(digits[i]) * (isDoubled ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum
}
