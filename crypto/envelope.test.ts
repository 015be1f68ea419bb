// Goal: both sides of a seal compute the same bytes, and no two envelopes share them.
// Method: bytes written out by hand; a property over headers and contexts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { envelopeAad, envelopeInfo } from './envelope.ts'

test('info is label, purpose, zero byte, digest', () => {
  const info = Buffer.from(envelopeInfo('card-install', new Uint8Array(32).fill(0xab)))
  assert.equal(info.toString('latin1', 0, 22), 'warifu/1/card-install\0')
  assert.equal(info.toString('hex', 22), 'ab'.repeat(32))
  assert.equal(info.length, 54)
})

test('aad is canonical: context before header, members in order', () => {
  const aad = envelopeAad({ v: 1, kid: 'k' }, { terminal: 't', inner_digest: 'd' })
  assert.equal(
    new TextDecoder().decode(aad),
    '{"context":{"inner_digest":"d","terminal":"t"},"header":{"kid":"k","v":1}}',
  )
})

test('what is in the header cannot be moved into the context', () => {
  const members = fc.dictionary(fc.string(), fc.string())
  fc.assert(
    fc.property(members, members, (header, context) => {
      const parsed = JSON.parse(new TextDecoder().decode(envelopeAad(header, context)))
      assert.deepEqual(Object.keys(parsed), ['context', 'header'])
      assert.deepEqual(Object.entries(parsed.header).sort(), Object.entries(header).sort())
      assert.deepEqual(Object.entries(parsed.context).sort(), Object.entries(context).sort())
    }),
  )
})

test('a purpose that could be mistaken for another, and a wrong digest, are refused', () => {
  const digest = new Uint8Array(32)
  for (const purpose of ['', 'card\0', 'Card', 'card/install', 'card install', 'card\n'])
    assert.throws(() => envelopeInfo(purpose, digest), RangeError)
  assert.throws(() => envelopeInfo('card', new Uint8Array(31)), RangeError)
  assert.throws(() => envelopeInfo('card', new Uint8Array(33)), RangeError)
})
