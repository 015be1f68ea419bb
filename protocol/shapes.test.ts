// Goal: a text that PostgreSQL cannot keep is refused by its shape, and nothing else is.
// Method: odd texts as whole values and in a new payment's free fields.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import { contract } from './contract.ts'
import { anyText, plainText } from './shapes.ts'

const any = Compile(anyText(500))
const plain = Compile(plainText(64))
const newPayment = Compile(contract.createPayment.body)
const asked = { amount: 1, currency: 'jpy' }

const unkept = ['\0', 'a\0b', '\ud83c', '\udf38', 'x\ud83c', '\udf38\ud83c']
const kept = ['"', '\\', '\\u0000', '🌸', 'a🌸b', '日本', ',)}']

test('null characters and halves of surrogate pairs are refused', () => {
  for (const text of unkept) {
    assert(!any.Check(text) && !plain.Check(text), JSON.stringify(text))
    assert(!newPayment.Check({ ...asked, merchant_reference: text }))
    assert(!newPayment.Check({ ...asked, metadata: { fine: '', note: text } }))
    const lines = [{ description: text, quantity: 1, amount: 1 }]
    assert(!newPayment.Check({ ...asked, lines }))
  }
})

test('all other texts may be given', () => {
  for (const text of kept) {
    assert(any.Check(text) && plain.Check(text), JSON.stringify(text))
    assert(newPayment.Check({ ...asked, merchant_reference: text, metadata: { note: text } }))
  }
  for (const text of ['', '\n\t', '\u0001']) assert(any.Check(text) && !plain.Check(text))
})
