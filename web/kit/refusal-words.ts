/** What a refusal says to the person, in their language, out of the one table of protocol. */
import { errorWordsJa } from '@warifu/protocol/error-words-ja'
import { errorWordsKo } from '@warifu/protocol/error-words-ko'
import { errors, type Refusal } from '@warifu/protocol/errors'
import type { Language } from '@warifu/protocol/language'

const columns: Readonly<Record<Language, (code: Refusal) => string>> = {
  en: (code) => errors[code].cardholder,
  ja: (code) => errorWordsJa[code][0],
  ko: (code) => errorWordsKo[code][0],
}

const isRefusal = (code: string): code is Refusal => Object.hasOwn(errors, code)

/** The sentence for this code; that of an unexpected fault for one we do not know. */
export function refusalWords(code: string, language: Language): string {
  const say = columns[language]
  return (isRefusal(code) && say(code)) || say('internal_error')
}
