// Goal: a fault of one row keeps no other from its turn, and is not swallowed.
// Method: three pieces of work, the middle one throws; the order of turns is written down.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doEach } from './each.ts'

test('all have their turn, in order; the fault is thrown after', async () => {
  const turns: number[] = []
  const work = async (turn: number) => {
    turns.push(turn)
    if (turn === 2) throw new Error('two')
  }
  await assert.rejects(doEach([1, 2, 3], work), { message: 'two' })
  assert.deepEqual(turns, [1, 2, 3])
  await doEach([], work)
})
