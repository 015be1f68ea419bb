// Goal: no byte of chance is handed out twice, and sizes are kept across pages.
// Method: more bytes than two pages hold, in sizes that do not fit a page evenly; what came twice
//   would be the same page twice.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createChance } from './chance.ts'

test('sizes are kept, and nothing comes twice', () => {
  const chance = createChance(randomBytes)
  const seen = new Set<string>()
  for (let at = 0; at < 2000; at += 1) {
    const bytes = chance(13)
    assert.equal(bytes.length, 13)
    seen.add(Buffer.from(bytes).toString('hex'))
  }
  assert.equal(seen.size, 2000)
  assert.equal(chance(10_000).length, 10_000)
})

test('what was handed out is the caller’s own', () => {
  const chance = createChance(randomBytes)
  const first = chance(16)
  const copy = Uint8Array.from(first)
  for (let at = 0; at < 600; at += 1) chance(16).fill(7)
  assert.deepEqual(first, copy)
  assert.notDeepEqual(first, new Uint8Array(16))
})
