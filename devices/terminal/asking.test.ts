// Goal: a counter is never used twice, and what was sent without answer is sent again as it was.
// Method: a `fetch` that looks into the store at the moment of sending, cuts, refuses or answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reply } from '@warifu/protocol/contract'
import { errors, type Outcome, type Refusal } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { readAnswer } from '@warifu/sdk/api-call'
import { prepare, read, retry, type TerminalNeeds, write } from './asking.ts'
import { makeKeys } from './terminal-keys.ts'
import { blankState, memoryStore, queueTurns } from './terminal-state.ts'

const id = <P extends string>(prefix: P): `${P}_${string}` => `${prefix}_${'0'.repeat(26)}`
const keys = await makeKeys(false)
const at = '2026-05-01T00:00:00.000Z'

const none = {
  count_day: null,
  count_month: null,
  merchants_only: null,
  merchants_never: [],
  categories_only: null,
  categories_never: [],
}

const card: Reply<'getCard'> = {
  id: id('crd'),
  object: 'card',
  livemode: false,
  created_at: at,
  program: id('prg'),
  status: 'suspended',
  last4: '1234',
  expires: '2030-01',
  currency: 'jpy',
  funding: 'credit',
  usage: 'standard',
  credit_limit: 1,
  available: 1,
  controls: {
    program: { ...none, per_transaction: 1, per_day: 1, per_month: 1 },
    own: null,
    left: { per_day: 1, per_month: 1, count_day: null, count_month: null, uses: null },
  },
  locked_to: null,
  replaces: null,
  replaced_by: null,
  history: [],
}

const refusal = (code: Refusal, outcome: Outcome) =>
  JSON.stringify({
    error: {
      type: errors[code].type,
      code,
      message: 'no',
      param: null,
      advice: errors[code].advice,
      outcome,
      resource: null,
      deadline_at: null,
      request_id: 'req_1',
      doc_url: '',
    },
  })

type Answer = 'cut' | [status: number, body: string]
const good: Answer = [200, JSON.stringify(card)]

/** A terminal whose platform answers as the list says, then well. */
function terminal(...answers: Answer[]) {
  const store = memoryStore({ ...blankState, terminal: id('trm'), keys })
  const sent: { url: string; init: RequestInit; saved: unknown; counter: number }[] = []
  let clock = Date.parse(at)
  const needs: TerminalNeeds = {
    apiUrl: '',
    origin: 'http://wallet.localhost:1',
    nowMs: () => {
      clock += 1500
      return clock
    },
    random: (length) => new Uint8Array(length),
    passkey: { create: () => assert.fail(), get: () => assert.fail() },
    store,
    turns: queueTurns(),
    extractable: false,
    fetch: async (url, init) => {
      const { unanswered, counter } = await store.load()
      sent.push({ url, init, saved: unanswered, counter })
      const answer = answers.shift() ?? good
      if (answer === 'cut') throw new TypeError('fetch failed')
      return new Response(answer[1], { status: answer[0] })
    },
  }
  return { needs, store, sent }
}

const suspend = (needs: TerminalNeeds) =>
  write(needs, 'suspendCard', { params: { id: id('crd') satisfies Id<'crd'> } })

test('counter and exact bytes are saved before anything is sent', async () => {
  const { needs, store, sent } = terminal()
  assert.deepEqual(await suspend(needs), card)
  const [first] = sent
  assert.ok(first)
  assert.equal(first.counter, 1)
  const { saved, init } = first
  assert.ok(typeof saved === 'object' && saved !== null && 'headers' in saved && 'body' in saved)
  assert.deepEqual(init.headers, { 'content-type': 'application/json', ...Object(saved.headers) })
  assert.equal(init.body, saved.body)
  assert.equal((await store.load()).unanswered, null)
  assert.equal((await store.load()).counter, 1)
})

test('after a cut, retry sends the very same bytes; nothing else is written before', async () => {
  const { needs, store, sent } = terminal('cut', 'cut')
  await assert.rejects(suspend(needs), { name: 'NoAnswer', code: 'connection_cut' })
  await assert.rejects(suspend(needs), { name: 'TerminalError', code: 'unanswered' })
  await assert.rejects(retry(needs), { code: 'connection_cut' })
  const { request, answer } = await retry(needs)
  assert.deepEqual(readAnswer('suspendCard', answer), card)
  assert.equal(request.name, 'suspendCard')
  assert.equal(sent.length, 3)
  for (const again of sent.slice(1)) {
    assert.equal(again.url, sent[0]?.url)
    assert.deepEqual(again.init, sent[0]?.init)
  }
  assert.equal((await store.load()).counter, 1)
  await assert.rejects(retry(needs), { code: 'nothing_unanswered' })
  await suspend(needs)
  assert.equal((await store.load()).counter, 2)
})

test('a final refusal is final; one that leaves it open is asked again', async () => {
  const final = terminal([409, refusal('card_not_active', 'not_performed')])
  await assert.rejects(suspend(final.needs), { name: 'ApiError', code: 'card_not_active' })
  assert.equal((await final.store.load()).unanswered, null)
  const open: Answer[] = [
    [503, refusal('vault_unavailable', 'not_performed')],
    [500, refusal('internal_error', 'unknown')],
    [409, refusal('payment_state', 'unknown')],
    [502, '<html>'],
  ]
  for (const answer of open) {
    const { needs, store } = terminal(answer)
    await assert.rejects(suspend(needs))
    assert.equal((await store.load()).unanswered?.counter, 1)
    assert.equal((await retry(needs)).answer.status, 200)
  }
})

test('callers take turns: ten at once use ten counters, in order', async () => {
  const { needs, sent } = terminal()
  await Promise.all(Array.from({ length: 10 }, () => suspend(needs)))
  const counters = sent.map(({ init }) => Number(new Headers(init.headers).get('warifu-counter')))
  assert.deepEqual(counters, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('a prepared request has used up its counter, though it is not sent', async () => {
  const { needs, sent } = terminal()
  const request = await prepare(needs, 'suspendCard', { params: { id: id('crd') } })
  assert.equal(request.counter, 1)
  assert.equal(sent.length, 0)
  await suspend(needs)
  assert.equal(new Headers(sent[0]?.init.headers).get('warifu-counter'), '2')
})

test('a read repeats the last counter and is signed anew each time', async () => {
  const { needs, store, sent } = terminal(good, good, good)
  await read(needs, 'getCard', { params: { id: id('crd') } })
  await suspend(needs)
  await suspend(needs)
  await read(needs, 'getCard', { params: { id: id('crd') } })
  const headers = sent.map(({ init }) => new Headers(init.headers))
  assert.deepEqual(
    headers.map((each) => each.get('warifu-counter')),
    ['1', '1', '2', '2'],
  )
  assert.equal((await store.load()).counter, 2)
  assert.equal(sent[0]?.init.body, undefined)
  assert.notEqual(headers[0]?.get('signature-input'), headers[3]?.get('signature-input'))
})

test('without keys there is nobody to sign', async () => {
  const { needs } = terminal()
  const stranger = { ...needs, store: memoryStore() }
  await assert.rejects(suspend(stranger), { code: 'not_enrolled' })
  await assert.rejects(read(stranger, 'listCards', {}), { code: 'not_enrolled' })
})
