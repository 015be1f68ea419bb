/**
 * Key blocks (ANSI X9.143:2021, TR-31:2018): a key wrapped together with what it may be used for.
 *
 * D (AES) and B (TDEA) bind header and key with one MAC under derived keys; they are read and
 * written. A and C (variants, 4-byte MAC) and E (ISO 20038, AES-CTR) are read only.
 * A block is text: header, then key and MAC in hex.
 */
import { createCipheriv, createDecipheriv, createSecretKey, timingSafeEqual } from 'node:crypto'
import { cmac, tdeaCmac } from './cmac.ts'
import { kdfCounter, type Prf } from './kdf-108.ts'
import {
  filled,
  KeyBlockError,
  type KeyBlockHeader,
  readHeader,
  writeHeader,
} from './key-block-header.ts'
import { tdeaDecryptCbc, tdeaEncryptCbc } from './tdea.ts'

type Crypt = (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array

const tdeaCbc = {
  encrypt: (key, iv, data) => tdeaEncryptCbc({ key, iv, data }),
  decrypt: (key, iv, data) => tdeaDecryptCbc({ key, iv, data }),
} satisfies Record<string, Crypt>

const aes = (mode: 'cbc' | 'ctr') =>
  ({
    encrypt: (key, iv, data) =>
      createCipheriv(`aes-${key.length * 8}-${mode}`, createSecretKey(key), iv).update(data),
    decrypt: (key, iv, data) =>
      createDecipheriv(`aes-${key.length * 8}-${mode}`, createSecretKey(key), iv)
        .setAutoPadding(false)
        .update(data),
  }) satisfies Record<string, Crypt>

type Version = {
  /** Keys of the block: XORed constants, or derived (SP 800-108) with this PRF, the MAC too. */
  readonly prf: Prf | 'variant'
  /** The key usage indicator under which the encryption key is derived. */
  readonly encryptionUsage: number
  readonly cipher: { readonly encrypt: Crypt; readonly decrypt: Crypt }
  /** The wrapped key comes in blocks of this size. */
  readonly block: number
  readonly macLength: number
  readonly kbpkLengths: readonly number[]
}

const variant: Version = {
  prf: 'variant',
  encryptionUsage: 0,
  cipher: tdeaCbc,
  block: 8,
  macLength: 4,
  kbpkLengths: [16, 24],
}
const derived: Version = { ...variant, prf: tdeaCmac, macLength: 8 }
const derivedAes: Version = {
  prf: cmac,
  encryptionUsage: 0,
  cipher: aes('cbc'),
  block: 16,
  macLength: 16,
  kbpkLengths: [16, 24, 32],
}
const versions: Readonly<Record<string, Version>> = {
  A: variant,
  B: derived,
  C: variant,
  D: derivedAes,
  E: { ...derivedAes, encryptionUsage: 2, cipher: aes('ctr'), block: 1 },
}
const WRITTEN = ['B', 'D']

function versionOf({ version }: KeyBlockHeader): Version {
  const found = versions[version]
  if (found === undefined) throw new KeyBlockError('unsupported_version')
  return found
}

/** Lengths of keys by algorithm; where there is no row, any. */
const keyLengths: Readonly<Record<string, readonly number[]>> = {
  A: [16, 24, 32],
  D: [8],
  T: [8, 16, 24],
}

export type ParsedKeyBlock = {
  readonly header: KeyBlockHeader
  readonly headerText: string
  readonly ciphertext: Uint8Array
  readonly mac: Uint8Array
}

/** The parts of a block; nothing of it is authentic yet. */
export function parseKeyBlock(block: string): ParsedKeyBlock {
  const { header, declared, end } = readHeader(block)
  if (declared !== block.length) throw new KeyBlockError('length_mismatch')
  const version = versionOf(header)
  const body = block.slice(end)
  if (!/^(?:[0-9A-F]{2})+$/.test(body)) throw new KeyBlockError('length_mismatch')
  const bytes = Uint8Array.from(Buffer.from(body, 'hex'))
  const keyLength = bytes.length - version.macLength
  if (keyLength < 3 || keyLength % version.block !== 0) throw new KeyBlockError('length_mismatch')
  return {
    header,
    headerText: block.slice(0, end),
    ciphertext: bytes.subarray(0, keyLength),
    mac: bytes.subarray(keyLength),
  }
}

export type Unwrapping = {
  /** Key block protection key. */
  readonly kbpk: Uint8Array
  readonly block: string
  /** What the key may be for; a block for anything else is refused. */
  readonly usages: readonly string[]
}

export function unwrapKeyBlock({ kbpk, block, usages }: Unwrapping): {
  readonly header: KeyBlockHeader
  readonly key: Uint8Array
} {
  const parsed = parseKeyBlock(block)
  const { header } = parsed
  const clear = openedWith(kbpk, parsed)
  if (!usages.includes(header.usage)) throw new KeyBlockError('wrong_usage')
  const bits = Buffer.from(clear).readUInt16BE(0)
  const key = Uint8Array.from(clear.subarray(2, 2 + bits / 8))
  clear.fill(0)
  if (bits % 8 !== 0 || key.length * 8 !== bits || !isKeyLength(header.algorithm, key.length))
    throw new KeyBlockError('bad_key_length')
  return { header, key }
}

export type Wrapping = {
  readonly kbpk: Uint8Array
  /** Version B or D. */
  readonly header: KeyBlockHeader
  readonly key: Uint8Array
  /** 48 bytes; they hide a key's length up to the longest key of its algorithm. */
  readonly random: Uint8Array
}

export function wrapKeyBlock({ kbpk, header: given, key, random }: Wrapping): string {
  const { block, macLength, cipher } = versionOf(given)
  if (!WRITTEN.includes(given.version)) throw new KeyBlockError('unsupported_version')
  if (key.length === 0 || key.length > 8191 || !isKeyLength(given.algorithm, key.length))
    throw new KeyBlockError('bad_key_length')
  if (random.length !== RANDOM) throw new RangeError(`random: ${RANDOM} bytes`)
  const header = filled(given, block)
  const longest = Math.max(key.length, ...(keyLengths[header.algorithm] ?? []))
  const clear = new Uint8Array(Math.ceil((2 + longest) / block) * block)
  clear.set(random.subarray(0, clear.length - 2 - key.length), 2 + key.length)
  clear.set(key, 2)
  new DataView(clear.buffer).setUint16(0, key.length * 8)
  const headerText = writeHeader(header, 2 * (clear.length + macLength))
  const keys = keysOf(kbpk, header)
  const mac = macOver(keys, headerText, clear)
  const ciphertext = cipher.encrypt(keys.encryption, mac, clear)
  clear.fill(0)
  return headerText + Buffer.concat([ciphertext, mac]).toString('hex').toUpperCase()
}

const RANDOM = 48

const isKeyLength = (algorithm: string, length: number): boolean =>
  length > 0 && (keyLengths[algorithm]?.includes(length) ?? true)

/** The clear key data, once the MAC says that it and the header are as they were written. */
function openedWith(kbpk: Uint8Array, parsed: ParsedKeyBlock): Uint8Array {
  const { header, headerText, ciphertext, mac } = parsed
  const { prf, cipher } = versionOf(header)
  const keys = keysOf(kbpk, header)
  if (prf === 'variant') {
    const isTrue = timingSafeEqual(macOver(keys, headerText, ciphertext), mac)
    if (!isTrue) throw new KeyBlockError('mac_mismatch')
    return cipher.decrypt(keys.encryption, ascii(headerText).subarray(0, 8), ciphertext)
  }
  const clear = cipher.decrypt(keys.encryption, mac, ciphertext)
  if (timingSafeEqual(macOver(keys, headerText, clear), mac)) return clear
  clear.fill(0)
  throw new KeyBlockError('mac_mismatch')
}

type BlockKeys = {
  readonly encryption: Uint8Array
  readonly authentication: Uint8Array
  readonly prf: Version['prf']
}

function keysOf(kbpk: Uint8Array, header: KeyBlockHeader): BlockKeys {
  const { prf, encryptionUsage, kbpkLengths } = versionOf(header)
  if (!kbpkLengths.includes(kbpk.length)) throw new KeyBlockError('bad_kbpk')
  if (prf === 'variant') {
    const xored = (mask: number) => kbpk.map((byte) => byte ^ mask)
    return { encryption: xored(0x45), authentication: xored(0x4d), prf }
  }
  const derive = (usage: number) =>
    kdfCounter({
      prf,
      key: kbpk,
      label: Uint8Array.of(0, usage),
      context: Uint8Array.of(0, kbpk.length / 8 - (prf === tdeaCmac ? 2 : 0)),
      length: kbpk.length,
      counterBytes: 1,
      lengthBytes: 2,
    })
  return { encryption: derive(encryptionUsage), authentication: derive(1), prf }
}

/** Over the header and the clear key data; with variants over the wrapped key, 4 bytes of CBC. */
function macOver(keys: BlockKeys, headerText: string, body: Uint8Array): Uint8Array {
  const message = Buffer.concat([ascii(headerText), body])
  if (keys.prf !== 'variant') return keys.prf(keys.authentication, message)
  if (message.length % 8 !== 0) throw new KeyBlockError('length_mismatch')
  const chained = tdeaCbc.encrypt(keys.authentication, new Uint8Array(8), message)
  return chained.subarray(-8, -4)
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1')
