/**
 * SIMULATOR: a software passkey that stands for the browser and its authenticator.
 *
 * It speaks the same bytes (WebAuthn Level 3: §5.8.1 client data, §6.1 authenticator data, §6.5.1
 * "none" attestation), so a server cannot tell it from a device-bound passkey. It asks nobody for
 * a finger: `userVerified` is what a person would have done. The private key lies open in the
 * state; never give such a passkey to a person.
 */
import { createECDH, createPrivateKey, sign } from 'node:crypto'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { sha256 } from '@warifu/crypto/sha256'

/** All there is to a passkey: plain data, to be kept as JSON. */
export type Passkey = {
  readonly credentialId: string
  readonly privateKey: PrivateJwk
  readonly rpId: string
  readonly userHandle: string
  /** Stays 0, as with every authenticator that keeps no count (§6.1.1). */
  readonly signCount: 0
}
type PrivateJwk = {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly d: string
}

/** The part of PublicKeyCredentialCreationOptionsJSON (§5.1.8) that decides something here. */
export type CreationOptions = {
  readonly rp: { readonly id?: string | undefined }
  readonly user: { readonly id: string }
  readonly challenge: string
  readonly pubKeyCredParams: readonly { readonly type: string; readonly alg: number }[]
}
/** As protocol/shapes.ts, `attestation` and `assertion`. */
export type Attestation = {
  readonly credential_id: string
  readonly attestation_object: string
  readonly client_data_json: string
}
export type Assertion = {
  readonly credential_id: string
  readonly authenticator_data: string
  readonly client_data_json: string
  readonly signature: string
}

/** Where a browser would reject with a DOMException of that name. */
export class PasskeyError extends Error {
  override readonly name = 'PasskeyError'
  readonly code: 'security_error' | 'not_supported' | 'not_allowed'
  constructor(code: PasskeyError['code'], what: string) {
    super(what)
    this.code = code
  }
}

type Creation = {
  readonly options: CreationOptions
  readonly origin: string
  readonly random: (size: number) => Uint8Array
}

/** navigator.credentials.create(): a new key pair for this relying party, the user verified. */
export function createPasskey({ options, origin, random }: Creation): {
  readonly passkey: Passkey
  readonly attestation: Attestation
} {
  const rpId = options.rp.id ?? new URL(origin).hostname
  requireOwnRelyingParty(rpId, origin)
  if (!options.pubKeyCredParams.some(({ type, alg }) => type === 'public-key' && alg === ES256))
    throw new PasskeyError('not_supported', 'the relying party does not take ES256')
  const id = random(32)
  const { publicPoint, privateKey } = newKey(random)
  const clientData = clientDataOf({ type: 'webauthn.create', challenge: options.challenge, origin })
  const attested = Buffer.concat([AAGUID, uint16(id.length), id, coseKey(publicPoint)])
  const authData = authenticatorData(
    rpId,
    FLAGS.present | FLAGS.verified | FLAGS.attested,
    attested,
  )
  const credentialId = toBase64url(id)
  return {
    passkey: { credentialId, privateKey, rpId, userHandle: options.user.id, signCount: 0 },
    attestation: {
      credential_id: credentialId,
      attestation_object: toBase64url(noneAttestation(authData)),
      client_data_json: toBase64url(clientData),
    },
  }
}

type Request = {
  readonly passkey: Passkey
  readonly challenge: string
  readonly origin: string
  readonly rpId: string
  readonly userVerified: boolean
}

/** navigator.credentials.get(): signs the challenge for the relying party of this origin. */
export function assert({ passkey, challenge, origin, rpId, userVerified }: Request): Assertion {
  requireOwnRelyingParty(rpId, origin)
  if (rpId !== passkey.rpId)
    throw new PasskeyError('not_allowed', 'this passkey is for another relying party')
  const flags = FLAGS.present | (userVerified ? FLAGS.verified : 0)
  const authData = authenticatorData(rpId, flags)
  const clientData = clientDataOf({ type: 'webauthn.get', challenge, origin })
  const key = createPrivateKey({ key: { ...passkey.privateKey }, format: 'jwk' })
  const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), key)
  return {
    credential_id: passkey.credentialId,
    authenticator_data: toBase64url(authData),
    client_data_json: toBase64url(clientData),
    signature: toBase64url(signature),
  }
}

/** A page uses only its own host's name or a parent of it, on a secure origin (§5.1.3). */
function requireOwnRelyingParty(rpId: string, origin: string): void {
  const { protocol, hostname, origin: canonical } = new URL(origin)
  const isSecure = protocol === 'https:' || /(^|\.)localhost$/.test(hostname)
  const isOwn = hostname === rpId || (rpId !== '' && hostname.endsWith(`.${rpId}`))
  if (canonical !== origin || !isSecure || !isOwn)
    throw new PasskeyError('security_error', 'this origin may not use this relying party id')
}

type ClientData = {
  readonly type: 'webauthn.create' | 'webauthn.get'
  readonly challenge: string
  readonly origin: string
}

/** Members in the order of §5.8.1.1; the challenge must be base64url without a second spelling. */
function clientDataOf({ type, challenge, origin }: ClientData): Buffer {
  fromBase64url(challenge)
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value)

// ─── Authenticator (§6) ──────────────────────────────────────────────────────────────────────

const ES256 = -7
const AAGUID = new Uint8Array(16)
/** Bits of §6.1. Backup eligibility stays clear: this key is bound to its device. */
const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 }
const SIGN_COUNT = new Uint8Array(4)

const authenticatorData = (rpId: string, flags: number, attested = new Uint8Array(0)): Buffer =>
  Buffer.concat([sha256(rpId), Uint8Array.of(flags), SIGN_COUNT, attested])

/** The order of the group of P-256 (SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A key pair out of 320 bits of the caller's chance (FIPS 186-5 A.2.1). */
function newKey(random: (size: number) => Uint8Array) {
  const chance = BigInt(`0x${Buffer.from(random(40)).toString('hex')}`)
  const secret = Buffer.from(((chance % (ORDER - 1n)) + 1n).toString(16).padStart(64, '0'), 'hex')
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(secret)
  const publicPoint = curve.getPublicKey()
  const x = toBase64url(publicPoint.subarray(1, 33))
  const y = toBase64url(publicPoint.subarray(33))
  const privateKey: PrivateJwk = { kty: 'EC', crv: 'P-256', x, y, d: toBase64url(secret) }
  return { publicPoint, privateKey }
}

// ─── The two CBOR structures (RFC 8949), written out in CTAP2 canonical form ────────────────────

/** COSE_Key (RFC 9053 §7.1): {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}. */
function coseKey(point: Uint8Array): Buffer {
  const head = Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01)
  const x = [Uint8Array.of(0x21, 0x58, 32), point.subarray(1, 33)]
  const y = [Uint8Array.of(0x22, 0x58, 32), point.subarray(33)]
  return Buffer.concat([head, ...x, ...y])
}

/** {"fmt": "none", "attStmt": {}, "authData": bytes} (§6.5.4, §8.7); authData below 256 bytes. */
function noneAttestation(authData: Uint8Array): Buffer {
  const format = Buffer.from('\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58', 'latin1')
  return Buffer.concat([format, Uint8Array.of(authData.length), authData])
}
