/**
 * One entry becomes one message: the next key of AES DUKPT (ANSI X9.24-3), card data in AES-CBC,
 * PIN in a block of its own, then AES-CMAC over all of it. Everything clear is wiped on the way.
 *
 * X9.24-3 has no usage for an AEAD; hence encrypt, then MAC, each under a key of its own usage.
 */
import { createCipheriv, createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { cmac } from '@warifu/crypto/cmac'
import { deriveWorkingKeys } from '@warifu/crypto/dukpt-aes'
import { type DeviceState, deviceNextKey } from '@warifu/crypto/dukpt-device'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type EntryContext, type EntryMessage, entryMacInput } from '@warifu/protocol/entry-device'
import { type ChipValues, writeCardData } from './card-data.ts'
import { type Entry, wipe } from './entry-memory.ts'
import { sealPin } from './pin-block.ts'

export type Sealing = {
  readonly device: EntryMessage['device']
  readonly keys: DeviceState
  readonly entry: Entry
  /** What a chip card told, where one was inserted; views into the entry's bytes. */
  readonly chip?: ChipValues | undefined
  readonly context: EntryContext
  readonly random: (length: number) => Uint8Array
}

/** The keys that come back have forgotten this message's; they are kept before it is sent. */
export function sealEntry({ device, keys, entry, chip, context, random }: Sealing): {
  readonly message: EntryMessage
  readonly keys: DeviceState
} {
  const { ksn, transactionKey, state } = deviceNextKey(keys)
  const [dataKey, macKey, pinKey] = workingKeys(transactionKey, ksn)
  const iv = random(16)
  const pinBlock = sealPin(entry, { key: pinKey, random: random(8) })
  const ct = encryptCbc(dataKey, iv, writeCardData(entry, chip))
  wipe(entry)
  const contextDigest = createHash('sha256').update(jcsBytes(context)).digest()
  const covered = { ksn, iv, ct, pinBlock: pinBlock ?? undefined, contextDigest }
  const mac = cmac(macKey, entryMacInput({ v: 1, device, suite: 'aes-dukpt', ...covered }))
  for (const key of [transactionKey, dataKey, macKey, pinKey, keys.registers]) key.fill(0)
  const message: EntryMessage = {
    v: 1,
    device,
    suite: 'aes-dukpt',
    ksn: Buffer.from(ksn).toString('hex').toUpperCase(),
    iv: toBase64url(iv),
    ct: toBase64url(ct),
    pin_block: pinBlock === null ? null : toBase64url(pinBlock),
    context,
    mac: toBase64url(mac),
  }
  return { message, keys: state }
}

/** Data, MAC and PIN key of one transaction, as strong as the key they come from. */
function workingKeys(transactionKey: Uint8Array, ksn: Uint8Array) {
  const keyType = transactionKey.length === 32 ? 'aes256' : 'aes128'
  const usages = ['data_encrypt', 'mac_generation', 'pin'] as const
  const wanted = usages.map((usage) => ({ usage, keyType }) as const)
  const [data, mac, pin] = deriveWorkingKeys({ transactionKey, ksn, wanted })
  if (data === undefined || mac === undefined || pin === undefined)
    throw new Error('three working keys were asked for')
  return [data, mac, pin] as const
}

/** Whole blocks only; the padding is part of the plaintext. */
function encryptCbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${key.length === 32 ? 256 : 128}-cbc`, key, iv)
  return cipher.setAutoPadding(false).update(plain)
}
