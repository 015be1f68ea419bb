// Goal: what PostgreSQL cannot keep is refused by its name, and nothing else is.
// Method: odd texts in each free field of a new payment.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unstorable } from './storable.ts'

const asked = { amount: 1, currency: 'jpy' }

test('null characters and halves of surrogate pairs are named by their field', () => {
  for (const bad of ['\0', 'a\0b', '\ud83c', '\udf38', 'x\ud83c']) {
    assert.equal(unstorable({ ...asked, merchant_reference: bad }), 'merchant_reference')
    assert.equal(unstorable({ ...asked, metadata: { fine: '', note: bad } }), 'metadata')
  }
})

test('all else can be kept', () => {
  assert.equal(unstorable(asked), undefined)
  for (const text of ['', '"', '\\', '\\u0000', '🌸', '\n\t', '\u0001', ',)}'])
    assert.equal(
      unstorable({ ...asked, merchant_reference: text, metadata: { note: text } }),
      undefined,
    )
})
