/**
 * For tests: a passkey of bytes (WebAuthn Level 3 §§5.8.1, 6.1, 6.5.4), whose flags a test can set.
 * The journeys use devices/passkey; this one also does what an honest authenticator would not.
 */
import { createHash, sign } from 'node:crypto'
import { loginChallengeInput } from '@warifu/crypto/login-challenge'
import type { assertion, attestation } from '@warifu/protocol/shapes'
import type { Static } from 'typebox'
import type { Chance, KeyPair } from './given.ts'
import { wallet } from './rehearsal.ts'

export type Passkey = { readonly id: string; readonly pair: KeyPair }
export type Attestation = Static<typeof attestation>
export type Assertion = Static<typeof assertion>

export const FLAGS = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10 } as const
const ATTESTED = 0x40
const HONEST = FLAGS.present | FLAGS.verified

/** What a test may do otherwise. */
export type Bend = {
  readonly flags?: number
  readonly origin?: string
  readonly rpId?: string
  readonly extra?: object
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

const authenticatorData = ({ rpId = wallet.rpId, flags = HONEST }: Bend, attested = ''): Buffer =>
  Buffer.concat([
    sha256(rpId),
    Uint8Array.of(flags | (attested === '' ? 0 : ATTESTED)),
    Buffer.alloc(4),
    Buffer.from(attested, 'hex'),
  ])

const clientData = (type: string, challenge: string, { origin, extra }: Bend): Buffer =>
  Buffer.from(
    JSON.stringify({
      type,
      challenge,
      origin: origin ?? wallet.origin,
      crossOrigin: false,
      ...extra,
    }),
  )

export const createPasskey = (chance: Chance): Passkey => ({
  id: Buffer.from(chance.bytes(32)).toString('base64url'),
  pair: chance.keyPair(),
})

/** COSE_Key (RFC 9053 §7.1): EC2, ES256, P-256, x, y. */
export const coseKey = ({ pair: { publicBytes } }: Passkey): Buffer => {
  const [x, y] = [publicBytes.subarray(1, 33), publicBytes.subarray(33)]
  const [head, middle] = ['a5010203262001215820', '225820'].map((hex) => Buffer.from(hex, 'hex'))
  return Buffer.concat([head ?? x, x, middle ?? y, y])
}

/** navigator.credentials.create(), with a "none" attestation. */
export function attestationOf(passkey: Passkey, challenge: string, bend: Bend = {}): Attestation {
  const id = Buffer.from(passkey.id, 'base64url')
  const length = id.length.toString(16).padStart(4, '0')
  const attested = '00'.repeat(16) + length + id.toString('hex') + coseKey(passkey).toString('hex')
  const data = authenticatorData(bend, attested)
  const head = Buffer.from('\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58', 'latin1')
  const object = Buffer.concat([head, Uint8Array.of(data.length), data])
  return {
    credential_id: passkey.id,
    attestation_object: object.toString('base64url'),
    client_data_json: clientData('webauthn.create', challenge, bend).toString('base64url'),
  }
}

/** navigator.credentials.get() over this challenge. */
export function assertionOf(passkey: Passkey, challenge: string, bend: Bend = {}): Assertion {
  const data = authenticatorData(bend)
  const client = clientData('webauthn.get', challenge, bend)
  const signature = sign('sha256', Buffer.concat([data, sha256(client)]), passkey.pair.privateKey)
  return {
    credential_id: passkey.id,
    authenticator_data: data.toString('base64url'),
    client_data_json: client.toString('base64url'),
    signature: signature.toString('base64url'),
  }
}

/** A log-in with this nonce, as an honest wallet signs it. */
export const loginOf = (passkey: Passkey, nonce: string, bend: Bend = {}): Assertion => {
  const challenge = sha256(loginChallengeInput(Buffer.from(nonce, 'base64url')))
  return assertionOf(passkey, challenge.toString('base64url'), bend)
}
