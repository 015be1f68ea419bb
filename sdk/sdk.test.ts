// Goal: a call is sent again under its own key when, and only when, it helps; lists turn their
//   pages; nothing that is handed out or thrown holds the API key.
// Method: a platform that answers from a script and keeps what it was asked; time is only counted.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { errors, type Refusal } from '@warifu/protocol/errors'
import fc from 'fast-check'
import { ApiError, NoAnswer } from './api-call.ts'
import { pauseBefore } from './retrying.ts'
import { createWarifu, type WarifuOptions } from './sdk.ts'

const apiKey = `wk_test_${'k'.repeat(43)}`
const id = <P extends string>(prefix: P) => `${prefix}_${'0'.repeat(26)}` as const

type Script = () => Response | Promise<Response>
const answer = (status: number, body: object | string, headers = {}): Script => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return () => new Response(text, { status, headers })
}
const refusal = (status: number, code: Refusal, outcome = 'not_performed', headers = {}) => {
  const { type, advice, merchant } = errors[code]
  const doc_url = `http://docs.localhost/errors/${code}`
  const rest = { param: null, resource: null, deadline_at: null, request_id: 'req_1', doc_url }
  const error = { type, code, message: merchant, advice, outcome, ...rest }
  return answer(status, { error }, headers)
}
const cut: Script = () => Promise.reject(new TypeError('fetch failed'))
const refunded = answer(201, {
  id: id('ref'),
  object: 'refund',
  created_at: '2026-05-01T00:00:00.000Z',
  payment: id('pay'),
  amount: 400,
  currency: 'jpy',
})
const page = (ids: readonly string[], next: string | null) =>
  answer(200, {
    object: 'list',
    url: '/v1/events',
    has_more: next !== null,
    next_cursor: next,
    data: ids.map((last) => ({
      id: `${id('evt').slice(0, -1)}${last}`,
      object: 'event',
      type: 'payment.created',
      livemode: false,
      timestamp: '2026-05-01T00:00:00.000Z',
      sequence: 1,
      subject: id('pay'),
      data: {},
    })),
  })

function shopWith(scripts: readonly Script[], options: Partial<WarifuOptions> = {}) {
  const asked: { url: string; key: string | null; aborted: () => boolean }[] = []
  const slept: number[] = []
  let keys = 0
  const left = [...scripts]
  const warifu = createWarifu({
    apiKey,
    apiUrl: 'http://127.0.0.1:1/',
    chance: () => 0,
    newKey: () => {
      keys += 1
      return `key-${keys}`
    },
    sleep: async (ms) => void slept.push(ms),
    fetch: async (url, init) => {
      const headers = new Headers(init.headers)
      assert.equal(headers.get('authorization'), `Bearer ${apiKey}`)
      const aborted = () => init.signal?.aborted ?? false
      asked.push({ url, key: headers.get('idempotency-key'), aborted })
      const script = left.shift()
      if (script === undefined) throw new Error('asked too often')
      return await script()
    },
    ...options,
  })
  return { warifu, asked, slept, left }
}

const keysOf = (asked: readonly { readonly key: string | null }[]) => asked.map(({ key }) => key)

test('what may be answered otherwise is sent again, the same key, ever more slowly', async () => {
  const first = [cut, refusal(503, 'vault_unavailable'), answer(502, '<html>'), refunded]
  const { warifu, asked, slept } = shopWith(first, { retries: 3 })
  assert.equal((await warifu.payments.refund(id('pay'), { amount: 400 })).amount, 400)
  assert.deepEqual(keysOf(asked), ['key-1', 'key-1', 'key-1', 'key-1'])
  assert.deepEqual(slept, [500, 1000, 2000])
  assert.equal(asked[0]?.url, `http://127.0.0.1:1/v1/payments/${id('pay')}/refunds`)
})

test('the key of the order is the key that travels; another call has another', async () => {
  const { warifu, asked } = shopWith([cut, refunded, refunded, refunded])
  await warifu.payments.refund(id('pay'), {}, { idempotencyKey: 'order-42' })
  await warifu.payments.refund(id('pay'))
  await warifu.payments.refund(id('pay'))
  assert.deepEqual(keysOf(asked), ['order-42', 'order-42', 'key-1', 'key-2'])
})

test('an outcome that is not known is asked for again; a plain no is not', async () => {
  const unknown = shopWith([refusal(500, 'internal_error', 'unknown'), refunded])
  await unknown.warifu.payments.refund(id('pay'))
  assert.equal(unknown.asked.length, 2)
  for (const code of ['payment_state', 'amount_above_captured', 'field_invalid'] as const) {
    const { warifu, asked } = shopWith([refusal(409, code)])
    await assert.rejects(warifu.payments.refund(id('pay')), (error) => {
      assert.ok(error instanceof ApiError)
      assert.deepEqual([error.code, error.advice], [code, errors[code].advice])
      assert.equal(error.outcome, 'not_performed')
      assert.equal(error.docUrl, `http://docs.localhost/errors/${code}`)
      return true
    })
    assert.equal(asked.length, 1)
  }
})

test('after the last try the last answer is thrown', async () => {
  const { warifu, asked, slept } = shopWith([cut, cut, answer(504, 'gateway')])
  const expected = { name: 'NoAnswer', code: 'answer_unreadable' }
  await assert.rejects(warifu.payments.get(id('pay')), expected)
  assert.deepEqual([asked.length, slept.length], [3, 2])
  assert.deepEqual(keysOf(asked), [null, null, null])
})

test('Retry-After is a least; more patience than a minute is left to the caller', async () => {
  const soon = shopWith([
    refusal(429, 'internal_error', 'not_performed', { 'retry-after': '3' }),
    refunded,
  ])
  await soon.warifu.payments.refund(id('pay'))
  assert.deepEqual(soon.slept, [3000])
  const late = shopWith([refusal(429, 'internal_error', 'not_performed', { 'retry-after': '61' })])
  await assert.rejects(late.warifu.payments.refund(id('pay')), { status: 429 })
  assert.deepEqual(late.slept, [])
})

test('a caller who gives up is not asked to wait, and a try has its time', async () => {
  const giveUp = new AbortController()
  const { warifu, asked, slept } = shopWith([
    async () => {
      giveUp.abort()
      throw new DOMException('aborted', 'AbortError')
    },
  ])
  const asking = warifu.payments.get(id('pay'), { signal: giveUp.signal })
  await assert.rejects(asking, { code: 'connection_cut' })
  assert.deepEqual([asked.length, slept.length, asked[0]?.aborted()], [1, 0, true])
  const never: Script = () => new Promise(() => {})
  const slow = shopWith([never], {
    retries: 0,
    timeout: (ms) => AbortSignal.abort(new Error(`${ms} ms`)),
    timeoutMs: 7,
    fetch: async (_, { signal }) => {
      signal?.throwIfAborted()
      return await never()
    },
  })
  await assert.rejects(slow.warifu.payments.get(id('pay')), (error) => {
    assert.ok(error instanceof NoAnswer && error.cause instanceof Error)
    return error.cause.message === '7 ms'
  })
})

test('a list turns its own pages, and only those that are read', async () => {
  const { warifu, asked } = shopWith([page(['9', '8'], 'evt_8'), page(['7', '6'], 'evt_6')])
  const last: string[] = []
  for await (const event of warifu.events.list({ limit: 2 })) {
    last.push(event.id.slice(-1))
    if (last.length === 3) break
  }
  assert.deepEqual(last, ['9', '8', '7'])
  assert.deepEqual(
    asked.map(({ url }) => URL.parse(url)?.search),
    ['?limit=2', '?limit=2&starting_after=evt_8'],
  )
  const all = shopWith([page(['9'], 'evt_9'), page(['8'], null)])
  assert.equal((await all.warifu.events.list().take(50)).length, 2)
  assert.deepEqual(await shopWith([]).warifu.events.list().take(0), [])
})

test('a wrong key or address is told at once, without repeating the key', () => {
  const wrong = { apiKey: 'pk_live_secret', apiUrl: 'http://127.0.0.1:1' }
  assert.throws(
    () => createWarifu(wrong),
    (error) => {
      assert.ok(error instanceof TypeError)
      assert.match(error.message, /^apiKey: /)
      assert.doesNotMatch(error.message, /pk_live_secret/)
      return true
    },
  )
  for (const apiUrl of ['', 'shop.com', 'ftp://shop.com'])
    assert.throws(() => createWarifu({ apiKey, apiUrl }), /^TypeError: apiUrl: /)
})

test('the API key is in nothing that is handed out or thrown', async () => {
  const { warifu } = shopWith([cut], { retries: 0 })
  assert.doesNotMatch(inspect(warifu, { depth: 9, showHidden: true }), /kkkk/)
  const thrown: unknown = await warifu.payments.get(id('pay')).catch((error: unknown) => error)
  assert.doesNotMatch(inspect(thrown, { depth: 9, showHidden: true }), /kkkk/)
})

test('a pause is never longer than eight seconds, and never less than half of its step', () => {
  const retries = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(retries, fc.double({ min: 0, max: 1, noNaN: true }), (retry, chance) => {
      const step = Math.min(8000, 500 * 2 ** (retry - 1))
      const pause = pauseBefore(retry, { chance })
      assert.ok(pause >= step / 2 && pause <= step)
    }),
  )
})

test('the SDK’s door needs no Node.js: it and all behind it run where there is fetch', () => {
  const root = dirname(import.meta.dirname)
  const seen = new Set<string>()
  const walk = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const text = readFileSync(path, 'utf8')
    assert.doesNotMatch(text, /from 'node:|\bBuffer\.|\bprocess\.\w+/, path)
    for (const [, to = ''] of text.matchAll(/\bfrom '(\.\/[^']+|@warifu\/[^']+)'/g))
      walk(to.startsWith('.') ? join(dirname(path), to) : join(root, `${to.slice(8)}.ts`))
  }
  walk(join(import.meta.dirname, 'sdk.ts'))
  assert.ok(seen.size > 10)
  assert.throws(() => walk(join(import.meta.dirname, 'device-link.ts')), assert.AssertionError)
})
