/**
 * Languages: a table of words for each page, one column a language, and nothing said elsewhere.
 * A word that a column lacks does not compile; a test looks for empty ones and lost `{places}`.
 */
export const languages = ['en', 'ja', 'ko'] as const
export type Language = (typeof languages)[number]

/** The words of one page: language → name → text, with `{places}` to fill. */
export type Words<K extends string = string> = Readonly<
  Record<Language, Readonly<Record<K, string>>>
>

/** For `Intl`: how money and dates are written. */
export const localeOf: Readonly<Record<Language, string>> = {
  en: 'en',
  ja: 'ja-JP',
  ko: 'ko-KR',
}

const isLanguage = (text: string | null): text is Language =>
  languages.some((language) => language === text)

/** What the person chose before, else the first of the browser's languages that we speak. */
export function chooseLanguage(kept: string | null, preferred: readonly string[]): Language {
  if (isLanguage(kept)) return kept
  for (const tag of preferred) {
    const [primary = ''] = tag.toLowerCase().split('-')
    if (isLanguage(primary)) return primary
  }
  return 'en'
}

/** Puts values into the `{places}` of a text. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
