/**
 * Words as rows of three columns. A row that lacks a language does not compile; a test looks for
 * empty ones, untranslated ones and lost `{places}`.
 */
import type { Words } from '@warifu/web/kit'

export type Rows<K extends string = string> = Readonly<
  Record<K, readonly [en: string, ja: string, ko: string]>
>

const column = <K extends string>(rows: Rows<K>, at: 0 | 1 | 2): Readonly<Record<K, string>> =>
  // The names are those of the rows.
  Object.fromEntries(Object.entries<Rows[string]>(rows).map(([name, row]) => [name, row[at]])) as {
    readonly [N in K]: string
  }

export const wordsOf = <K extends string>(rows: Rows<K>): Words<K> => ({
  en: column(rows, 0),
  ja: column(rows, 1),
  ko: column(rows, 2),
})
