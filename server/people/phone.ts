/** Phone numbers: E.164 by libphonenumber's metadata; shown masked everywhere but on the phone. */
import { parsePhoneNumberFromString } from 'libphonenumber-js'

/** The number in E.164; undefined where no network could have it. */
export function readPhone(text: string): string | undefined {
  const number = parsePhoneNumberFromString(text)
  return number?.isPossible() ? number.number : undefined
}

/** The last two digits, the others hidden: enough for its owner, too little for a stranger. */
export const maskPhone = (e164: string): string =>
  `${'•'.repeat(Math.max(0, e164.length - 3))}${e164.slice(-2)}`
