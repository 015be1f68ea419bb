// Goal: a relying party takes the simulator for an authenticator, and refuses whatever is wrong.
// Method: @simplewebauthn/server verifies registration and assertion, and refuses near misses;
// the bytes of the structures are checked against WebAuthn Level 3.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import * as shapes from '@warifu/protocol/shapes'
import { Value } from 'typebox/value'
import { type Assertion, type Attestation, createPasskey, assert as sign } from './passkey.ts'

const origin = 'http://wallet.localhost:8082'
const rpId = 'wallet.localhost'
const challenge = randomBytes(32).toString('base64url')
const options = {
  rp: { id: rpId, name: 'Warifu' },
  user: { id: randomBytes(16).toString('base64url'), name: 'ai', displayName: 'Ai' },
  challenge,
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
}
const made = createPasskey({ options, origin, random: randomBytes })
const { passkey, attestation } = made
const request = { passkey, challenge, origin, rpId, userVerified: true }

const expected = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId }

const register = ({ credential_id: id, ...sent }: Attestation, changes = {}) =>
  verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        attestationObject: sent.attestation_object,
        clientDataJSON: sent.client_data_json,
      },
    },
    ...expected,
    ...changes,
  })

async function authenticate({ credential_id: id, ...sent }: Assertion, changes = {}) {
  const { registrationInfo } = await register(attestation)
  assert.ok(registrationInfo)
  return verifyAuthenticationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        authenticatorData: sent.authenticator_data,
        clientDataJSON: sent.client_data_json,
        signature: sent.signature,
      },
    },
    credential: registrationInfo.credential,
    ...expected,
    ...changes,
  })
}

test('a registration verifies: user verified, bound to one device', async () => {
  assert.ok(Value.Check(shapes.attestation, attestation))
  const { verified, registrationInfo } = await register(attestation)
  assert.equal(verified, true)
  assert.equal(registrationInfo?.fmt, 'none')
  assert.equal(registrationInfo?.userVerified, true)
  assert.equal(registrationInfo?.credentialDeviceType, 'singleDevice')
  assert.equal(registrationInfo?.credentialBackedUp, false)
  assert.equal(registrationInfo?.credential.id, passkey.credentialId)
  assert.equal(registrationInfo?.credential.counter, 0)
})

test('a registration for another challenge, origin or relying party is refused', async () => {
  await assert.rejects(register(attestation, { expectedChallenge: 'AAAA' }), /challenge/)
  await assert.rejects(register(attestation, { expectedOrigin: 'http://localhost' }), /origin/)
  await assert.rejects(register(attestation, { expectedRPID: 'example.com' }), /RP ID/)
})

test('a registration without user verification, or without a person, is refused', async () => {
  const object = Buffer.from(attestation.attestation_object, 'base64url')
  const flagsAt = object.indexOf(createHash('sha256').update(rpId).digest()) + 32
  const refusals = { 65: /User verification/, 68: /User.*present/i }
  for (const [flags, refusal] of Object.entries(refusals)) {
    object[flagsAt] = Number(flags)
    const attestation_object = object.toString('base64url')
    await assert.rejects(register({ ...attestation, attestation_object }), refusal)
  }
})

test('an assertion verifies, again and again', async () => {
  for (let i = 0; i < 3; i += 1) {
    const assertion = sign(request)
    assert.ok(Value.Check(shapes.assertion, assertion))
    const { verified, authenticationInfo } = await authenticate(assertion)
    assert.equal(verified, true)
    assert.equal(authenticationInfo.userVerified, true)
    assert.equal(authenticationInfo.newCounter, 0)
  }
})

test('an assertion for another challenge, origin or relying party is refused', async () => {
  const assertion = sign(request)
  await assert.rejects(authenticate(assertion, { expectedChallenge: 'AAAA' }), /challenge/)
  await assert.rejects(authenticate(assertion, { expectedOrigin: 'http://localhost' }), /origin/)
  await assert.rejects(authenticate(assertion, { expectedRPID: 'example.com' }), /RP ID/)
})

test('an assertion without user verification is refused where it is required', async () => {
  const assertion = sign({ ...request, userVerified: false })
  await assert.rejects(authenticate(assertion), /user.*verif/i)
  const { verified, authenticationInfo } = await authenticate(assertion, {
    requireUserVerification: false,
  })
  assert.equal(verified, true)
  assert.equal(authenticationInfo.userVerified, false)
})

test('an assertion signed by another passkey, or altered afterwards, does not verify', async () => {
  const other = createPasskey({ options, origin, random: randomBytes }).passkey
  const forged = sign({ ...request, passkey: { ...passkey, privateKey: other.privateKey } })
  assert.equal((await authenticate(forged)).verified, false)
  const lifted = sign({ ...request, userVerified: false })
  const altered = Buffer.from(lifted.authenticator_data, 'base64url')
  altered[32] = 0x05
  const authenticator_data = altered.toString('base64url')
  assert.equal((await authenticate({ ...lifted, authenticator_data })).verified, false)
})

test('the bytes: flags, zero count, client data in the order of §5.8.1.1', () => {
  const rpIdHash = createHash('sha256').update(rpId).digest('hex')
  const flagsOf = (userVerified: boolean) =>
    Buffer.from(sign({ ...request, userVerified }).authenticator_data, 'base64url').toString('hex')
  assert.equal(flagsOf(true), `${rpIdHash}0500000000`)
  assert.equal(flagsOf(false), `${rpIdHash}0100000000`)
  const object = Buffer.from(attestation.attestation_object, 'base64url').toString('hex')
  assert.ok(object.includes(`${rpIdHash}4500000000${'00'.repeat(16)}0020`))
  assert.equal(
    Buffer.from(attestation.client_data_json, 'base64url').toString(),
    `{"type":"webauthn.create","challenge":"${challenge}",` +
      `"origin":"${origin}","crossOrigin":false}`,
  )
})

test('the state is plain data, and the chance is the caller’s', async () => {
  const kept = JSON.parse(JSON.stringify(passkey))
  assert.deepEqual(kept, passkey)
  assert.equal((await authenticate(sign({ ...request, passkey: kept }))).verified, true)
  const random = (size: number) => new Uint8Array(size).fill(7)
  const [one, same] = [0, 1].map(() => createPasskey({ options, origin, random }))
  assert.deepEqual(one, same)
  const lowest = createPasskey({ options, origin, random: (size) => new Uint8Array(size) })
  assert.match(lowest.passkey.privateKey.d, /^A+E$/)
})

test('the browser’s part: pages use only their own relying party', () => {
  const refused = { name: 'PasskeyError', code: 'security_error' }
  const create = (from: string, id?: string) =>
    createPasskey({ options: { ...options, rp: { id } }, origin: from, random: randomBytes })
  for (const from of [
    'http://pos.localhost:8083',
    'http://evilwallet.localhost:1',
    'http://wallet.localhost.evil.example',
    'http://wallet.localhost:8082/',
  ])
    assert.throws(() => create(from, rpId), refused)
  assert.throws(() => create('http://wallet.example', 'wallet.example'), refused)
  assert.throws(() => create(origin, ''), refused)
  assert.equal(
    create('https://pay.wallet.example', 'wallet.example').passkey.rpId,
    'wallet.example',
  )
  assert.equal(create(origin).passkey.rpId, rpId)
  assert.throws(() => sign({ ...request, origin: 'http://pos.localhost:8083' }), refused)
  assert.throws(() => sign({ ...request, origin: 'http://a.localhost', rpId: 'a.localhost' }), {
    name: 'PasskeyError',
    code: 'not_allowed',
  })
})

test('no ES256 or a challenge that is not base64url: refused', () => {
  const pubKeyCredParams = [{ type: 'public-key', alg: -257 }]
  assert.throws(
    () => createPasskey({ options: { ...options, pubKeyCredParams }, origin, random: randomBytes }),
    { name: 'PasskeyError', code: 'not_supported' },
  )
  assert.throws(() => sign({ ...request, challenge: 'AB==' }), { name: 'Base64urlError' })
})
