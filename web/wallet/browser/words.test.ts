/**
 * Goal: no person meets a missing or empty string, or a sentence with a hole in it.
 * Method: every name of a word in every language; the places to fill must be those of English; and
 * no view says a word that is not in the table, or keeps one that nobody says.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

type Table = Readonly<Record<'en' | 'ja' | 'ko', Readonly<Record<string, string>>>>
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && 'en' in value && 'ja' in value && 'ko' in value

/** Every table of words that stands beside the views, whoever loads it. */
const names = readdirSync(import.meta.dirname).filter((name) => /^words.*(?<!test)\.ts$/.test(name))
const modules = await Promise.all(names.map((name) => import(`./${name}`)))
const tables = modules.flatMap((one) => Object.values(one)).filter(isTable)
const words: Table = {
  en: Object.assign({}, ...tables.map(({ en }) => en)),
  ja: Object.assign({}, ...tables.map(({ ja }) => ja)),
  ko: Object.assign({}, ...tables.map(({ ko }) => ko)),
}
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
const english: Readonly<Record<string, string>> = words.en

for (const [language, column] of Object.entries(words))
  test(`every word has its text in ${language}, with the same places to fill`, () => {
    assert.deepEqual(Object.keys(column).sort(), Object.keys(english).sort())
    for (const [name, text] of Object.entries(column)) {
      assert.notEqual(text.trim(), '', name)
      assert.deepEqual(places(text), places(english[name] ?? ''), name)
    }
  })

test('every part of the page has its table here', () => {
  assert(tables.length > 8, `${tables.length} tables`)
})

test('no word is left that nobody says', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^(?!words).*\.tsx?$/.test(name))
  const code = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n')
  // Some names are put together: `status.${status}`.
  const families = [...code.matchAll(/`(\w+(?:\.\w+)*\.)\$\{/g)].map(([, start = '']) => start)
  const isSaid = (name: string) =>
    code.includes(`'${name}'`) || families.some((start) => name.startsWith(start))
  assert.deepEqual(
    Object.keys(english).filter((name) => !isSaid(name)),
    [],
  )
})
