/**
 * Goal: the picture is the record: an arrow for each hop, in its order, none that the record lacks;
 *   it ends at the hop that refused; nobody is shown reading what only others could; and the file
 *   that leaves needs no style, no script and nobody's fonts.
 * Method: timelines written by hand, with one message dropped, one refused, and words as hostile as
 *   a name may be.
 */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { errors } from '@warifu/protocol/errors'
import { languages } from '@warifu/protocol/language'
import type { Hop, Party, TimelineEntry } from '@warifu/protocol/objects'
import { draw } from './drawing.ts'
import type { SvgElement } from './elements.ts'
import { type Place, xrayOf } from './model.ts'
import { svgText } from './svg.ts'
import { xrayRows, xrayWords } from './words.ts'

const root = dirname(dirname(import.meta.dirname))
const sealed = { what: 'card', for: 'vault', key: 'key-1', check_value: 'A1B2C3' } as const
const hop = (from: Party, to: Party, more: Partial<Hop> = {}): Hop => ({
  ...{ from, to, message: 'x', readable: [], sealed: [], signed_by: null, reported: false },
  ...{ outcome: 'passed', at: '2026-11-26T10:00:00.000Z' },
  ...more,
})
const entry = (hops: readonly Hop[], outcome = 'ok'): TimelineEntry => ({
  request: `req_${'0'.repeat(26)}`,
  ...{ at: '2026-11-26T10:00:00.000Z', name: 'createPayment', outcome, hops: [...hops] },
})

const entered = [
  hop('cardholder', 'entry_device', { readable: ['card'], reported: true }),
  hop('entry_device', 'merchant', { sealed: [sealed], reported: true }),
  hop('merchant', 'server', { sealed: [sealed], readable: ['amount'] }),
  hop('server', 'vault', { sealed: [sealed], at: '2026-11-26T10:00:00.012Z' }),
  hop('vault', 'server', { readable: ['card reference'] }),
  hop('server', 'ledger'),
  hop('server', 'merchant', { readable: ['last4'] }),
]
const seenOf = (hops: readonly Hop[]) =>
  Object.fromEntries(xrayOf([entry(hops)]).columns.map(({ place, seen }) => [place, seen]))

const found = (element: SvgElement, name: string): SvgElement[] => [
  ...(element.attributes[name] === undefined ? [] : [element]),
  ...element.children.flatMap((one) => (typeof one === 'string' ? [] : found(one, name))),
]
const drawnHops = (hops: readonly Hop[], shown?: number) =>
  found(
    draw(xrayOf([entry(hops)]), {
      words: xrayWords('en'),
      ...(shown === undefined ? {} : { shown }),
    }),
    'data-hop',
  ).length

describe('who could read the number', () => {
  test('the person, the device that it was entered in, and the vault', () => {
    const empty = { merchant: 'carries', server: 'carries' }
    const readers = { cardholder: 'reads', entry_device: 'reads', vault: 'reads' }
    assert.deepEqual(seenOf(entered), { ...readers, ...empty })
  })

  test('not the vault where it refused, nor where nothing came to it', () => {
    const refused = entered.slice(0, 4).map((one, at) => ({
      ...one,
      ...(at === 3 ? ({ outcome: 'refused' } as const) : {}),
    }))
    assert.equal(seenOf(refused)['vault'], 'carries')
    assert.equal(seenOf(entered.slice(0, 3))['vault'], 'nothing')
  })

  test('at each hop: what is readable at both ends, what is sealed at one of them', () => {
    const { arrows } = xrayOf([entry(entered)])
    const [platform, vault] = arrows[3]?.readings ?? []
    assert.deepEqual([platform?.opens, platform?.cannotOpen], [[], [sealed]])
    assert.deepEqual([vault?.opens, vault?.cannotOpen], [[sealed], []])
    assert.deepEqual(
      arrows[3]?.readings.map(({ place }): Place => place),
      ['server', 'vault'],
    )
    assert.deepEqual(
      arrows.map(({ sinceMs }) => sinceMs),
      [null, 0, 0, 12, -12, 0, 0],
    )
  })
})

describe('arrows', () => {
  test('one for each hop, in order; the ledger’s stays in the platform', () => {
    const { arrows } = xrayOf([entry(entered)])
    assert.equal(drawnHops(entered), entered.length)
    assert.deepEqual(
      arrows.filter(({ inside }) => inside).map(({ index }) => index),
      [5],
    )
  })

  test('a message that was dropped is not drawn', () => {
    const without = entered.filter((_, at) => at !== 4)
    assert.equal(drawnHops(without), entered.length - 1)
  })

  test('a refused payment ends where it was refused, with the reason', () => {
    const last = hop('server', 'vault', { sealed: [sealed], outcome: 'refused' })
    const xray = xrayOf([entry([...entered.slice(0, 3), last], 'entry_invalid')])
    assert.equal(xray.arrows.at(-1)?.refused, 'entry_invalid')
    const text = svgText(draw(xray, { words: xrayWords('en') }))
    assert.match(text, /✕ refused: entry_invalid/)
    assert.doesNotMatch(text, /opened here/)
  })

  test('step by step, only what was sent so far', () => {
    for (const shown of [0, 1, 4]) assert.equal(drawnHops(entered, shown), shown)
  })
})

describe('the file', () => {
  test('has no style, no script, no address, and text as text', () => {
    const text = svgText(draw(xrayOf([entry(entered)]), { words: xrayWords('ja') }))
    assert.doesNotMatch(text, /<style|style=|<script|href|url\(|class=/)
    assert.match(text, /<text[^>]*>金庫<\/text>/)
    assert.match(text, /key-1 A1B2C3/)
  })

  test('a name that looks like markup stays a name', () => {
    const hostile = hop('merchant', 'server', { readable: ['</text><script>'], message: '"><x' })
    const text = svgText(draw(xrayOf([entry([hostile])]), { words: xrayWords('en') }))
    assert.doesNotMatch(text, /<script|<x/)
  })

  test('light and dark differ in their colours only', () => {
    const picture = draw(xrayOf([entry(entered)]), { words: xrayWords('en') })
    const bare = (text: string) => text.replace(/#[0-9a-f]{6}/g, '')
    assert.notEqual(svgText(picture, 'light'), svgText(picture, 'dark'))
    assert.equal(bare(svgText(picture, 'light')), bare(svgText(picture, 'dark')))
  })
})

test('every word is there in every language, with the same places to fill', () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join()
  for (const [table, rows] of Object.entries(xrayRows))
    for (const [name, row] of Object.entries(rows)) {
      for (const text of row) assert.ok(text.trim() !== '', `${table}.${name}`)
      assert.equal(new Set(row.map(holes)).size, 1, `${table}.${name}`)
    }
  assert.equal(new Set(languages.map((one) => xrayWords(one).place('vault'))).size, 3)
})

describe('in Japanese and Korean', () => {
  const own = { ja: /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, ko: /\p{sc=Hangul}/u }
  const sources = readdirSync(join(root, 'server/payments'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(root, 'server/payments', name), 'utf8'))
    .join('\n')
  const named = (pattern: RegExp) => [...sources.matchAll(pattern)].map(([, name = '']) => name)
  const messages = named(/hop\(\s*\[[^\]]+\],\s*'([^']+)'/g)
  const things = named(/readable: \[([^\]]+)\]/g).flatMap((list) =>
    [...list.matchAll(/'([^']+)'/g)].map(([, one = '']) => one),
  )
  const requests = named(/\bname: '(\w+)'/g)
  const refusals = Object.entries(errors).flatMap(([code, { type }]) =>
    ['approval_error', 'card_error', 'vault_error'].includes(type) ? [code] : [],
  )
  /** These refuse an application, a plastic or an arrival: no payment has them. */
  const elsewhere = /^(verification|document|certificate|code)_|_not_proven$|^plastic_(mis|block)/

  for (const language of ['ja', 'ko'] as const)
    test(`whatever a record may name has its word: ${language}`, () => {
      const words = xrayWords(language)
      assert.ok(messages.length > 40 && things.length > 40 && requests.length > 10)
      for (const one of messages) assert.match(words.message(one), own[language], one)
      for (const one of things.filter((thing) => thing !== 'PIN'))
        assert.match(words.thing(one), own[language], one)
      for (const one of requests) assert.match(words.request(one), own[language], one)
      for (const code of refusals.filter((one) => !elsewhere.test(one)))
        assert.match(words.outcome(code), own[language], code)
    })

  test('a refusal is in words, with its code behind; nothing of the picture is in English', () => {
    const last = hop('server', 'vault', { sealed: [sealed], outcome: 'refused' })
    const xray = xrayOf([entry([...entered.slice(0, 3), last], 'entry_invalid')])
    const text = svgText(draw(xray, { words: xrayWords('ja') }))
    assert.match(text, /<title>entry_invalid<\/title>/)
    assert.match(text, /✕ 拒否：入力装置の電文の不一致/)
    const shown = text.replace(/<title>.*?<\/title>/g, '').replaceAll('key-1', '')
    assert.deepEqual(shown.match(/>[^<]*[a-z]{3,}[^<]*</g), null)
    assert.equal(xrayWords('ko').outcome('archived_until_2026-01-01'), '2026-01-01까지 보관')
  })
})
