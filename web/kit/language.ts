/**
 * Languages: a table of words for each page, one column a language, and nothing said elsewhere.
 * A word that a column lacks does not compile; a test looks for empty ones and lost `{places}`.
 */
import { isLanguage, type Language } from '@warifu/protocol/language'

/** Each in its own words, as whoever looks for it reads it. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  ja: '日本語',
  ko: '한국어',
}

/** The words of one page: language → name → text, with `{places}` to fill. */
export type Words<K extends string = string> = Readonly<
  Record<Language, Readonly<Record<K, string>>>
>

/** What the person chose before, else the first of the browser's languages that we speak. */
export function chooseLanguage(kept: string | null, preferred: readonly string[]): Language {
  if (kept !== null && isLanguage(kept)) return kept
  for (const tag of preferred) {
    const [primary = ''] = tag.toLowerCase().split('-')
    if (isLanguage(primary)) return primary
  }
  return 'en'
}

/** Puts values into the `{places}` of a text. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
