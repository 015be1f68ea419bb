// Goal: one name for one key, as everybody else computes it.
// Method: the P-256 key of RFC 7515 A.3 in the form of RFC 7638 §3.1; refusals; round trips.
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { jwkOfPoint, type PublicJwk, pointOfJwk, thumbprintInput } from './jwk-thumbprint.ts'

const key: PublicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
const invalid = { name: 'JwkError', code: 'invalid_jwk' }

test('required members, in order, without white space (RFC 7638 §3.1)', () => {
  const input = thumbprintInput(key)
  assert.equal(
    input,
    '{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",' +
      '"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}',
  )
  assert.equal(
    createHash('sha256').update(input).digest('base64url'),
    'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
  )
})

test('other members and their order do not count', () => {
  const { x, y } = key
  const longer = { alg: 'ES256', y, use: 'sig', x, kid: 'mine', crv: key.crv, kty: key.kty }
  assert.equal(thumbprintInput(longer), thumbprintInput(key))
})

test('a second spelling of a coordinate is refused', () => {
  const stray = `${key.x.slice(0, 42)}V`
  for (const x of [stray, `${key.x}=`, key.x.slice(1), `A${key.x}`, '', `"${key.x.slice(1)}`]) {
    assert.throws(() => thumbprintInput({ ...key, x }), invalid)
    assert.throws(() => thumbprintInput({ ...key, y: x }), invalid)
    assert.throws(() => pointOfJwk({ ...key, x }), invalid)
  }
})

test('another curve is refused', () => {
  const other = JSON.parse(JSON.stringify({ ...key, crv: 'P-384' }))
  assert.throws(() => thumbprintInput(other), invalid)
})

test('a JWK and its point are the same key', () => {
  for (let i = 0; i < 20; i += 1) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
    const jwk = jwkOfPoint(point)
    assert.deepEqual({ ...jwk }, publicKey.export({ format: 'jwk' }))
    assert.deepEqual(Buffer.from(pointOfJwk(jwk)), point)
  }
})

test('compressed points and points of other lengths are refused', () => {
  const point = pointOfJwk(key)
  assert.throws(() => jwkOfPoint(point.subarray(0, 64)), invalid)
  assert.throws(() => jwkOfPoint(Uint8Array.of(2, ...point.subarray(1))), invalid)
})
