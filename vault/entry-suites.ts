/**
 * The two suites of entry devices, behind one form: AES DUKPT (X9.24-3) as it is made today, and
 * TDES DUKPT (X9.24-1) to accept devices of before; what a suite is, stands in one place each.
 */
import { createDecipheriv, createSecretKey } from 'node:crypto'
import { checkValue, cmac } from '@warifu/crypto/cmac'
import {
  createTransactionWay,
  deriveInitialKey,
  deriveWorkingKeys,
  isUsableCounter,
  parseKsn,
} from '@warifu/crypto/dukpt-aes'
import {
  createTdesTransactionWay,
  deriveInitialTdesKey,
  encodeTdesKsn,
  isUsableTdesCounter,
  parseTdesKsn,
  variantOf,
} from '@warifu/crypto/dukpt-tdes'
import { macAlgorithm3, retailKeysOf } from '@warifu/crypto/iso9797-mac'
import { decodeFormat0, decodeFormat4 } from '@warifu/crypto/pin-block'
import { tdeaDecrypt, tdeaDecryptCbc, tdeaEncrypt } from '@warifu/crypto/tdea'
import type { EntrySuite } from '@warifu/protocol/entry-device'

/** The keys of one transaction, wiped after one message. */
export type MessageKeys = {
  readonly mac: (covered: Uint8Array) => Uint8Array
  readonly decrypt: (iv: Uint8Array, ct: Uint8Array) => Uint8Array
  /** The PIN of a block; throws where the block holds none for this number. */
  readonly pin: (block: Uint8Array, pan: string) => string
  readonly wipe: () => void
}

export type KeysOf = (ksn: Uint8Array, counter: number) => MessageKeys

type Ksn = { readonly keyId: string; readonly counter: number }

export type Suite = {
  /** Whose key and which counter; undefined where no honest device uses it. */
  readonly readKsn: (ksn: Uint8Array) => Ksn | undefined
  /** The id of the initial key of the family's n-th device. */
  readonly keyIdOf: (prefix: Uint8Array, number: number) => Uint8Array
  readonly initialKey: (bdk: Uint8Array, keyId: Uint8Array) => Uint8Array
  readonly checkValue: (key: Uint8Array) => string
  /** The keys of one message after the other. */
  readonly keysUnder: (initialKey: Uint8Array, keyId: Uint8Array) => KeysOf
  /** In a key block: the algorithm, and the optional block that carries the id. */
  readonly block: { readonly algorithm: 'A' | 'T'; readonly idBlock: 'IK' | 'KS' }
  readonly baseKeyBytes: 16 | 32
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()
const wiping = (keys: readonly Uint8Array[]) => () => {
  for (const key of keys) key.fill(0)
}

const aes: Suite = {
  readKsn: (ksn) => {
    const { initialKeyId, counter } = parseKsn(ksn)
    return isUsableCounter(counter) ? { keyId: hexOf(initialKeyId), counter } : undefined
  },
  keyIdOf: (prefix, number) => {
    const keyId = Buffer.alloc(8)
    keyId.set(prefix)
    keyId.writeUInt32BE(number, 4)
    return keyId
  },
  initialKey: (bdk, initialKeyId) => deriveInitialKey({ bdk, initialKeyId }),
  checkValue,
  keysUnder: (initialKey, initialKeyId) => {
    const way = createTransactionWay({ initialKey, initialKeyId })
    const keyType = initialKey.length === 32 ? 'aes256' : 'aes128'
    const wanted = [
      { usage: 'mac_generation', keyType },
      { usage: 'data_encrypt', keyType },
      { usage: 'pin', keyType },
    ] as const
    return (ksn, counter) => {
      const [mac, data, pin] = deriveWorkingKeys({ transactionKey: way(counter), ksn, wanted })
      if (mac === undefined || data === undefined || pin === undefined)
        throw new Error('three working keys were asked for')
      return {
        mac: (covered) => cmac(mac, covered),
        decrypt: (iv, ct) =>
          createDecipheriv(`aes-${data.length * 8}-cbc`, createSecretKey(data), iv)
            .setAutoPadding(false)
            .update(ct),
        pin: (block, pan) => decodeFormat4({ key: pin, block, pan }),
        wipe: wiping([mac, data, pin]),
      }
    }
  },
  block: { algorithm: 'A', idBlock: 'IK' },
  baseKeyBytes: 32,
}

const tdes: Suite = {
  readKsn: (ksn) => {
    const { base, counter } = parseTdesKsn(ksn)
    return isUsableTdesCounter(counter) ? { keyId: hexOf(base), counter } : undefined
  },
  // 32 bits of family, 27 of device, 21 of counter.
  keyIdOf: (prefix, number) => {
    const base = Buffer.alloc(10)
    base.set(prefix)
    base.writeUIntBE(number * 2 ** 21, 4, 6)
    return base
  },
  initialKey: (bdk, base) =>
    deriveInitialTdesKey({ bdk, ksn: encodeTdesKsn({ base, counter: 0 }) }),
  checkValue: (key) => hexOf(tdeaEncrypt(key, new Uint8Array(8)).subarray(0, 3)),
  keysUnder: (initialKey, base) => {
    const way = createTdesTransactionWay({ initialKey, base })
    return (_, counter) => {
      const transactionKey = way(counter)
      const [mac, data, pin] = [
        variantOf(transactionKey, 'mac_request'),
        variantOf(transactionKey, 'data_request'),
        variantOf(transactionKey, 'pin'),
      ]
      return {
        mac: (covered) => macAlgorithm3(retailKeysOf(mac), covered, 2),
        decrypt: (iv, ct) => tdeaDecryptCbc({ key: data, iv, data: ct }),
        pin: (block, pan) => decodeFormat0(tdeaDecrypt(pin, block), pan),
        wipe: wiping([mac, data, pin]),
      }
    }
  },
  block: { algorithm: 'T', idBlock: 'KS' },
  baseKeyBytes: 16,
}

export const suites: { readonly [S in EntrySuite]: Suite } = {
  'aes-dukpt': aes,
  'tdes-dukpt': tdes,
}
