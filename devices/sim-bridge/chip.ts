/**
 * The commands that the bridge gives a SIM (ETSI TS 102 221 §11.1; KR100451174B1), and what its
 * status words mean to a person. Whoever reads is told the same by a real card and by ours.
 */
import { type Reply, readReply, status, writeCommand } from '@warifu/crypto/apdu'
import { description, type Place, readDirectory } from '@warifu/crypto/credit-file'
import { companyKeys, SIM_AID, SIM_OWN_KEY, simSections } from '@warifu/crypto/sim-layout'
import { type CardSlot, transmitWhole } from '@warifu/devices/card-slot'
import { BridgeError } from './bridge-error.ts'

type Head = readonly [cla: number, ins: number, p1: number, p2: number]
type Said = { readonly data?: Uint8Array; readonly le?: number }

const NONE = new Uint8Array(0)

async function say(slot: CardSlot, head: Head, { data = NONE, le }: Said = {}): Promise<Reply> {
  const [cla, ins, p1, p2] = head
  const command = writeCommand({ cla, ins, p1, p2, data, le })
  const reply = readReply(await transmitWhole(slot, command).catch(isGone))
  if (reply === undefined) throw new BridgeError('sim_fault')
  return reply
}

/** A card that is drawn out, a reader that is pulled: no SIM is there. */
function isGone(cause: unknown): never {
  throw new BridgeError('sim_absent', { cause })
}

/** What a status word means wherever it comes. */
// biome-ignore format: a table
const meanings: ReadonlyMap<number, ConstructorParameters<typeof BridgeError>[0]> = new Map([
  [status.file_not_found,            'sim_foreign'],
  [status.data_not_usable,           'sim_deactivated'],
  [status.conditions_not_satisfied,  'sim_not_written'],
  [status.referenced_data_not_found, 'sim_key_missing'],
  [status.record_not_found,          'sim_record_empty'],
])

function dataOf({ data, word }: Reply): Uint8Array {
  if (word === status.ok) return data
  throw new BridgeError(meanings.get(word) ?? 'sim_fault')
}

// ─── Selecting ───────────────────────────────────────────────────────────────────────────────────

const DIGITS = /^([0-9]{18,20})f*$/

/** The number printed on the SIM (EF.ICCID under the master file). */
export async function readIccid(slot: CardSlot): Promise<string> {
  const path = Uint8Array.of(0x2f, 0xe2)
  dataOf(await say(slot, [0x00, 0xa4, 0x08, 0x0c], { data: path }))
  const packed = dataOf(await say(slot, [0x00, 0xb0, 0x00, 0x00], { le: 10 }))
  const turned = Buffer.from(packed)
    .toString('hex')
    .replace(/(.)(.)/g, '$2$1')
  const [, digits] = DIGITS.exec(turned) ?? []
  if (digits === undefined) throw new BridgeError('sim_foreign')
  return digits
}

export async function selectApplication(slot: CardSlot): Promise<void> {
  dataOf(await say(slot, [0x00, 0xa4, 0x04, 0x0c], { data: SIM_AID }))
}

// ─── The PIN ─────────────────────────────────────────────────────────────────────────────────────

const PIN = 0x01
/** Digits in ASCII, filled up with FF (TS 102 221 §9.5.1). */
const coded = (digits: string): Uint8Array =>
  Uint8Array.from(Buffer.from(digits.padEnd(8, '\xff'), 'latin1'))

export type PinTold = 'right' | { readonly triesLeft: number }

/** 63Cx tells how many tries are left; 6983 that there are none. */
function told({ word }: Reply): PinTold {
  if (word === status.ok) return 'right'
  if ((word & 0xfff0) === 0x63c0) return { triesLeft: word & 0x0f }
  if (word === status.authentication_blocked) return { triesLeft: 0 }
  throw new BridgeError(meanings.get(word) ?? 'sim_fault')
}

/** Without digits it only asks how many tries are left. */
export async function verifyPin(slot: CardSlot, digits?: string): Promise<PinTold> {
  const said = digits === undefined ? {} : { data: coded(digits) }
  return told(await say(slot, [0x00, 0x20, 0x00, PIN], said))
}

export async function unblockPin(slot: CardSlot, puk: string, pin: string): Promise<PinTold> {
  const data = Uint8Array.of(...coded(puk), ...coded(pin))
  return told(await say(slot, [0x00, 0x2c, 0x00, PIN], { data }))
}

// ─── The credit information ──────────────────────────────────────────────────────────────────────

/** The transparent form, by its short identifier; longer than 255 bytes, so offsets follow. */
const CREDIT_SFI = 1

async function readAt(slot: CardSlot, address: number, length: number): Promise<Uint8Array> {
  const head: Head = [0x00, 0xb0, address >> 8, address & 0xff]
  return dataOf(await say(slot, head, { le: length }))
}

export type Entry = { readonly number: number; readonly bytes: Uint8Array }
export type Entries = {
  readonly cards: readonly Entry[]
  readonly digits: readonly Entry[]
  readonly companies: readonly Entry[]
}

const HEAD_BYTES = 6

/** By the directory that the data area begins with: whatever sections a maker has laid out. */
export async function readEntries(slot: CardSlot): Promise<Entries> {
  await selectCredit(slot)
  const head = await readAt(slot, 0, HEAD_BYTES)
  const length = (head[0] ?? 0) * 256 + (head[1] ?? 0)
  const directory = new Uint8Array(length)
  for (let at = 0; at < length; at += 252)
    directory.set(await readAt(slot, at, Math.min(252, length - at)), at)
  const places = readDirectory(directory)
  return {
    cards: await entriesOf(slot, places, description.card_number),
    digits: await entriesOf(slot, places, description.pin_digits),
    companies: await entriesOf(slot, places, companyKeys.description),
  }
}

/** Reading by the short identifier selects the file. */
async function selectCredit(slot: CardSlot): Promise<void> {
  dataOf(await say(slot, [0x00, 0xb0, 0x80 | CREDIT_SFI, 0x00], { le: 1 }))
}

async function entriesOf(slot: CardSlot, places: readonly Place[], kind: number): Promise<Entry[]> {
  const entries: Entry[] = []
  const mine = places.filter((place) => place.description === kind)
  for (const [i, { address, length }] of mine.entries())
    entries.push({ number: i + 1, bytes: await readAt(slot, address, length) })
  return entries
}

/** Writes the PIN digits of a card: the record with its number, under the user's PIN. */
export async function writeDigits(slot: CardSlot, number: number, bytes: Uint8Array) {
  dataOf(await say(slot, [0x00, 0xdc, number, (simSections.digits << 3) | 0x04], { data: bytes }))
}

/** The SIM's own answer over a digest: counter and MAC. */
export async function authenticate(slot: CardSlot, digest: Uint8Array): Promise<Uint8Array> {
  const head: Head = [0x00, 0x88, 0x00, 0x80 | SIM_OWN_KEY]
  return dataOf(await say(slot, head, { data: digest, le: 256 }))
}
