/** Why the platform said no, to somebody who works with it, out of the one table of protocol. */
import { errorWordsJa } from '@warifu/protocol/error-words-ja'
import { errorWordsKo } from '@warifu/protocol/error-words-ko'
import { errors, type Refusal } from '@warifu/protocol/errors'
import type { Language } from '@warifu/protocol/language'

const isRefusal = (code: string): code is Refusal => Object.hasOwn(errors, code)

/** In the shop's words where it has some, else in the operator's; an unknown code as it is. */
export function reasonOf(code: string, language: Language): string {
  if (!isRefusal(code)) return code
  const { merchant, operator } = errors[code]
  if (language === 'en') return merchant || operator
  const [, shop, staff] = { ja: errorWordsJa, ko: errorWordsKo }[language][code]
  return shop || staff
}
