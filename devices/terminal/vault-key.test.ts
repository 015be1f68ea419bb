// Goal: a terminal seals to keys of the vault that it pinned, to no others: unsigned, signed by
//   somebody else, of another kind, over, another person's, of an older epoch, each is refused.
// Method: the vault's side on node:crypto, so that the library that reads is not the one that
//   wrote; every part of the JWS bent in turn.
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { jcsBytes } from '@warifu/crypto/jcs'
import { KEY_TYPE, type SignedKey } from '@warifu/protocol/delivery'
import { publicJwkOf, thumbprintOfJwk } from './terminal-keys.ts'
import { readVaultKey } from './vault-key.ts'

const cardholder = `chl_${'0'.repeat(26)}` as const
const nowMs = Date.parse('2026-05-01T00:00:00.000Z')

function signer() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y } as const }
}
const vault = signer()

async function payload(own: Partial<SignedKey> = {}): Promise<SignedKey> {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(algorithm, false, ['deriveBits'])
  const key = await publicJwkOf(pair.publicKey)
  const kid = await thumbprintOfJwk(key)
  const times = { created: '2026-01-01T00:00:00.000Z', exp: '2027-01-01T00:00:00.000Z' }
  return { v: 1, use: 'card-pay', kid, key, cardholder, epoch: 2, ...times, ...own }
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

function jws(body: object, key: KeyObject = vault.privateKey, header: object = {}): string {
  const head = { alg: 'ES256', kid: 'k', typ: KEY_TYPE, ...header }
  const signed = `${base64url(jcsBytes(head))}.${base64url(jcsBytes(body))}`
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${base64url(signature)}`
}

const read = (text: string, own: object = {}) =>
  readVaultKey(text, { pinned: vault.jwk, cardholder, nowMs, ...own })

test('the vault’s own key, of this person or of the house, is read', async () => {
  const mine = await payload()
  assert.deepEqual(await read(jws(mine)), mine)
  const house = await payload({ cardholder: null })
  assert.deepEqual(await read(jws(house)), house)
})

test('not signed by the vault that was pinned: refused', async () => {
  const body = await payload()
  const honest = jws(body)
  const [head = '', , signature = ''] = honest.split('.')
  const none = base64url(jcsBytes({ alg: 'none', typ: KEY_TYPE }))
  const unsigned = `${none}.${base64url(jcsBytes(body))}.`
  const bent = {
    'by another': jws(body, signer().privateKey),
    unsigned,
    'without a signature': `${head}.${base64url(jcsBytes(body))}.`,
    'another payload under it': `${head}.${base64url(jcsBytes(await payload()))}.${signature}`,
    'another kind of statement': jws(body, vault.privateKey, { typ: 'JWT' }),
    'not a JWS at all': 'x.y.z',
  }
  for (const [what, text] of Object.entries(bent))
    await assert.rejects(read(text), { code: 'key_invalid' }, what)
  await assert.rejects(read(honest, { pinned: null }), { code: 'not_enrolled' })
})

test('signed, but not for this: refused', async () => {
  const other = await payload({ cardholder: `chl_${'1'.repeat(26)}` })
  const renamed = await payload({ kid: 'A'.repeat(43) })
  for (const body of [other, renamed])
    await assert.rejects(read(jws(body)), { code: 'key_invalid' })
  const over = await payload({ exp: '2026-05-01T00:00:00.000Z' })
  await assert.rejects(read(jws(over)), { code: 'key_expired' })
})

test('an older epoch than the one kept is refused; the same or a later one is not', async () => {
  const kept = jws(await payload({ epoch: 2 }))
  await assert.rejects(read(jws(await payload({ epoch: 1 })), { kept }), { code: 'key_invalid' })
  for (const epoch of [2, 3]) {
    const found = await read(jws(await payload({ epoch })), { kept })
    assert.equal(found.epoch, epoch)
  }
})
