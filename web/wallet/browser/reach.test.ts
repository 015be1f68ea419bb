// Goal: a wallet says that the platform is silent when it is, and not for a single lost answer.
// Method: a fetch that answers, cuts or is called off, and a listener that counts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reachBy } from './reach.ts'

type Way = 'answer' | 'cut' | 'called_off' | 'reader_cut'

async function after(...ways: readonly Way[]) {
  let way: Way = 'answer'
  let told = 0
  const fetch = async () => {
    if (way === 'answer') return new Response('{}', { status: 500 })
    throw new TypeError('cut')
  }
  const reach = reachBy({ fetch, apiUrl: 'http://api.localhost', language: () => 'ja' })
  reach.onChange(() => {
    told += 1
  })
  for (way of ways) {
    const signal = way === 'called_off' ? AbortSignal.abort() : new AbortController().signal
    const at = way === 'reader_cut' ? 'http://127.0.0.1:8734/' : 'http://api.localhost/v1'
    await reach.fetch(at, { signal }).catch(() => undefined)
  }
  return { answers: reach.answers(), told }
}

test('one lost answer is chance, two in a row are silence', async () => {
  assert.deepEqual(await after('cut'), { answers: true, told: 0 })
  assert.deepEqual(await after('cut', 'answer', 'cut'), { answers: true, told: 0 })
  assert.deepEqual(await after('cut', 'cut', 'cut'), { answers: false, told: 1 })
})

test('any answer ends it, and whoever listens is told once', async () => {
  assert.deepEqual(await after('cut', 'cut', 'answer', 'answer'), { answers: true, told: 2 })
})

test('what the page itself called off, or a device beside it, says nothing', async () => {
  assert.deepEqual(await after('reader_cut', 'reader_cut'), { answers: true, told: 0 })
  assert.deepEqual(await after('called_off', 'called_off'), { answers: true, told: 0 })
})
