/**
 * AES DUKPT (ANSI X9.24-3:2017): a new key for each transaction, from which no other follows.
 *
 * KSN = 8-byte initial key id ‖ 4-byte counter. The host keeps the initial key and walks from it
 * along the counter's one-bits, 16 at most. A device (dukpt-device.ts) keeps only future keys.
 * Tested against the official supplement for AES-128 and AES-256; for AES-192 no suite exists.
 */
import { encryptBlocks } from './aes-ecb.ts'
import { createWay, type Way } from './dukpt-way.ts'

export class DukptError extends Error {
  override readonly name = 'DukptError'
  readonly code:
    | 'bad_key_length'
    | 'bad_key_id_length'
    | 'bad_ksn_length'
    | 'unusable_counter'
    | 'counter_exhausted'
    | 'key_too_strong'
  constructor(code: DukptError['code']) {
    super(code)
    this.code = code
  }
}

/** Key usage indicators, as they stand in the derivation data. */
export const keyUsages = {
  key_encryption: 0x0002,
  pin: 0x1000,
  mac_generation: 0x2000,
  mac_verification: 0x2001,
  mac_both: 0x2002,
  data_encrypt: 0x3000,
  data_decrypt: 0x3001,
  data_both: 0x3002,
} as const
export type KeyUsage = keyof typeof keyUsages

const KEY_DERIVATION = 0x8000
const INITIAL_KEY_DERIVATION = 0x8001

/** Algorithm indicator, length and strength in bits of each type of key. */
// biome-ignore format: a table
export const keyTypes = {
  tdes2:   { algorithm: 0, bits: 128, strength: 80 },
  tdes3:   { algorithm: 1, bits: 192, strength: 112 },
  aes128:  { algorithm: 2, bits: 128, strength: 128 },
  aes192:  { algorithm: 3, bits: 192, strength: 192 },
  aes256:  { algorithm: 4, bits: 256, strength: 256 },
  hmac128: { algorithm: 5, bits: 128, strength: 128 },
  hmac192: { algorithm: 5, bits: 192, strength: 192 },
  hmac256: { algorithm: 5, bits: 256, strength: 256 },
} as const
export type KeyType = keyof typeof keyTypes

/** Most one-bits in a counter that is used: the most work of a host. */
export const MOST_ONES = 16
const LAST_COUNTER = 0xffffffff

// ─── Key serial numbers ──────────────────────────────────────────────────────────────────────

export type Ksn = { readonly initialKeyId: Uint8Array; readonly counter: number }

export function parseKsn(ksn: Uint8Array): Ksn {
  if (ksn.length !== 12) throw new DukptError('bad_ksn_length')
  return {
    initialKeyId: new Uint8Array(ksn.subarray(0, 8)),
    counter: Buffer.from(ksn).readUInt32BE(8),
  }
}

export function encodeKsn({ initialKeyId, counter }: Ksn): Uint8Array<ArrayBuffer> {
  if (initialKeyId.length !== 8) throw new DukptError('bad_key_id_length')
  const ksn = new Uint8Array(12)
  ksn.set(initialKeyId)
  for (let at = 11, rest = counter; at >= 8; at -= 1, rest >>>= 8) ksn[at] = rest
  return ksn
}

export function countOnes(counter: number): number {
  let ones = 0
  for (let rest = counter; rest !== 0; rest &= rest - 1) ones += 1
  return ones
}

/** 2,448,023,842 counters are usable: from 1, with at most 16 one-bits. */
export const isUsableCounter = (counter: number): boolean =>
  Number.isInteger(counter) &&
  counter >= 1 &&
  counter <= LAST_COUNTER &&
  countOnes(counter) <= MOST_ONES

/** A host refuses what an honest device never uses, before any derivation. */
export function assertUsableCounter(counter: number): void {
  if (!isUsableCounter(counter)) throw new DukptError('unusable_counter')
}

/** The usable counter after this one; of 0, the first. */
export function nextCounter(counter: number): number {
  if (counter !== 0) assertUsableCounter(counter)
  const isFull = countOnes(counter) >= MOST_ONES
  const next = isFull ? counter + 2 ** lowestOne(counter) : counter + 1
  if (next > LAST_COUNTER) throw new DukptError('counter_exhausted')
  return next
}

/** The place of the lowest one-bit. */
export const lowestOne = (counter: number): number => 31 - Math.clz32(counter & -counter)

// ─── Derivation ──────────────────────────────────────────────────────────────────────────────

/** The key injected into one device: from the base derivation key of its family and its id. */
export function deriveInitialKey({
  bdk,
  initialKeyId,
}: {
  readonly bdk: Uint8Array
  readonly initialKeyId: Uint8Array
}): Uint8Array {
  const type = aesTypeOf(bdk)
  if (initialKeyId.length !== 8) throw new DukptError('bad_key_id_length')
  const plan = { usage: INITIAL_KEY_DERIVATION, type, tail: initialKeyId }
  return encryptBlocks(bdk, derivationData(plan)).subarray(0, bdk.length)
}

export type Transaction = { readonly initialKey: Uint8Array; readonly ksn: Uint8Array }

/** The key of this transaction, from which only its working keys are derived. */
export function deriveTransactionKey({ initialKey, ksn }: Transaction): Uint8Array {
  const { initialKeyId, counter } = parseKsn(ksn)
  assertUsableCounter(counter)
  return createTransactionWay({ initialKey, initialKeyId })(counter)
}

/** The same for one transaction after the other: each one-bit of the counter is a step. */
export function createTransactionWay({
  initialKey,
  initialKeyId,
}: {
  readonly initialKey: Uint8Array
  readonly initialKeyId: Uint8Array
}): Way {
  const type = aesTypeOf(initialKey)
  return createWay(initialKey, (before, counter) => {
    const tail = tailOf(initialKeyId, counter)
    const derived = encryptBlocks(before, derivationData({ usage: KEY_DERIVATION, type, tail }))
    const key = new Uint8Array(derived.subarray(0, initialKey.length))
    derived.fill(0)
    return key
  })
}

/** Derivation keys of these counters, side by side: children of one key in one operation. */
export function deriveChildren(
  key: Uint8Array,
  initialKeyId: Uint8Array,
  counters: readonly number[],
): Uint8Array {
  const type = aesTypeOf(key)
  const data = counters.map((counter) =>
    derivationData({ usage: KEY_DERIVATION, type, tail: tailOf(initialKeyId, counter) }),
  )
  const derived = encryptBlocks(key, Buffer.concat(data))
  const stride = data[0]?.length ?? 0
  if (stride === key.length) return derived
  return Buffer.concat(
    counters.map((_, i) => derived.subarray(i * stride, i * stride + key.length)),
  )
}

export type Wanted = { readonly usage: KeyUsage; readonly keyType: KeyType }

/** One working key: the transaction key is made, used and wiped. */
export function deriveWorkingKey({
  initialKey,
  ksn,
  usage,
  keyType,
}: Transaction & Wanted): Uint8Array {
  const transactionKey = deriveTransactionKey({ initialKey, ksn })
  const [key] = deriveWorkingKeys({ transactionKey, ksn, wanted: [{ usage, keyType }] })
  transactionKey.fill(0)
  if (key === undefined) throw new RangeError('wanted: at least one')
  return key
}

/** Several working keys of one transaction in one operation, in the order of `wanted`. */
export function deriveWorkingKeys({
  transactionKey,
  ksn,
  wanted,
}: {
  readonly transactionKey: Uint8Array
  readonly ksn: Uint8Array
  readonly wanted: readonly Wanted[]
}): Uint8Array[] {
  const { initialKeyId, counter } = parseKsn(ksn)
  const { strength } = keyTypes[aesTypeOf(transactionKey)]
  const tail = tailOf(initialKeyId, counter)
  const data = wanted.map(({ usage, keyType }) => {
    // A working key must not be stronger than the key it comes from (§6.2.1).
    if (keyTypes[keyType].strength > strength) throw new DukptError('key_too_strong')
    return derivationData({ usage: keyUsages[usage], type: keyType, tail })
  })
  const derived = encryptBlocks(transactionKey, Buffer.concat(data))
  let at = 0
  return wanted.map(({ keyType }, i) => {
    const key = derived.subarray(at, at + keyTypes[keyType].bits / 8)
    at += data[i]?.length ?? 0
    return key
  })
}

/** The key under which a device takes a new initial key; its counter serves nothing else. */
export function deriveUpdateKey({
  initialKey,
  initialKeyId,
  keyType,
}: {
  readonly initialKey: Uint8Array
  readonly initialKeyId: Uint8Array
  readonly keyType: KeyType
}): Uint8Array {
  const ksn = encodeKsn({ initialKeyId, counter: LAST_COUNTER })
  const transactionKey = createTransactionWay({ initialKey, initialKeyId })(LAST_COUNTER)
  const wanted: readonly Wanted[] = [{ usage: 'key_encryption', keyType }]
  const [key] = deriveWorkingKeys({ transactionKey, ksn, wanted })
  transactionKey.fill(0)
  if (key === undefined) throw new RangeError('wanted: at least one')
  return key
}

type Plan = {
  readonly usage: number
  readonly type: KeyType
  /** The last 8 bytes: what distinguishes this key. */
  readonly tail: Uint8Array
}

/**
 * "Create Derivation Data": one block of it for each block of key. Every byte is written, in a
 * piece of Node's pool: memory of its own costs more than all the rest.
 */
export function derivationData({ usage, type, tail }: Plan): Uint8Array<ArrayBuffer> {
  const { algorithm, bits } = keyTypes[type]
  const blocks = Buffer.allocUnsafe(16 * Math.ceil(bits / 128))
  for (let at = 0, counter = 1; at < blocks.length; at += 16, counter += 1) {
    blocks[at] = 1
    blocks[at + 1] = counter
    blocks.writeUInt16BE(usage, at + 2)
    blocks.writeUInt16BE(algorithm, at + 4)
    blocks.writeUInt16BE(bits, at + 6)
    blocks.set(tail, at + 8)
  }
  return blocks
}

/** The right half of the initial key id, then the counter. */
const tailOf = (initialKeyId: Uint8Array, counter: number): Uint8Array =>
  encodeKsn({ initialKeyId, counter }).subarray(4)

function aesTypeOf(key: Uint8Array): 'aes128' | 'aes192' | 'aes256' {
  if (key.length === 16) return 'aes128'
  if (key.length === 24) return 'aes192'
  if (key.length === 32) return 'aes256'
  throw new DukptError('bad_key_length')
}
