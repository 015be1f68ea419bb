// Goal: a signed request is the profile of crypto/http-signature.ts, and covers every byte.
// Method: verify as the vault would, with node:crypto; then change each part in turn.
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { readSignature, readSignatureInput, signatureBase } from '@warifu/crypto/http-signature'
import { askOf } from '@warifu/sdk/api-call'
import { alterBody, type SignedRequest, signRequest } from './signed-request.ts'
import { makeKeys, publicJwkOf, thumbprintOf } from './terminal-keys.ts'

const { signing } = await makeKeys(false)
const jwk = await publicJwkOf(signing.publicKey)
const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
const signer = { terminal: 'trm_one', signing } as const
const moment = { counter: 7, nowMs: 1_700_000_000_999 }

function verifies({ method, path, query, headers }: SignedRequest): boolean {
  const input = readSignatureInput(headers['signature-input'] ?? '')
  const signature = readSignature(headers['signature'] ?? '')
  assert.ok(input !== undefined && signature !== undefined)
  const contentDigest = headers['content-digest'] ?? ''
  const counter = headers['warifu-counter'] ?? ''
  const base = signatureBase({ method, path, query, contentDigest, counter }, input.params)
  return verify('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' }, signature)
}

test('a write carries terminal, counter, digest of its body, time and key', async () => {
  const ask = askOf('suspendCard', { params: { id: 'crd_one' } })
  const request = await signRequest(signer, ask, moment)
  assert.equal(request.body, '{}')
  assert.equal(request.headers['warifu-terminal'], 'trm_one')
  assert.equal(request.headers['warifu-counter'], '7')
  // SHA-256 of {} in base64 (RFC 9530).
  const digest = 'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:'
  assert.equal(request.headers['content-digest'], digest)
  const input = readSignatureInput(request.headers['signature-input'] ?? '')
  assert.equal(input?.createdS, 1_700_000_000)
  assert.equal(input?.keyid, await thumbprintOf(signing.publicKey))
  assert.equal(verifies(request), true)
})

test('a read signs its query and the digest of no bytes', async () => {
  const request = await signRequest(signer, askOf('listCards', { query: { limit: 5 } }), moment)
  assert.equal(request.query, '?limit=5')
  assert.equal(request.body, '')
  // SHA-256 of the empty string.
  const digest = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'
  assert.equal(request.headers['content-digest'], digest)
  assert.equal(verifies(request), true)
  assert.equal(verifies({ ...request, query: '?limit=6' }), false)
})

test('another path, method, counter or body does not verify', async () => {
  const ask = askOf('suspendCard', { params: { id: 'crd_one' } })
  const request = await signRequest(signer, ask, moment)
  assert.equal(verifies({ ...request, path: '/v1/cards/crd_two/suspend' }), false)
  assert.equal(verifies({ ...request, method: 'GET' }), false)
  const headers = { ...request.headers, 'warifu-counter': '8' }
  assert.equal(verifies({ ...request, headers }), false)
  const altered = await alterBody(request, () => '{"amount":1}')
  assert.notEqual(altered.headers['content-digest'], request.headers['content-digest'])
  assert.equal(verifies(altered), false)
})
