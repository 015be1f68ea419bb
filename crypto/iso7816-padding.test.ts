// Goal: every plaintext of one kind has one length, and comes back exactly.
// Method: written-out examples, round trips, malformed paddings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pad, unpad } from './iso7816-padding.ts'

const malformed = { name: 'PaddingError', code: 'malformed' }
const tooLong = { name: 'PaddingError', code: 'too_long' }

test('0x80, then zeros', () => {
  assert.deepEqual(pad(Uint8Array.of(1, 2, 3), 6), Uint8Array.of(1, 2, 3, 0x80, 0, 0))
  assert.deepEqual(pad(new Uint8Array(0), 1), Uint8Array.of(0x80))
  assert.deepEqual(unpad(Uint8Array.of(1, 0x80, 0)), Uint8Array.of(1))
})

test('round trip in a constant size, also of bytes that look like padding', () => {
  const bytes = fc.array(fc.constantFrom(0, 0x80, 1, 0xff), { maxLength: 63 })
  fc.assert(
    fc.property(bytes, (some) => {
      const padded = pad(Uint8Array.from(some), 64)
      assert.equal(padded.length, 64)
      assert.deepEqual(unpad(padded), Uint8Array.from(some))
    }),
  )
})

test('what leaves no room for the mark is refused', () => {
  assert.throws(() => pad(new Uint8Array(64), 64), tooLong)
  assert.throws(() => pad(new Uint8Array(0), 0), tooLong)
})

test('a padding without its mark is refused', () => {
  for (const bytes of [[], [0], [0, 0, 0], [1], [0x80, 1], [0x80, 0, 0x81], [0x40, 0]])
    assert.throws(() => unpad(Uint8Array.from(bytes)), malformed)
})
