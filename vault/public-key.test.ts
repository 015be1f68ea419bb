// Goal: signatures as r ‖ s verify as node:crypto verifies them, and only points are keys.
// Method: many signatures, among them numbers with leading zeros and high bits; node beside us.
import assert from 'node:assert/strict'
import { sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { importPoint, readPublicJwk, thumbprintCheckValue, verifyRaw } from './public-key.ts'
import { chanceOf } from './rehearsal.ts'

const chance = chanceOf('public key')
const pair = chance.keyPair()
const key = importPoint(pair.publicBytes)
const message = Buffer.from('a message')

test('r ‖ s: as node:crypto says, over signatures of every shape', () => {
  let [short, high] = [0, 0]
  for (let i = 0; i < 1500; i += 1) {
    const signature = sign('sha256', message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
    if (signature[0] === 0 || signature[32] === 0) short += 1
    if ((signature[0] ?? 0) > 127) high += 1
    assert(verifyRaw(key, message, signature))
  }
  assert(short > 0 && high > 0, 'both shapes were met')
})

test('altered, swapped, zero and short signatures are refused, as node:crypto refuses them', () => {
  const good = sign('sha256', message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
  const flipped = Buffer.from(good)
  flipped[40] = (flipped[40] ?? 0) ^ 1
  const swapped = Buffer.concat([good.subarray(32), good.subarray(0, 32)])
  const zero = Buffer.alloc(64)
  for (const wrong of [flipped, swapped, zero, good.subarray(1), Buffer.alloc(0)]) {
    assert.equal(verifyRaw(key, message, wrong), false)
    assert.equal(verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, wrong), false)
  }
  assert.equal(verifyRaw(key, Buffer.from('another'), good), false)
})

test('a key is a point of the curve in its one spelling', () => {
  const jwk = jwkOfPoint(pair.publicBytes)
  assert(readPublicJwk(jwk))
  assert.equal(readPublicJwk({ ...jwk, y: jwk.x }), undefined)
  const zero = 'A'.repeat(43)
  assert.equal(readPublicJwk({ ...jwk, x: zero, y: zero }), undefined)
  // 2^256 - 1 is no field element (SP 800-186 §3.2.1.3).
  assert.equal(readPublicJwk({ ...jwk, x: Buffer.alloc(32, 255).toString('base64url') }), undefined)
  const stray = `${jwk.x.slice(0, 42)}${String.fromCharCode(jwk.x.charCodeAt(42) + 1)}`
  assert.equal(readPublicJwk({ ...jwk, x: stray }), undefined)
})

test('the check value of a public key is the start of its name', () => {
  assert.equal(thumbprintCheckValue('AQID'), '010203')
})
