// Goal: keys stay where they are unless the caller says otherwise, and names and proofs are those
// that everybody else computes.
// Method: exports that must fail; node:crypto as an oracle; refusals of the local key.
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import {
  digestOfJson,
  fetchBlob,
  keepBlob,
  makeKeys,
  publicJwkOf,
  sign,
  thumbprintOf,
} from './terminal-keys.ts'

const { subtle } = crypto
const secretsOf = ({ sealing, signing, local }: Awaited<ReturnType<typeof makeKeys>>) => [
  sealing.privateKey,
  signing.privateKey,
  local,
]

test('no private key can be exported, unless the caller says so', async () => {
  for (const key of secretsOf(await makeKeys(false)))
    await assert.rejects(subtle.exportKey('jwk', key), { name: 'InvalidAccessError' })
  for (const key of secretsOf(await makeKeys(true)))
    assert.ok((await subtle.exportKey('jwk', key)).key_ops)
})

test('each key does its one work only', async () => {
  const { sealing, signing, local } = await makeKeys(false)
  assert.deepEqual(sealing.privateKey.usages, ['deriveBits'])
  assert.deepEqual(signing.privateKey.usages, ['sign'])
  assert.deepEqual(local.usages, ['encrypt', 'decrypt'])
})

test('a thumbprint is SHA-256 of the required members (RFC 7638)', async () => {
  const { sealing } = await makeKeys(false)
  const jwk = await publicJwkOf(sealing.publicKey)
  const { x, y } = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ format: 'jwk' })
  const input = `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`
  const expected = createHash('sha256').update(input).digest('base64url')
  assert.equal(await thumbprintOf(sealing.publicKey), expected)
})

test('a signature is 64 bytes; node:crypto verifies it, and no other bytes', async () => {
  const { signing } = await makeKeys(false)
  const jwk = await publicJwkOf(signing.publicKey)
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const signature = await sign(signing, Uint8Array.of(1, 2, 3))
  assert.equal(signature.length, 64)
  const isGood = (bytes: Uint8Array) =>
    verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
  assert.equal(isGood(Uint8Array.of(1, 2, 3)), true)
  assert.equal(isGood(Uint8Array.of(1, 2, 4)), false)
})

test('a kept blob comes back for its own card only, and only unaltered', async () => {
  const { local } = await makeKeys(false)
  const iv = new Uint8Array(12).fill(7)
  const kept = await keepBlob(local, { card: 'crd_a', blob: 'the blob', iv })
  assert.equal(await fetchBlob(local, { card: 'crd_a', kept }), 'the blob')
  const altered = { ...kept, ct: `${kept.ct.startsWith('A') ? 'B' : 'A'}${kept.ct.slice(1)}` }
  const other = (await makeKeys(false)).local
  for (const [key, card, held] of [
    [local, 'crd_b', kept],
    [local, 'crd_a', altered],
    [other, 'crd_a', kept],
  ] as const)
    await assert.rejects(fetchBlob(key, { card, kept: held }), { name: 'OperationError' })
})

test('a digest does not depend on the order of members', async () => {
  assert.equal(await digestOfJson({ a: 1, b: 2 }), await digestOfJson({ b: 2, a: 1 }))
  assert.notEqual(await digestOfJson({ a: 1 }), await digestOfJson({ a: 2 }))
})
