/**
 * Hybrid public key encryption (RFC 9180), one suite: DHKEM(P-256, HKDF-SHA256) 0x0010,
 * HKDF-SHA256 0x0001, AES-256-GCM 0x0002; base mode and PSK mode.
 *
 * On node:crypto because this is the vault's hot path. Base mode does not tell who sent: whoever
 * opens checks a signature first. The ephemeral pair comes from the caller, new for each setup.
 */
import assert from 'node:assert/strict'
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto'

export class HpkeError extends Error {
  override readonly name = 'HpkeError'
  readonly code: 'open_failed' | 'invalid_public_key' | 'message_limit' | 'psk_too_short'
  constructor(code: HpkeError['code'], cause?: unknown) {
    super(code, { cause })
    this.code = code
  }
}

/** A P-256 key pair; `publicBytes` is the uncompressed point of 65 bytes. */
export type HpkeKeyPair = { readonly privateKey: KeyObject; readonly publicBytes: Uint8Array }

type Exporter = {
  /** A secret of this length under a label (RFC 9180 §5.3). */
  readonly exportSecret: (label: Uint8Array, length: number) => Uint8Array
  /** Wipes what the context holds in bytes; its keys go with the context itself. */
  readonly wipe: () => void
}
export type SenderContext = Exporter & {
  /** Ciphertext with its tag; each call takes the next sequence number. */
  readonly seal: (aad: Uint8Array, plaintext: Uint8Array) => Uint8Array
}
export type RecipientContext = Exporter & {
  /** Opens the next message in sequence; a failure does not advance the sequence. */
  readonly open: (aad: Uint8Array, ciphertext: Uint8Array) => Uint8Array
  /** Opens the message of this sequence number, whatever was opened before; `open` counts on. */
  readonly openAt: (sequence: number, aad: Uint8Array, ciphertext: Uint8Array) => Uint8Array
}

export type SenderSetup = {
  readonly recipientPublic: Uint8Array
  readonly info: Uint8Array
  readonly ephemeral: HpkeKeyPair
}
export type RecipientSetup = {
  readonly enc: Uint8Array
  readonly recipient: HpkeKeyPair
  readonly info: Uint8Array
}
/** At least 32 bytes of entropy (RFC 9180 §9.5), and the name of the secret. */
export type Psk = { readonly psk: Uint8Array; readonly pskId: Uint8Array }
export type Sending = { readonly enc: Uint8Array; readonly context: SenderContext }

export const setupBaseS = (setup: SenderSetup): Sending => sending(setup, noPsk)
export const setupPskS = (setup: SenderSetup & Psk): Sending => sending(setup, checkedPsk(setup))
export const setupBaseR = (setup: RecipientSetup): RecipientContext => receiving(setup, noPsk)
export const setupPskR = (setup: RecipientSetup & Psk): RecipientContext =>
  receiving(setup, checkedPsk(setup))

function sending({ recipientPublic, info, ephemeral }: SenderSetup, psk: PskInput): Sending {
  const shared = encap(recipientPublic, ephemeral)
  const { key, baseNonce, exportSecret, wipe } = keySchedule(shared, psk, info)
  let sequence = 0
  const seal = (aad: Uint8Array, plaintext: Uint8Array): Uint8Array => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceAt(baseNonce, sequence))
    sequence += 1
    cipher.setAAD(aad)
    const body = cipher.update(plaintext)
    cipher.final()
    return Buffer.concat([body, cipher.getAuthTag()])
  }
  return { enc: ephemeral.publicBytes, context: { seal, exportSecret, wipe } }
}

function receiving({ enc, recipient, info }: RecipientSetup, psk: PskInput): RecipientContext {
  const { key, baseNonce, exportSecret, wipe } = keySchedule(decap(enc, recipient), psk, info)
  let sequence = 0
  const openAt: RecipientContext['openAt'] = (at, aad, ciphertext) => {
    if (ciphertext.length < TAG) throw new HpkeError('open_failed')
    const nonce = nonceAt(baseNonce, at)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
    decipher.setAAD(aad)
    decipher.setAuthTag(ciphertext.subarray(-TAG))
    const plaintext = decipher.update(ciphertext.subarray(0, -TAG))
    try {
      decipher.final()
    } catch (cause) {
      plaintext.fill(0)
      throw new HpkeError('open_failed', cause)
    }
    return plaintext
  }
  const open = (aad: Uint8Array, ciphertext: Uint8Array): Uint8Array => {
    const plaintext = openAt(sequence, aad, ciphertext)
    sequence += 1
    return plaintext
  }
  return { open, openAt, exportSecret, wipe }
}

// ─── DHKEM(P-256, HKDF-SHA256), RFC 9180 §4.1 ────────────────────────────────────────────────

const NONE = new Uint8Array(0)
const noSalt = createSecretKey(NONE)
const TAG = 16
const HASH = 32

/** "HPKE-v1" ‖ suite_id (RFC 9180 §4), for the KEM and for the whole suite. */
const KEM = Buffer.from('HPKE-v1KEM\x00\x10', 'latin1')
const SUITE = Buffer.from('HPKE-v1HPKE\x00\x10\x00\x01\x00\x02', 'latin1')

/** The labels of RFC 9180, encoded once. */
const labels = {
  eae_prk: Buffer.from('eae_prk'),
  shared_secret: Buffer.from('shared_secret'),
  psk_id_hash: Buffer.from('psk_id_hash'),
  info_hash: Buffer.from('info_hash'),
  secret: Buffer.from('secret'),
  key: Buffer.from('key'),
  base_nonce: Buffer.from('base_nonce'),
  exp: Buffer.from('exp'),
  sec: Buffer.from('sec'),
}
type Label = keyof typeof labels
/** Places that an expansion fills in: its length before, the number of a block behind. */
const LENGTH = Buffer.alloc(2)
const NUMBER = Buffer.alloc(1)

/** Sender's half of the KEM; the point of the ephemeral pair is the encapsulated key. */
export function encap(recipientPublic: Uint8Array, ephemeral: HpkeKeyPair): Uint8Array {
  const kemContext = Buffer.concat([ephemeral.publicBytes, recipientPublic])
  return sharedSecret(ephemeral.privateKey, recipientPublic, kemContext)
}

/** Recipient's half of the KEM. */
export function decap(enc: Uint8Array, recipient: HpkeKeyPair): Uint8Array {
  const kemContext = Buffer.concat([enc, recipient.publicBytes])
  return sharedSecret(recipient.privateKey, enc, kemContext)
}

function sharedSecret(privateKey: KeyObject, peer: Uint8Array, kemContext: Uint8Array): Buffer {
  const dh = diffieHellman({ privateKey, publicKey: publicKeyOf(peer) })
  const extracted = labeledExtract(KEM, noSalt, ['eae_prk', dh])
  dh.fill(0)
  const plan: Expansion = { label: 'shared_secret', info: kemContext, length: HASH }
  const shared = labeledExpand(KEM, createSecretKey(extracted), plan)
  extracted.fill(0)
  return shared
}

/** SubjectPublicKeyInfo of a P-256 key up to its point (RFC 5480 §2). */
const SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')

/**
 * Refuses what is not a point of the curve (RFC 9180 §7.1.4); OpenSSL checks the equation. As PEM
 * (RFC 7468), since Node asks of any object whether it is a key by throwing and catching errors:
 * imported as one the same point takes twice as long.
 */
function publicKeyOf(point: Uint8Array): KeyObject {
  if (point.length !== 65 || point[0] !== 4) throw new HpkeError('invalid_public_key')
  const spki = Buffer.concat([SPKI, point]).toString('base64')
  try {
    return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`)
  } catch (cause) {
    throw new HpkeError('invalid_public_key', cause)
  }
}

// ─── Key schedule, RFC 9180 §5.1 ─────────────────────────────────────────────────────────────

type PskInput = { readonly mode: number; readonly psk: Uint8Array; readonly pskIdHash: Buffer }

const noPsk: PskInput = {
  mode: 0,
  psk: NONE,
  pskIdHash: labeledExtract(SUITE, noSalt, ['psk_id_hash', NONE]),
}

function checkedPsk({ psk, pskId }: Psk): PskInput {
  if (psk.length < 32) throw new HpkeError('psk_too_short')
  assert(pskId.length > 0, 'a PSK has a name')
  return { mode: 1, psk, pskIdHash: labeledExtract(SUITE, noSalt, ['psk_id_hash', pskId]) }
}

function keySchedule(shared: Uint8Array, { mode, psk, pskIdHash }: PskInput, info: Uint8Array) {
  const infoHash = labeledExtract(SUITE, noSalt, ['info_hash', info])
  const context = Buffer.concat([Uint8Array.of(mode), pskIdHash, infoHash])
  const secretBytes = labeledExtract(SUITE, createSecretKey(shared), ['secret', psk])
  let secret: KeyObject | undefined = createSecretKey(secretBytes)
  shared.fill(0)
  secretBytes.fill(0)
  const expand = (label: Label, length: number): Buffer => {
    assert(secret !== undefined, 'this context was wiped')
    return labeledExpand(SUITE, secret, { label, info: context, length })
  }
  const [keyBytes, baseNonce] = [expand('key', 32), expand('base_nonce', 12)]
  const key = createSecretKey(keyBytes)
  keyBytes.fill(0)
  return {
    key,
    baseNonce,
    wipe: () => {
      secret = undefined
      baseNonce.fill(0)
    },
    // Few messages need one: its secret is derived when it is asked for.
    exportSecret: (label: Uint8Array, length: number): Uint8Array => {
      const exporter = expand('exp', HASH)
      const plan: Expansion = { label: 'sec', info: label, length }
      const exported = labeledExpand(SUITE, createSecretKey(exporter), plan)
      exporter.fill(0)
      return exported
    },
  }
}

/** How many messages one context seals or opens: below the RFC's limit, counted exactly. */
export const MESSAGE_LIMIT = 2 ** 32

/** base_nonce XOR sequence (RFC 9180 §5.2). */
export function nonceAt(baseNonce: Uint8Array, sequence: number): Uint8Array {
  if (sequence >= MESSAGE_LIMIT) throw new HpkeError('message_limit')
  const nonce = Buffer.from(baseNonce)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8)
  return nonce
}

// ─── Labeled HKDF, RFC 9180 §4 and RFC 5869 ──────────────────────────────────────────────────

/** Salts and secrets come as KeyObjects: Node spends five times as long on a raw key. */
function labeledExtract(
  suite: Uint8Array,
  salt: KeyObject,
  [label, keyMaterial]: readonly [Label, Uint8Array],
): Buffer {
  const mac = createHmac('sha256', salt).update(Buffer.concat([suite, labels[label]]))
  return mac.update(keyMaterial).digest()
}

type Expansion = { readonly label: Label; readonly info: Uint8Array; readonly length: number }

function labeledExpand(
  suite: Uint8Array,
  secret: KeyObject,
  { label, info, length }: Expansion,
): Buffer {
  if (!Number.isInteger(length) || length < 0 || length > 255 * HASH)
    throw new RangeError('length: 0 to 8160 bytes')
  // One piece of Node's pool, the block's number at its end: small arrays of their own are costly.
  const labeledInfo = Buffer.concat([LENGTH, suite, labels[label], info, NUMBER])
  labeledInfo.writeUInt16BE(length)
  const blocks: Buffer[] = []
  for (let i = 1; (i - 1) * HASH < length; i += 1) {
    const mac = createHmac('sha256', secret)
    const before = blocks.at(-1)
    if (before !== undefined) mac.update(before)
    labeledInfo[labeledInfo.length - 1] = i
    blocks.push(mac.update(labeledInfo).digest())
  }
  const expanded = Buffer.concat(blocks, length)
  for (const block of blocks) block.fill(0)
  return expanded
}
