// Goal: a compact JWS is read as RFC 7515 says, and nothing but ES256 is.
// Method: the RFC's own example (A.3), our own, and each way to bend one.
import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { toBase64url } from './base64url.ts'
import { compactJws, jwsInput, readJws } from './jws.ts'

test('the example of RFC 7515 A.3', () => {
  const text = [
    'eyJhbGciOiJFUzI1NiJ9',
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p' +
      'c19yb290Ijp0cnVlfQ',
    'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  ].join('.')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  }
  const jws = readJws(text)
  assert(jws)
  assert.deepEqual(jws.payload, {
    iss: 'joe',
    exp: 1300819380,
    'http://example.com/is_root': true,
  })
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  assert(verify('sha256', jws.signed, { key, dsaEncoding: 'ieee-p1363' }, jws.signature))
})

test('what we write is what we read', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const input = jwsInput({ kid: 'k1' }, { amount: 1200 })
  const how = { dsaEncoding: 'ieee-p1363' } as const
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, ...how })
  const jws = readJws(compactJws(input, signature))
  assert(jws)
  assert.deepEqual(jws.header, { alg: 'ES256', kid: 'k1' })
  assert.deepEqual(jws.payload, { amount: 1200 })
  assert(verify('sha256', jws.signed, { key: publicKey, ...how }, jws.signature))
})

const part = (value: object) => toBase64url(Buffer.from(JSON.stringify(value)))
const tail = 'A'.repeat(86)
for (const [name, text] of [
  ['no signature', `${part({ alg: 'ES256' })}.${part({})}.`],
  ['none as algorithm', `${part({ alg: 'none' })}.${part({})}.${tail}`],
  ['another algorithm', `${part({ alg: 'HS256' })}.${part({})}.${tail}`],
  ['a critical extension', `${part({ alg: 'ES256', crit: ['b64'] })}.${part({})}.${tail}`],
  ['a header that is a list', `${part([])}.${part({})}.${tail}`],
  ['four parts', `${part({ alg: 'ES256' })}.${part({})}.${tail}.${tail}`],
  ['two parts', `${part({ alg: 'ES256' })}.${part({})}`],
  ['what is no JSON', `${part({ alg: 'ES256' })}.AAAA.${tail}`],
  ['padding', `${part({ alg: 'ES256' })}.${part({})}.${tail}==`],
] as const)
  test(`refused: ${name}`, () => assert.equal(readJws(text), undefined))
