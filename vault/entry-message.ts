/**
 * One message of an entry device: its parts, its MAC, its plaintext. The MAC comes before anything;
 * a transaction's keys are derived for this call and wiped with the plaintext by `close`.
 */

import { hash, timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { PinBlockError } from '@warifu/crypto/pin-block'
import { type EntryMessage, entryMacInput, entrySizes } from '@warifu/protocol/entry-device'
import { type KeysOf, type MessageKeys, suites } from './entry-suites.ts'

/** The parts of a message, each of its size, under a key serial number that may be used. */
export type Envelope = {
  readonly message: EntryMessage
  readonly keyId: string
  readonly counter: number
  readonly ksn: Uint8Array
  readonly iv: Uint8Array
  readonly ct: Uint8Array
  readonly pinBlock: Uint8Array | undefined
  readonly mac: Uint8Array
  /** SHA-256 over all that the MAC covers and the MAC: “the same bytes”. */
  readonly covered: Uint8Array
  readonly digest: Buffer
}

/** Undefined where a part has another size, or the counter is none that an honest device uses. */
export function readEnvelope(message: EntryMessage): Envelope | undefined {
  const { v, device, suite, context } = message
  const sizes = entrySizes[suite]
  const ksn = Buffer.from(message.ksn, 'hex')
  const [iv, ct, mac] = [message.iv, message.ct, message.mac].map(readBase64url)
  const pinBlock = message.pin_block === null ? undefined : readBase64url(message.pin_block)
  if (ksn.length !== sizes.ksn) return undefined
  if (iv?.length !== sizes.iv || mac?.length !== sizes.mac || ct === undefined) return undefined
  if (message.pin_block !== null && pinBlock?.length !== sizes.pin_block) return undefined
  const named = suites[suite].readKsn(ksn)
  if (named === undefined) return undefined
  const contextDigest = hash('sha256', jcs(context), 'buffer')
  const covered = entryMacInput({ v, device, suite, ksn, iv, ct, pinBlock, contextDigest })
  const digest = hash('sha256', Buffer.concat([covered, mac]), 'buffer')
  return { message, ...named, ksn, iv, ct, pinBlock, mac, covered, digest }
}

export type Opened = {
  readonly plain: Uint8Array
  /** The PIN for this number; undefined where none was sent, '' where the block holds none. */
  readonly pinFor: (pan: string) => string | undefined
  readonly close: () => void
}

/** The plaintext, once the MAC says whose it is; else undefined, and nothing was opened. */
export function openEnvelope(envelope: Envelope, keysOf: KeysOf): Opened | undefined {
  const { ksn, counter, iv, ct, pinBlock, mac, covered } = envelope
  const keys = keysOf(ksn, counter)
  if (!timingSafeEqual(keys.mac(covered), mac)) {
    keys.wipe()
    return undefined
  }
  const plain = keys.decrypt(iv, ct)
  return {
    plain,
    pinFor: (pan) => (pinBlock === undefined ? undefined : pinOf(keys, pinBlock, pan)),
    close: () => {
      plain.fill(0)
      keys.wipe()
    },
  }
}

/** A block that does not decode is a wrong PIN, and told as nothing else. */
function pinOf(keys: MessageKeys, block: Uint8Array, pan: string): string {
  try {
    return keys.pin(block, pan)
  } catch (error) {
    if (error instanceof PinBlockError) return ''
    throw error
  }
}
