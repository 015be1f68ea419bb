// Goal: our check of an assertion says what the library says, and is stricter only on purpose.
// Method: assertions honest and bent, each shown to both.
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { type Asserted, createAssertionVerifier, importCoseKey } from './assertion.ts'
import { chanceOf, wallet } from './rehearsal.ts'
import { assertionOf, type Bend, coseKey, createPasskey, FLAGS } from './rehearsal-passkey.ts'

const chance = chanceOf('assertion')
const passkey = createPasskey(chance)
const other = createPasskey(chance)
const challenge = Buffer.from(chance.bytes(32)).toString('base64url')
const credential = { credential_id: passkey.id, public_key: new Uint8Array(coseKey(passkey)) }
const verify = createAssertionVerifier(wallet)

async function libraryVerdict({ assertion, credential, challenge }: Asserted): Promise<boolean> {
  const { credential_id: id } = assertion
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          authenticatorData: assertion.authenticator_data,
          clientDataJSON: assertion.client_data_json,
          signature: assertion.signature,
        },
      },
      expectedChallenge: challenge,
      expectedOrigin: wallet.origin,
      expectedRPID: wallet.rpId,
      credential: { id, publicKey: new Uint8Array(credential.public_key), counter: 0 },
    })
    return verified
  } catch {
    return false
  }
}

const both = FLAGS.present | FLAGS.verified
const bent = (bend: Bend) => ({
  assertion: assertionOf(passkey, challenge, bend),
  credential,
  challenge,
})
const cases: Readonly<Record<string, readonly [boolean, Asserted]>> = {
  honest: [true, bent({})],
  'a synced passkey': [true, bent({ flags: both | FLAGS.eligible | FLAGS.backedUp })],
  'not present': [false, bent({ flags: FLAGS.verified })],
  'not verified': [false, bent({ flags: FLAGS.present })],
  'backed up but not eligible': [false, bent({ flags: both | FLAGS.backedUp })],
  'another origin': [false, bent({ origin: 'http://evil.localhost:1' })],
  'another relying party': [false, bent({ rpId: 'evil.localhost' })],
  'another type': [false, bent({ extra: { type: 'webauthn.create' } })],
  'another challenge': [false, { ...bent({}), challenge: 'AAAA' }],
  'another key': [
    false,
    { ...bent({}), assertion: assertionOf({ ...other, id: passkey.id }, challenge) },
  ],
  'a member we do not know': [true, bent({ extra: { other_keys_can_be_added_here: 'x' } })],
}

for (const [name, [expected, asserted]] of Object.entries(cases))
  test(`${name}: ${expected}, as the library says`, async () => {
    assert.equal(verify(asserted), expected)
    assert.equal(await libraryVerdict(asserted), expected)
  })

test('inside another page’s frame: never, where the library looks at the page’s name only', () => {
  assert.equal(verify(bent({ extra: { crossOrigin: true } })), false)
  assert.equal(verify(bent({ extra: { topOrigin: 'http://evil.localhost:1' } })), false)
})

test('another credential’s id, and text with a second spelling', () => {
  const { assertion } = bent({})
  const renamed = { ...assertion, credential_id: other.id }
  assert.equal(verify({ assertion: renamed, credential, challenge }), false)
  const spelled = { ...assertion, signature: `${assertion.signature}=` }
  assert.equal(verify({ assertion: spelled, credential, challenge }), false)
  const short = { ...assertion, authenticator_data: 'AAAA' }
  assert.equal(verify({ assertion: short, credential, challenge }), false)
})

test('keys of the other two algorithms are read as what they are', () => {
  const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const okp = Buffer.concat([
    Buffer.from('a4010103272006215820', 'hex'),
    Buffer.from(ed.x ?? '', 'base64url'),
  ])
  assert.equal(importCoseKey(okp).asymmetricKeyType, 'ed25519')
  const n = Buffer.concat([Uint8Array.of(0xc1), randomBytes(254), Uint8Array.of(1)])
  const rsa = Buffer.concat([
    Buffer.from('a401030339010020590100', 'hex'),
    n,
    Buffer.from('2143010001', 'hex'),
  ])
  assert.equal(importCoseKey(rsa).asymmetricKeyType, 'rsa')
  assert.throws(() => importCoseKey(Buffer.from('a0', 'hex')), /no supported type/)
})
