/** Why the platform said no: whole where it is read, short in a table or a chart. */
import { useLanguage, useWords } from '@warifu/web/kit'
import { reasonOf } from './reason-of.ts'
import { declineWords, isDeclineWord } from './words-declines.ts'

export function useReason(): (code: string) => string {
  const { language } = useLanguage()
  return (code) => reasonOf(code, language)
}

/** In two or three words; the code itself where it has none. */
export function useDecline(): (code: string) => string {
  const say = useWords(declineWords)
  return (code) => (isDeclineWord(code) ? say(code) : code)
}
