/**
 * Goal: a card always looks the same, and two cards do not.
 * Method: weave references that differ in one letter; count how many patterns come out.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dyeOf, weaveOf } from './weave.ts'

const references = Array.from({ length: 200 }, (_, at) => `crd_01M8AB6VPR70944DVD48S37S${at}`)

test('the same reference is woven the same', () => {
  for (const reference of references) assert.deepEqual(weaveOf(reference), weaveOf(reference))
})

test('nearly all of 200 cards differ', () => {
  assert.ok(new Set(references.map((each) => JSON.stringify(weaveOf(each)))).size > 190)
})

test('every card has both threads, and a dye that is known', () => {
  for (const reference of references) {
    const { warp, float } = weaveOf(reference)
    assert.ok(warp.length > 1000 && float.length > 100)
    assert.match(dyeOf(reference), /^(?:indigo|tea|plum|pine|ink)$/)
  }
})
