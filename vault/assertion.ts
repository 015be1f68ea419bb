/**
 * Passkey assertions (WebAuthn Level 3 §7.2), verified on node:crypto with the key imported once:
 * this stands on the payment path, where the registration library's own check costs four times as
 * much. A test holds the library's verdict beside this one. User verification is always required.
 *
 * The signature counter is not compared: a retry must get the same answer as the first call.
 */

import { createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers'
import { readBase64url } from '@warifu/crypto/base64url'
import { sha256 } from '@warifu/crypto/sha256'
import type { assertion } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Wallet } from './given.ts'
import { createKeyCache } from './key-cache.ts'

export type Assertion = Static<typeof assertion>
export type Credential = { readonly credential_id: string; readonly public_key: Uint8Array }

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const BACKUP_ELIGIBLE = 0x08
const BACKED_UP = 0x10

/** CollectedClientData (§5.8.1); browsers may add members, so unknown ones are let be. */
const clientData = Compile(
  Type.Object({
    type: Type.Literal('webauthn.get'),
    challenge: Type.String(),
    origin: Type.String(),
    crossOrigin: Type.Optional(Type.Literal(false)),
    topOrigin: Type.Optional(Type.Undefined()),
  }),
)

const CACHED_CREDENTIALS = 20_000

export type Asserted = {
  readonly assertion: Assertion
  readonly credential: Credential
  /** What must have been signed, base64url. */
  readonly challenge: string
}
export type AssertionVerifier = (asserted: Asserted) => boolean

export function createAssertionVerifier({ origin, rpId }: Wallet): AssertionVerifier {
  const rpIdHash = sha256(rpId)
  const keys = createKeyCache<KeyObject>(CACHED_CREDENTIALS)

  return ({ assertion, credential, challenge }) => {
    if (assertion.credential_id !== credential.credential_id) return false
    const parts = readParts(assertion)
    if (parts === undefined) return false
    const { authenticatorData, clientDataJson, signature } = parts
    const client = readClientData(clientDataJson)
    if (client?.challenge !== challenge || client.origin !== origin) return false
    if (!timingSafeEqual(authenticatorData.subarray(0, 32), rpIdHash)) return false
    if (!flagsAllow(authenticatorData[32] ?? 0)) return false
    const key = keys.get(credential.credential_id, () => importCoseKey(credential.public_key))
    return verifySignature(
      key,
      Buffer.concat([authenticatorData, sha256(clientDataJson)]),
      signature,
    )
  }
}

function flagsAllow(flags: number): boolean {
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0) return false
  return (flags & BACKED_UP) === 0 || (flags & BACKUP_ELIGIBLE) !== 0
}

type Parts = {
  readonly authenticatorData: Uint8Array
  readonly clientDataJson: Uint8Array
  readonly signature: Uint8Array
}

function readParts(assertion: Assertion): Parts | undefined {
  const authenticatorData = readBase64url(assertion.authenticator_data)
  const clientDataJson = readBase64url(assertion.client_data_json)
  const signature = readBase64url(assertion.signature)
  if (authenticatorData === undefined || authenticatorData.length < 37) return undefined
  if (clientDataJson === undefined || signature === undefined) return undefined
  return { authenticatorData, clientDataJson, signature }
}

function readClientData(bytes: Uint8Array): { challenge: string; origin: string } | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return clientData.Check(data) ? data : undefined
  } catch {
    return undefined
  }
}

/** A COSE key (RFC 9053) as node knows it: ES256, EdDSA with Ed25519, RS256. */
export function importCoseKey(bytes: Uint8Array): KeyObject {
  const key = decodeCredentialPublicKey(new Uint8Array(bytes))
  const text = (value: Uint8Array | undefined): string =>
    Buffer.from(value ?? new Uint8Array()).toString('base64url')
  const jwk = cose.isCOSEPublicKeyEC2(key)
    ? {
        kty: 'EC',
        crv: 'P-256',
        x: text(key.get(cose.COSEKEYS.x)),
        y: text(key.get(cose.COSEKEYS.y)),
      }
    : cose.isCOSEPublicKeyOKP(key)
      ? { kty: 'OKP', crv: 'Ed25519', x: text(key.get(cose.COSEKEYS.x)) }
      : cose.isCOSEPublicKeyRSA(key)
        ? { kty: 'RSA', n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) }
        : undefined
  if (jwk === undefined) throw new RangeError('a COSE key of no supported type')
  return createPublicKey({ key: jwk, format: 'jwk' })
}

const verifySignature = (key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean =>
  verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', message, key, signature)
