/**
 * One message of a reader (S3): its parts, and the MAC that tells whose it is. As with an entry
 * device the MAC comes before anything; the keys of its serial number live for one call.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import {
  proofMacInput,
  type ReaderMessage,
  type ReaderProof,
  readerMacInput,
  saleAad,
} from '@warifu/protocol/reader'
import { type InitialKey, readIssued } from './entry-keys.ts'
import { type MessageKeys, suites } from './entry-suites.ts'
import { entryOpen, type Taken } from './entry-taking.ts'
import type { Sql } from './store.ts'
import { no, type Step, type World, yes } from './world.ts'

const suite = suites['aes-dukpt']

/** A message under a key of a reader, once its MAC says so. Whoever has it closes it. */
export type Authentic = {
  readonly keyId: string
  readonly counter: number
  readonly key: InitialKey
  readonly keys: MessageKeys
  /** SHA-256 over all that the MAC covers and the MAC: “the same bytes”. */
  readonly digest: Buffer
}
type Refusal = 'device_unknown' | 'device_not_active' | 'reader_invalid'
type Found = Step<Authentic, Refusal>

type Claim = {
  readonly reader: string
  readonly ksn: string
  readonly mac: string
  readonly covered: Uint8Array | undefined
}

export type Parts = {
  readonly enc: Uint8Array
  readonly ct: Uint8Array
  readonly aad: Uint8Array
}

/** The parts of a message, each whole; undefined where one is not what its text says. */
export function partsOf(message: ReaderMessage): Parts | undefined {
  const [enc, ct] = [message.enc, message.ct].map(readBase64url)
  if (enc === undefined || ct === undefined) return undefined
  return { enc, ct, aad: jcsBytes(saleAad(message)) }
}

export const authenticateMessage = (
  world: World,
  sql: Sql,
  { message, parts }: { readonly message: ReaderMessage; readonly parts: Parts | undefined },
): Promise<Found> => {
  const covered = parts === undefined ? undefined : readerMacInput(message.reader, parts)
  const { reader, ksn, mac } = message
  return authenticate(world, sql, { reader, ksn, mac, covered })
}

export const authenticateProof = (world: World, sql: Sql, proof: ReaderProof): Promise<Found> =>
  authenticate(world, sql, { ...proof, covered: proofMacInput(proof) })

async function authenticate(
  { entryKeys, noise }: World,
  sql: Sql,
  { reader, ksn, mac: macText, covered }: Claim,
): Promise<Found> {
  const serial = Buffer.from(ksn, 'hex')
  const named = suite.readKsn(serial)
  const mac = readBase64url(macText)
  if (named === undefined || mac?.length !== 16 || covered === undefined)
    return no('reader_invalid')
  const issued = (await readIssued(sql, [named.keyId])).get(named.keyId)
  if (issued === undefined || issued.device !== reader) return no('device_unknown')
  if (issued.device_state !== 'admitted') return no('device_not_active')
  const key = entryKeys.initialKey(issued)
  const keys = key.keysOf(serial, named.counter)
  if (!timingSafeEqual(keys.mac(covered), mac)) {
    keys.wipe()
    await noise.note(sql, [reader])
    return no('reader_invalid')
  }
  const digest = createHash('sha256').update(covered).update(mac).digest()
  return yes({ ...named, key, keys, digest })
}

/** Moves the reader's counter and finds the card of this index, if any: `entry.open`, for one. Its
 * audit is its operation's. */
export async function takeCounter(
  { nowMs }: World,
  sql: Sql,
  { reader, message, panIndex }: TakeAsk,
): Promise<Taken> {
  const nothing = new Uint8Array(32)
  const taking = { device: reader, ksn: '', message, panIndex: panIndex ?? nothing }
  const [row] = await sql<Taken[]>`
    select * from ${entryOpen(sql, [taking], { nowMs: nowMs(), chain: null })} o`
  if (row === undefined) throw new Error('entry.open gave no verdict')
  return row
}
type TakeAsk = {
  readonly reader: string
  readonly message: Authentic
  readonly panIndex?: Uint8Array
}
