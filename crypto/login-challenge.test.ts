// Goal: a log-in's challenge is nothing that an enrolment's or a payment's could be.
// Method: bytes written out by hand; a property over nonces and canonical JSON.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jcsBytes } from './jcs.ts'
import { loginChallengeInput } from './login-challenge.ts'

test('label, zero byte, nonce', () => {
  const input = Buffer.from(loginChallengeInput(new Uint8Array(32).fill(0xab)))
  assert.equal(input.toString('latin1', 0, 15), 'warifu/1/login\0')
  assert.equal(input.toString('hex', 15), 'ab'.repeat(32))
  assert.equal(input.length, 47)
})

test('no nonce makes it canonical JSON of an object', () => {
  const nonces = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(nonces, fc.dictionary(fc.string(), fc.jsonValue()), (nonce, statement) => {
      assert.notEqual(loginChallengeInput(nonce)[0], jcsBytes(statement)[0])
      assert.throws(() => JSON.parse(Buffer.from(loginChallengeInput(nonce)).toString()))
    }),
  )
})

test('a nonce of another length is refused', () => {
  for (const length of [0, 31, 33])
    assert.throws(() => loginChallengeInput(new Uint8Array(length)), RangeError)
})
