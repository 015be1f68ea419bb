// Goal: keys wrap as in RFC 5649 and nothing altered unwraps.
// Method: the two examples of §6, round trips of every length, every bit flipped, refusals.
import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { unwrapKey, wrapKey } from './aes-key-wrap.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')
const failed = { name: 'KeyWrapError', code: 'unwrap_failed' }

test('RFC 5649 §6: a key of 20 bytes and one of 7', () => {
  const kek = hex('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8')
  const examples = {
    c37b7e6492584340bed12207808941155068f738:
      '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a',
    '466f7250617369': 'afbeb0f07dfbf5419200f2ccb50bb24f',
  }
  for (const [key, wrapped] of Object.entries(examples)) {
    assert.equal(hexOf(wrapKey(kek, hex(key))), wrapped)
    assert.equal(hexOf(unwrapKey(kek, hex(wrapped))), key)
  }
})

test('round trip of every length, with bytes and with a KeyObject', () => {
  for (let length = 1; length <= 65; length += 1) {
    const kek = randomBytes(32)
    const key = randomBytes(length)
    const wrapped = wrapKey(kek, key)
    assert.equal(wrapped.length, 8 * Math.ceil(length / 8) + 8)
    assert.equal(hexOf(unwrapKey(createSecretKey(kek), wrapped)), hexOf(key))
    assert.equal(hexOf(wrapKey(createSecretKey(kek), key)), hexOf(wrapped))
  }
})

test('every flipped bit, every cut and another key are refused', () => {
  for (const length of [5, 32]) {
    const kek = randomBytes(32)
    const wrapped = wrapKey(kek, randomBytes(length))
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      const altered = Uint8Array.from(wrapped)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.throws(() => unwrapKey(kek, altered), failed)
    }
    for (let cut = 0; cut < wrapped.length; cut += 1)
      assert.throws(() => unwrapKey(kek, wrapped.subarray(0, cut)), failed)
    assert.throws(() => unwrapKey(randomBytes(32), wrapped), failed)
    assert.throws(() => unwrapKey(kek, Uint8Array.of(...wrapped, ...new Uint8Array(8))), failed)
  }
})

test('wrong lengths of keys are bugs of the caller', () => {
  assert.throws(() => wrapKey(randomBytes(31), randomBytes(32)), RangeError)
  assert.throws(() => wrapKey(randomBytes(32), new Uint8Array(0)), RangeError)
  assert.throws(() => unwrapKey(randomBytes(33), randomBytes(40)), RangeError)
})
