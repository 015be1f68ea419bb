// Goal: no secret is written to the request log, whatever field or text it stands in; and a log of
//   ordinary requests stays readable.
// Method: properties: a secret planted anywhere in random JSON is not in what is kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { masked } from './masking.ts'
import { createRateLimit } from './rate-limit.ts'

const secrets = [
  `wk_test_${'A'.repeat(43)}`,
  `wr_test_${'b-_9'.repeat(10)}abc`,
  `ws_${'c'.repeat(43)}`,
  `wo_${'d'.repeat(43)}`,
  `whsec_${'E'.repeat(43)}=`,
  '4242424242424242',
  '4242 4242 4242 4242',
  '9812345678901234',
]

test('a secret planted anywhere is not kept', () => {
  const text = fc.tuple(fc.string(), fc.constantFrom(...secrets), fc.string()).map((parts) => ({
    secret: parts[1],
    text: parts.join(' '),
  }))
  fc.assert(
    fc.property(text, fc.jsonValue(), fc.string(), (planted, value, name) => {
      const bodies = [
        planted.text,
        [value, planted.text],
        { [name]: planted.text, deep: { value } },
      ]
      for (const body of [...bodies, { [planted.text]: value }])
        assert(!masked(JSON.stringify(body)).includes(planted.secret))
    }),
  )
})

test('fields that hold a secret by their name are not kept, whatever is in them', () => {
  const body = { secret: 'x', token: '98', message: { ct: 'y' }, pin: 1, code: 'z', link: 'l' }
  const kept: unknown = JSON.parse(masked(JSON.stringify({ inner: [body] })))
  const stars = Object.fromEntries(Object.keys(body).map((name) => [name, '***']))
  assert.deepEqual(kept, { inner: [stars] })
})

test('what a developer looks for is still there; what is no JSON is not kept', () => {
  const body = { amount: 1200, currency: 'jpy', lines: [{ description: 'Blend', quantity: 2 }] }
  assert.deepEqual(JSON.parse(masked(JSON.stringify(body))), body)
  assert.equal(masked('4242424242424242 is my card'), '')
  assert.equal(masked(''), '')
})

test('a key asks as fast as its pace, then waits as long as it is told', () => {
  const { allow } = createRateLimit()
  const ask = (nowMs: number, name = 'a') => allow(name, { perSecond: 4, nowMs })
  assert.deepEqual(
    [0, 0, 0, 0].map((at) => ask(at).ok),
    [true, true, true, true],
  )
  const fifth = ask(0)
  assert.deepEqual([fifth.ok, fifth.retryAfterS], [false, 1])
  assert(ask(0, 'b').ok, 'another key is another’s business')
  assert(!ask(200).ok && ask(260).ok, 'it fills evenly')
  assert.deepEqual([5000, 5000, 5000, 5000, 5000].map((at) => ask(at).ok).filter(Boolean).length, 4)
})
