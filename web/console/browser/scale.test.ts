// Goal: a chart draws what was measured, from zero, and its labels can be read.
// Method: the arithmetic alone, with figures whose places are known by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alone, apart, linePath, roundMax, xOf, yOf } from './scale.ts'

const frame = { width: 100, height: 50, max: 10 }

test('the top of a chart is a round number that nothing passes', () => {
  const tops = [[0], [], [1], [3], [7], [10], [11], [480], [99_000], [0.3]].map(roundMax)
  assert.deepEqual(tops, [1, 1, 1, 5, 10, 10, 20, 500, 100_000, 0.5])
})

test('zero lies at the foot, the maximum at the top, places are of one width', () => {
  assert.equal(yOf(frame, 0), 50)
  assert.equal(yOf(frame, 10), 0)
  assert.equal(yOf(frame, 5), 25)
  assert.equal(yOf(frame, 99), 0)
  assert.deepEqual(
    [0, 1, 2, 3].map((at) => xOf(frame, at, 4)),
    [12.5, 37.5, 62.5, 87.5],
  )
})

test('a line is broken where nothing was measured, and a lone point is named', () => {
  assert.equal(linePath(frame, [0, 10, null, 5]), 'M12.5 50.0L37.5 0.0M87.5 25.0')
  assert.equal(linePath(frame, [null, null]), '')
  assert.deepEqual(alone([0, 10, null, 5]), [3])
  assert.deepEqual(alone([1, null, 2, 3]), [0])
})

test('labels keep apart, in their order, and above the foot', () => {
  assert.deepEqual(apart([10, 11, 40], 12, 50), [10, 22, 40])
  assert.deepEqual(apart([48, 49, 50], 12, 50), [26, 38, 50])
  assert.deepEqual(apart([40, 10], 12, 50), [40, 10])
})
