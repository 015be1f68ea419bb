/**
 * For tests: an entry device as the vault meets it, with the keys that an operator's act gave it.
 * It makes honest messages and bent ones, in both suites; a plastic card answers with cryptograms.
 */
import { createCipheriv, createHash } from 'node:crypto'
import { encode, type Tlv } from '@warifu/crypto/ber-tlv'
import { cmac } from '@warifu/crypto/cmac'
import { deriveWorkingKey } from '@warifu/crypto/dukpt-aes'
import { deriveTdesTransactionKey, variantOf } from '@warifu/crypto/dukpt-tdes'
import { applicationCryptogram, deriveSessionKey, sessionInput } from '@warifu/crypto/emv-arqc'
import { pad } from '@warifu/crypto/iso7816-padding'
import { macAlgorithm3, retailKeysOf } from '@warifu/crypto/iso9797-mac'
import { jcsBytes } from '@warifu/crypto/jcs'
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import { encodeFormat0, encodeFormat4 } from '@warifu/crypto/pin-block'
import { tdeaEncrypt, tdeaEncryptCbc } from '@warifu/crypto/tdea'
import {
  cryptogramTags,
  ENTRY_PLAIN_BYTES,
  type EntryContext,
  type EntryMessage,
  type EntrySuite,
  entryMacInput,
  entryTags,
} from '@warifu/protocol/entry-device'
import type { Id } from '@warifu/protocol/ids'
import type { VaultOutput } from '@warifu/protocol/vault'
import { admitDevice, makeBaseKey, type Plastic } from './operator-acts.ts'
import type { Stage } from './rehearsal-person.ts'
import type { World } from './world.ts'

export type Device = {
  readonly id: Id<'edv'>
  readonly suite: EntrySuite
  readonly kbpk: Uint8Array
  key: Uint8Array
  keyId: string
  counter: number
}

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
const text = (some: Uint8Array): string => Buffer.from(some).toString('base64url')

/** A device with keys; its family's base key is made with it. */
export async function admit(
  world: World,
  stage: Stage,
  suite: EntrySuite = 'aes-dukpt',
): Promise<Device> {
  await makeBaseKey(world, suite)
  const {
    device: id,
    kbpk,
    ...keys
  } = await admitDevice(world, { device: stage.newId('edv'), suite })
  const made = { id, suite, kbpk: bytes(kbpk), key: new Uint8Array(0), keyId: '', counter: 1 }
  inject(made, keys)
  return made
}

/** What a device does with a new key block: it opens it with its own key and starts anew. */
export function inject(
  device: Device,
  keys: Pick<VaultOutput<'make_device_keys'>, 'key_block' | 'initial_key_id'>,
): void {
  const { key } = unwrapKeyBlock({ kbpk: device.kbpk, block: keys.key_block, usages: ['B1'] })
  Object.assign(device, { key, keyId: keys.initial_key_id, counter: 1 })
}

/** What is typed or read; a code or PIN that is left out is not sent. */
export type Entry = {
  readonly pan: string
  readonly expiry?: string
  readonly code?: string
  readonly pin?: string
  readonly track2?: string
  readonly chip?: readonly Tlv[]
}

export const contextOf = (over: Partial<EntryContext> = {}): EntryContext => ({
  sale: 'A'.repeat(43),
  purpose: 'payment',
  amount: 1200,
  currency: 'jpy',
  merchant: 'mer_01KQ0000000000000000000000',
  entry: 'keyed',
  ...over,
})

const tagOf = (name: keyof typeof entryTags): number => Number.parseInt(entryTags[name], 16)
const packed = (digits: string): Uint8Array =>
  bytes(digits.length % 2 === 0 ? digits : `${digits}F`)

function plainOf({ pan, expiry, code, track2, chip = [] }: Entry): Uint8Array {
  const objects: Tlv[] = [{ tag: tagOf('pan'), value: packed(pan) }]
  if (expiry !== undefined) objects.push({ tag: tagOf('expiry'), value: bytes(`${expiry}31`) })
  if (code !== undefined) objects.push({ tag: tagOf('securityCode'), value: Buffer.from(code) })
  if (track2 !== undefined)
    objects.push({ tag: tagOf('track2'), value: packed(track2.replace('=', 'D')) })
  return pad(encode([...objects, ...chip]), ENTRY_PLAIN_BYTES)
}

/** The next message of a device. `bend` changes the parts before the MAC is made over them. */
export function send(
  device: Device,
  entry: Entry,
  { context = contextOf(), counter = device.counter, random = 1 } = {},
): EntryMessage {
  if (counter === device.counter) device.counter += 1
  const ksn = ksnOf(device, counter)
  const keys = device.suite === 'aes-dukpt' ? aesKeys(device.key, ksn) : tdesKeys(device.key, ksn)
  const iv = new Uint8Array(keys.blockBytes).fill(random)
  const ct = keys.encrypt(iv, plainOf(entry))
  const pinBlock = entry.pin === undefined ? undefined : keys.pin(entry.pin, entry.pan)
  const contextDigest = createHash('sha256').update(jcsBytes(context)).digest()
  const head = { v: 1, device: device.id, suite: device.suite } as const
  const mac = keys.mac(entryMacInput({ ...head, ksn, iv, ct, pinBlock, contextDigest }))
  return {
    ...head,
    ksn: Buffer.from(ksn).toString('hex').toUpperCase(),
    iv: text(iv),
    ct: text(ct),
    pin_block: pinBlock === undefined ? null : text(pinBlock),
    context,
    mac: text(mac),
  }
}

function ksnOf({ suite, keyId }: Device, counter: number): Uint8Array {
  if (suite === 'aes-dukpt') return bytes(keyId + counter.toString(16).padStart(8, '0'))
  const ksn = Buffer.from(keyId, 'hex')
  ksn.writeUIntBE((ksn.readUIntBE(7, 3) & 0xe00000) | counter, 7, 3)
  return ksn
}

function aesKeys(initialKey: Uint8Array, ksn: Uint8Array) {
  const keyOf = (usage: 'pin' | 'mac_generation' | 'data_encrypt') =>
    deriveWorkingKey({ initialKey, ksn, usage, keyType: 'aes256' })
  return {
    blockBytes: 16,
    encrypt: (iv: Uint8Array, plain: Uint8Array): Uint8Array =>
      createCipheriv('aes-256-cbc', keyOf('data_encrypt'), iv).setAutoPadding(false).update(plain),
    pin: (pin: string, pan: string): Uint8Array =>
      encodeFormat4({ key: keyOf('pin'), pin, pan, random: new Uint8Array(8).fill(7) }),
    mac: (covered: Uint8Array): Uint8Array => cmac(keyOf('mac_generation'), covered),
  }
}

function tdesKeys(initialKey: Uint8Array, ksn: Uint8Array) {
  const transactionKey = deriveTdesTransactionKey({ initialKey, ksn })
  return {
    blockBytes: 8,
    encrypt: (iv: Uint8Array, data: Uint8Array): Uint8Array =>
      tdeaEncryptCbc({ key: variantOf(transactionKey, 'data_request'), iv, data }),
    pin: (pin: string, pan: string): Uint8Array =>
      tdeaEncrypt(variantOf(transactionKey, 'pin'), encodeFormat0({ pin, pan })),
    mac: (covered: Uint8Array): Uint8Array =>
      macAlgorithm3(retailKeysOf(variantOf(transactionKey, 'mac_request')), covered, 2),
  }
}

/** What a chip answers a reader with, for this amount and at this counter. */
export function cryptogramOf(
  { chip_key }: Pick<Plastic, 'chip_key'>,
  {
    atc,
    amount = 1200,
    unpredictable = 'DEADBEEF',
    sequence = '00',
  }: {
    readonly atc: number
    readonly amount?: number
    readonly unpredictable?: string
    readonly sequence?: string
  },
): Tlv[] {
  const counter = atc.toString(16).padStart(4, '0')
  const values: Record<(typeof cryptogramTags)[number], string> = {
    amountAuthorised: String(amount).padStart(12, '0'),
    amountOther: '000000000000',
    terminalCountry: '0392',
    verificationResults: '0000000000',
    transactionCurrency: '0392',
    transactionDate: '270105',
    transactionType: '00',
    unpredictableNumber: unpredictable,
    interchangeProfile: '1800',
    transactionCounter: counter,
    issuerApplicationData: '06010A03A00000',
  }
  const data = bytes(cryptogramTags.map((name) => values[name]).join(''))
  const key = deriveSessionKey(bytes(chip_key), sessionInput(atc))
  const chip = cryptogramTags.map((name) => ({ tag: tagOf(name), value: bytes(values[name]) }))
  return [
    ...chip,
    { tag: tagOf('cryptogramInformation'), value: bytes('80') },
    { tag: tagOf('panSequence'), value: bytes(sequence) },
    { tag: tagOf('cryptogram'), value: applicationCryptogram(key, data, 2) },
  ]
}
