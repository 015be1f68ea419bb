/**
 * TDES DUKPT (ANSI X9.24-1:2009 Annex A), the host's half: only to accept devices that cannot do
 * better (TDEA encryption is disallowed after 2023, SP 800-131A r2).
 *
 * KSN = 59 bits of key set and device ‖ 21 bits of counter, of which at most 10 are ones.
 */
import { createWay, type Way } from './dukpt-way.ts'
import { tdeaEncrypt } from './tdea.ts'
import { xor } from './xor.ts'

export class TdesDukptError extends Error {
  override readonly name = 'TdesDukptError'
  readonly code: 'bad_key_length' | 'bad_ksn_length' | 'unusable_counter' | 'counter_exhausted'
  constructor(code: TdesDukptError['code']) {
    super(code)
    this.code = code
  }
}

const MOST_ONES = 10
const LAST_COUNTER = 0x1fffff

export type TdesKsn = {
  /** The KSN with its counter at zero. */
  readonly base: Uint8Array
  readonly counter: number
}

export function parseTdesKsn(ksn: Uint8Array): TdesKsn {
  if (ksn.length !== 10) throw new TdesDukptError('bad_ksn_length')
  return { base: withCounter(ksn, 0), counter: Buffer.from(ksn).readUIntBE(7, 3) & LAST_COUNTER }
}

export function encodeTdesKsn({ base, counter }: TdesKsn): Uint8Array<ArrayBuffer> {
  if (base.length !== 10) throw new TdesDukptError('bad_ksn_length')
  return withCounter(base, counter)
}

export const isUsableTdesCounter = (counter: number): boolean =>
  Number.isInteger(counter) &&
  counter >= 1 &&
  counter <= LAST_COUNTER &&
  onesOf(counter) <= MOST_ONES

/** The usable counter after this one; of 0, the first. */
export function nextTdesCounter(counter: number): number {
  if (counter !== 0) requireUsable(counter)
  const next = onesOf(counter) < MOST_ONES ? counter + 1 : counter + (counter & -counter)
  if (next > LAST_COUNTER) throw new TdesDukptError('counter_exhausted')
  return next
}

/** The key injected into one device. `bdk` has 16 bytes. */
export function deriveInitialTdesKey({
  bdk,
  ksn,
}: {
  readonly bdk: Uint8Array
  readonly ksn: Uint8Array
}): Uint8Array {
  requireKey(bdk)
  const { base } = parseTdesKsn(ksn)
  const id = base.subarray(0, 8)
  return Buffer.concat([tdeaEncrypt(bdk, id), tdeaEncrypt(xor(bdk, KEY_MASK), id)])
}

/** The key of this transaction; use one of its variants, never itself. */
export function deriveTdesTransactionKey({
  initialKey,
  ksn,
}: {
  readonly initialKey: Uint8Array
  readonly ksn: Uint8Array
}): Uint8Array {
  const { base, counter } = parseTdesKsn(ksn)
  requireUsable(counter)
  return createTdesTransactionWay({ initialKey, base })(counter)
}

/** The same for one transaction after the other. */
export function createTdesTransactionWay({
  initialKey,
  base,
}: {
  readonly initialKey: Uint8Array
  readonly base: Uint8Array
}): Way {
  requireKey(initialKey)
  return createWay(initialKey, (before, counter) =>
    stepped(before, withCounter(base, counter).subarray(2)),
  )
}

/** What is XORed into both halves of the transaction key (table A-1). */
// biome-ignore format: a table
const variants = {
  pin:           '00000000000000ff00000000000000ff',
  mac_request:   '000000000000ff00000000000000ff00',
  mac_response:  '00000000ff00000000000000ff000000',
  data_request:  '0000000000ff00000000000000ff0000',
  data_response: '000000ff00000000000000ff00000000',
} as const
export type TdesVariant = keyof typeof variants

/** A key for one use. Data keys pass once more through themselves, one way (A.4.1). */
export function variantOf(transactionKey: Uint8Array, use: TdesVariant): Uint8Array {
  requireKey(transactionKey)
  const key = xor(transactionKey, Buffer.from(variants[use], 'hex'))
  return use === 'data_request' || use === 'data_response' ? tdeaEncrypt(key, key) : key
}

const KEY_MASK = Buffer.from('c0c0c0c000000000c0c0c0c000000000', 'hex')

/** Non-reversible key generation (A.2): two single DES operations make the next key. */
function stepped(key: Uint8Array, register: Uint8Array): Uint8Array {
  const half = (some: Uint8Array) => {
    const [left, right] = [some.subarray(0, 8), some.subarray(8)]
    return xor(tdeaEncrypt(left, xor(register, right)), right)
  }
  return Buffer.concat([half(xor(key, KEY_MASK)), half(key)])
}

function withCounter(ksn: Uint8Array, counter: number): Uint8Array<ArrayBuffer> {
  const changed = Uint8Array.from(ksn)
  changed[7] = ((changed[7] ?? 0) & 0xe0) | (counter >> 16)
  changed[8] = (counter >> 8) & 0xff
  changed[9] = counter & 0xff
  return changed
}

function onesOf(counter: number): number {
  let ones = 0
  for (let rest = counter; rest !== 0; rest &= rest - 1) ones += 1
  return ones
}

function requireUsable(counter: number): void {
  if (!isUsableTdesCounter(counter)) throw new TdesDukptError('unusable_counter')
}

function requireKey(key: Uint8Array): void {
  if (key.length !== 16) throw new TdesDukptError('bad_key_length')
}
