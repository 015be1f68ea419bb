// Goal: bad input is answered with the name of the field and what was expected; nothing in a body
// is converted. Method: a real body and a real query of the contract, spoiled one field at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contract } from '@warifu/protocol/contract'
import { readerOf } from './validation.ts'

const body = readerOf(contract.createPayment.body, 'body')
const query = readerOf(contract.listPayments.query, 'query')
const good = {
  amount: 1200,
  currency: 'jpy',
  lines: [{ description: '珈琲', quantity: 1, amount: 1200 }],
}

const failure = (data: unknown) => {
  const read = body(data)
  assert('failure' in read)
  return read.failure
}

test('a good body is handed on as it came', () => {
  const read = body(good)
  assert('value' in read)
  assert.deepEqual(read.value, good)
})

// biome-ignore format: a table reads by its columns
const spoiled: readonly (readonly [data: object, refusal: string, param: string])[] = [
  [{ ...good, tip: 1 },                                    'field_unknown', 'tip'],
  [{ ...good, lines: [{ ...good.lines[0], vat: 1 }] },     'field_unknown', 'lines.0.vat'],
  [{ currency: 'jpy' },                                    'field_invalid', 'amount'],
  [{ ...good, amount: '1200' },                            'field_invalid', 'amount'],
  [{ ...good, amount: 12.5 },                              'field_invalid', 'amount'],
  [{ ...good, amount: 0 },                                 'field_invalid', 'amount'],
  [{ ...good, amount: 1e12 },                              'field_invalid', 'amount'],
  [{ ...good, currency: 'JPY' },                           'field_invalid', 'currency'],
  [{ ...good, metadata: { note: 5 } },                     'field_invalid', 'metadata.note'],
  [{ ...good, merchant_reference: 'a\u202eb' },            'field_invalid', 'merchant_reference'],
  [{ ...good, lines: [{ ...good.lines[0], quantity: 0 }] }, 'field_invalid', 'lines.0.quantity'],
  [{ ...good, presentment: { kind: 'token', token: '4' } }, 'field_invalid', 'presentment.token'],
  [{ ...good, presentment: { kind: 'token' } },            'field_invalid', 'presentment.token'],
  [{ ...good, presentment: { kind: 'wallet', token: '' } }, 'field_unknown', 'presentment.token'],
  [{ ...good, presentment: { kind: 'cash' } },             'field_invalid', 'presentment.kind'],
  [{ ...good, presentment: {} },                           'field_invalid', 'presentment.kind'],
  [{ ...good, presentment: 'token' },                      'field_invalid', 'presentment'],
]

for (const [data, refusal, param] of spoiled)
  test(`${refusal}: ${param} in ${JSON.stringify(data).slice(0, 60)}`, () => {
    const told = failure(data)
    assert.equal(told.refusal, refusal)
    assert.equal(told.param, param)
    assert((told.expected ?? '').length > 0)
  })

test('a query’s numbers come as text and have bounds', () => {
  const read = query({ limit: '3' })
  assert('value' in read)
  assert.deepEqual(read.value, { limit: 3 })
  for (const limit of ['0', '101', 'many']) {
    const refused = query({ limit })
    assert('failure' in refused && refused.failure.param === 'limit', limit)
  }
})
