/** The page's words with those of identity and decision, which are loaded with their views. */
import type { Words } from '@warifu/web/kit'
import { type Word, words } from './words.ts'
import { decisionWords } from './words-decision.ts'
import { identityWords } from './words-identity.ts'

export const applyingWords: Words<
  Word | keyof typeof decisionWords.en | keyof typeof identityWords.en
> = {
  en: { ...words.en, ...decisionWords.en, ...identityWords.en },
  ja: { ...words.ja, ...decisionWords.ja, ...identityWords.ja },
  ko: { ...words.ko, ...decisionWords.ko, ...identityWords.ko },
}
