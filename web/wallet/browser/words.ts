/**
 * Every word of the wallet's page. Refusals have theirs in the kit (refusal-words.ts). A part of
 * the page has a table of its own (`words-<part>.ts`, three columns) and a row here; one that is
 * loaded later (app.tsx) says its words by that table, and has no row.
 */
import type { Words } from '@warifu/web/kit'
import { en } from './words-en.ts'
import { homeWords } from './words-home.ts'
import { ja } from './words-ja.ts'
import { ko } from './words-ko.ts'
import { schemeWords } from './words-schemes.ts'

export type Word = keyof typeof en | keyof typeof homeWords.en | keyof typeof schemeWords.en

export const words: Words<Word> = {
  en: {
    ...en,
    ...schemeWords.en,
    ...homeWords.en,
  },
  ja: {
    ...ja,
    ...schemeWords.ja,
    ...homeWords.ja,
  },
  ko: {
    ...ko,
    ...schemeWords.ko,
    ...homeWords.ko,
  },
}
