/** The page's words with those of applying, identity and decision, loaded with their views. */
import type { Words } from '@warifu/web/kit'
import { type Word, words } from './words.ts'
import { applyWords } from './words-apply.ts'
import { decisionWords } from './words-decision.ts'
import { identityWords } from './words-identity.ts'

export type ApplyingWord =
  | Word
  | keyof typeof applyWords.en
  | keyof typeof decisionWords.en
  | keyof typeof identityWords.en

export const applyingWords: Words<ApplyingWord> = {
  en: { ...words.en, ...applyWords.en, ...decisionWords.en, ...identityWords.en },
  ja: { ...words.ja, ...applyWords.ja, ...decisionWords.ja, ...identityWords.ja },
  ko: { ...words.ko, ...applyWords.ko, ...decisionWords.ko, ...identityWords.ko },
}
