// Goal: a call is what the contract says, and nothing outside the contract comes back from it.
// Method: a `fetch` that remembers what it was asked and answers what the test says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '@warifu/protocol/errors'
import { type Api, ApiError, askOf, callApi } from './api-call.ts'

const deadline_at = '2026-05-01T00:00:00.000Z'
const options = {
  registration: `reg_${'0'.repeat(26)}`,
  nonce: 'A'.repeat(43),
  rp_id: 'wallet.localhost',
  deadline_at,
}

function platform(status: number, body: string) {
  const asked: { url: string; init: RequestInit }[] = []
  const api: Api = {
    apiUrl: 'http://127.0.0.1:1',
    fetch: async (url, init) => {
      asked.push({ url, init })
      return new Response(body, { status })
    },
  }
  return { api, asked }
}

const errorBody = (over: object) =>
  JSON.stringify({
    error: {
      type: 'conflict_error',
      code: 'payment_state',
      message: errors.payment_state.merchant,
      param: null,
      advice: 'do_not_retry',
      outcome: 'not_performed',
      resource: null,
      deadline_at: null,
      request_id: 'req_1',
      doc_url: 'http://docs',
      ...over,
    },
  })

test('path, query and body are filled in', () => {
  const refund = askOf('refundPayment', { params: { id: 'pay_1' }, body: { amount: 5 } })
  assert.deepEqual(refund, {
    name: 'refundPayment',
    method: 'POST',
    path: '/v1/payments/pay_1/refunds',
    query: '',
    body: '{"amount":5}',
  })
  const list = askOf('listPayments', { query: { limit: 2, starting_after: 'pay_&1' } })
  assert.equal(list.query, '?limit=2&starting_after=pay_%261')
  assert.equal(list.body, '')
  assert.equal(askOf('startLogin', {}).body, '{}')
  assert.equal(askOf('getCard', { params: { id: 'crd_../x' } }).path, '/v1/cards/crd_..%2Fx')
})

test('an answer by the contract is returned; headers and body travel', async () => {
  const { api, asked } = platform(201, JSON.stringify(options))
  const headers = { authorization: 'Bearer x' }
  assert.deepEqual(await callApi(api, 'startLogin', { headers }), options)
  assert.equal(asked[0]?.url, 'http://127.0.0.1:1/v1/logins')
  assert.equal(asked[0]?.init.body, '{}')
  assert.deepEqual(asked[0]?.init.headers, { 'content-type': 'application/json', ...headers })
})

test('a refusal is an ApiError with code, outcome and status', async () => {
  const { api } = platform(409, errorBody({}))
  await assert.rejects(callApi(api, 'startLogin', {}), (error) => {
    assert.ok(error instanceof ApiError)
    assert.equal(error.status, 409)
    assert.equal(error.code, 'payment_state')
    assert.equal(error.outcome, 'not_performed')
    assert.equal(error.requestId, 'req_1')
    return true
  })
})

test('whatever is not in the contract is no answer', async () => {
  const strange: [number, string][] = [
    [200, JSON.stringify(options)],
    [201, JSON.stringify({ ...options, more: 1 })],
    [201, JSON.stringify({ ...options, rp_id: 7 })],
    [201, 'not json'],
    [502, '<html>'],
    [409, errorBody({ code: 'made_up' })],
    [409, errorBody({ outcome: 'perhaps' })],
  ]
  for (const [status, body] of strange) {
    const asking = callApi(platform(status, body).api, 'startLogin', {})
    await assert.rejects(asking, { name: 'NoAnswer', code: 'answer_unreadable' })
  }
})

test('a cut connection is no answer, with its cause', async () => {
  const cause = new TypeError('fetch failed')
  const api: Api = {
    apiUrl: 'http://127.0.0.1:1',
    fetch: async () => {
      throw cause
    },
  }
  const expected = { name: 'NoAnswer', code: 'connection_cut', cause }
  await assert.rejects(callApi(api, 'startLogin', {}), expected)
})
