// Goal: a reader meets the whole API reference in their own language: no row is empty, none is
//   left in English, and what the contract says new has its words.
// Method: the tables and the contract, and the page itself with all that is code taken out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { referencePage } from './reference.ts'
import { descriptions, referenceRows, referenceWords } from './reference-words.ts'

const own = { ja: /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, ko: /\p{sc=Hangul}/u }
const holes = (text: string) => [...new Set(text.match(/\{\w+\}|`[^`]+`/g))].sort().join()

function describedIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const inner = Object.values(schema).flatMap(describedIn)
  const { description } = schema as { readonly description?: unknown }
  return typeof description === 'string' ? [description, ...inner] : inner
}

test('every row is there in each language, with the same names and places to fill', () => {
  for (const [table, rows] of Object.entries(referenceRows))
    for (const [name, row] of Object.entries(rows)) {
      for (const text of row) assert.match(text, /\S/, `${table}.${name}`)
      assert.equal(new Set(row.map(holes)).size, 1, `${table}.${name}`)
    }
})

test('every description of a field has its words, and no word is for nothing', () => {
  const described = Object.values<Endpoint>(contract).flatMap(({ body, query, answer }) =>
    [body, query, answer].flatMap(describedIn),
  )
  assert.deepEqual(Object.keys(descriptions).sort(), [...new Set(described)].sort())
})

for (const language of ['ja', 'ko'] as const) {
  test(`every endpoint says what it does: ${language}`, () => {
    for (const name of Object.keys(contract) as (keyof typeof contract)[]) {
      const said = referenceWords(language).summary(name)
      assert.match(said, own[language], name)
      assert.match(said, /[.。]$/, name)
      assert.equal(holes(said), holes(contract[name].summary), name)
    }
  })

  test(`nothing of the page is left in English: ${language}`, () => {
    const reading = { language, chosen: true, path: '/docs', sandbox: true }
    const { html } = referencePage(reading, 'https://api.example').body
    const words = html
      .replace(
        /<code[^>]*>.*?<\/code>|<ul class="codes">.*?<\/ul>|<span class="type">.*?<\/span>/gs,
        '',
      )
      .replace(/<details class="contents">.*?<\/details>/s, '')
      .replace(/<[^>]+>/g, '\n')
    const english = words.match(/(?:\b[a-z]{2,} ){2,}[a-z]{2,}/g) ?? []
    assert.deepEqual([...new Set(english)], [])
  })
}
