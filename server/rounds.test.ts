// Goal: what is done again and again goes on, also where one round has no end or fails; that is
// told, and whoever comes back late does no harm.
// Method: rounds that hang, fail or come late, on the real clock with short times; no two of them
// at once but where one was given up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { repeat } from './rounds.ts'

const PATIENCE_MS = 300

/** Runs `turns` in their order until the last was begun; answers with what was told of. */
async function rounds(turns: readonly (() => Promise<unknown>)[]) {
  const told: string[] = []
  const last = Promise.withResolvers<void>()
  const begunMs: number[] = []
  const needs = {
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal && { signal }),
    report: (fault: unknown, name: string) => {
      told.push(`${name}: ${fault instanceof Error ? fault.message : fault}`)
    },
  }
  const stop = repeat(needs, {
    ...{ name: 'look', pauseMs: 5, patienceMs: PATIENCE_MS },
    work: async () => {
      const turn = turns[begunMs.length]
      begunMs.push(performance.now())
      if (begunMs.length === turns.length) last.resolve()
      return turn?.()
    },
  })
  await last.promise
  stop()
  await sleep(3 * PATIENCE_MS)
  assert.equal(begunMs.length, turns.length, 'stopped is stopped')
  return { told, begunMs }
}

const quick = async () => {}
const hangs = () => new Promise<never>(() => {})

test('a round without an end is given up, told of, and the next begins', async () => {
  const { told, begunMs } = await rounds([quick, hangs, quick, quick])
  assert.deepEqual(told, [`look: no end within ${PATIENCE_MS} ms`])
  const [, second = 0, third = 0] = begunMs
  assert(third - second >= PATIENCE_MS - 1)
})

test('one that is only slow is not met by another', async () => {
  let running = 0
  const slow = async () => {
    running += 1
    assert.equal(running, 1)
    await sleep(PATIENCE_MS / 3)
    running -= 1
  }
  assert.deepEqual((await rounds([slow, slow, slow])).told, [])
})

test('for those that are still out there is more patience with the next', async () => {
  const { told } = await rounds([hangs, hangs, quick, hangs, quick])
  const after = [1, 2, 4].map((times) => `look: no end within ${times * PATIENCE_MS} ms`)
  assert.deepEqual(told, after)
})

test('given up, it may still end or fail: nothing more is told', async () => {
  const late = async () => {
    await sleep(1.5 * PATIENCE_MS)
    throw new Error('too late')
  }
  const { told } = await rounds([late, () => sleep(PATIENCE_MS), hangs, quick])
  const once = `look: no end within ${PATIENCE_MS} ms`
  assert.deepEqual(told, [once, once])
})

test('a fault is told of, and the next round begins', async () => {
  const fails = async () => {
    throw new Error('no line')
  }
  assert.deepEqual((await rounds([fails, quick, fails, quick])).told, [
    'look: no line',
    'look: no line',
  ])
})
