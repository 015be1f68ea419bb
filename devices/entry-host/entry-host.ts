/**
 * For tests: the host's side of an entry device, so that what it sends can be opened and judged.
 * The base key is drawn by the caller; in the house it is the vault that has it.
 */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { fromBase64url } from '@warifu/crypto/base64url'
import { cmac } from '@warifu/crypto/cmac'
import { deriveInitialKey, deriveWorkingKey } from '@warifu/crypto/dukpt-aes'
import { jcsBytes } from '@warifu/crypto/jcs'
import { wrapKeyBlock } from '@warifu/crypto/key-block'
import { decodeFormat4 } from '@warifu/crypto/pin-block'
import { type EntryMessage, entryMacInput } from '@warifu/protocol/entry-device'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

export type Host = {
  readonly bdk: Uint8Array
  readonly kbpk: Uint8Array
}

export const hostOf = (random: (length: number) => Uint8Array): Host => ({
  bdk: random(32),
  kbpk: random(32),
})

type BlockOptions = { readonly usage?: string; readonly exportability?: string }

/** The key block of one initial key: version D, B1, its id in the optional block IK. */
export function keyBlockFor(
  { bdk, kbpk }: Host,
  id: string,
  { usage = 'B1', exportability = 'N' }: BlockOptions = {},
): string {
  const key = deriveInitialKey({ bdk, initialKeyId: bytes(id) })
  const fixed = { version: 'D', algorithm: 'A', mode: 'X', keyVersion: '00' }
  const optional = [{ id: 'IK', data: id.toUpperCase() }]
  const header = { ...fixed, usage, exportability, optional }
  return wrapKeyBlock({ kbpk, header, key, random: new Uint8Array(48).fill(7) })
}

export type Opened = { readonly plain: string; readonly pin: string | null }

/** The message's plaintext in hex, once its MAC says that it is a device's. */
export function openMessage({ bdk }: Host, message: EntryMessage, pan = ''): Opened {
  const ksn = bytes(message.ksn)
  const initialKey = deriveInitialKey({ bdk, initialKeyId: ksn.subarray(0, 8) })
  const keyOf = (usage: 'data_encrypt' | 'mac_generation' | 'pin') =>
    deriveWorkingKey({ initialKey, ksn, usage, keyType: 'aes256' })
  const { v, device, suite, context, iv, ct, pin_block } = message
  const contextDigest = createHash('sha256').update(jcsBytes(context)).digest()
  const pinBlock = pin_block === null ? undefined : fromBase64url(pin_block)
  const parts = { ksn, iv: fromBase64url(iv), ct: fromBase64url(ct), pinBlock, contextDigest }
  const mac = cmac(keyOf('mac_generation'), entryMacInput({ v, device, suite, ...parts }))
  if (!timingSafeEqual(mac, fromBase64url(message.mac))) throw new Error('the MAC is wrong')
  const cipher = createDecipheriv('aes-256-cbc', keyOf('data_encrypt'), parts.iv)
  const plain = cipher.setAutoPadding(false).update(parts.ct).toString('hex')
  const pin =
    pinBlock === undefined ? null : decodeFormat4({ key: keyOf('pin'), block: pinBlock, pan })
  return { plain, pin }
}
