/** The rows of terminals, and the key by which a terminal's requests are verified. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { TerminalStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'

export type Terminal = {
  readonly id: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly status: TerminalStatus
  readonly sealingThumbprint: string
  readonly signingThumbprint: string
  readonly counter: bigint
  readonly version: number
  readonly createdMs: bigint
}

export async function readTerminal(db: Db, id: Id<'trm'>): Promise<Terminal | undefined> {
  const [row] = await db<Terminal[]>`
    select id, cardholder, status, sealing_thumbprint as "sealingThumbprint",
           signing_thumbprint as "signingThumbprint", counter, version, created_ms as "createdMs"
      from terminals.terminal where lane = ${laneOf(id)} and id = ${id}`
  return row
}

/** The terminals of a cardholder, newest first. */
export async function listTerminals(db: Db, cardholder: Id<'chl'>): Promise<Terminal[]> {
  return db<Terminal[]>`
    select id, cardholder, status, sealing_thumbprint as "sealingThumbprint",
           signing_thumbprint as "signingThumbprint", counter, version, created_ms as "createdMs"
      from terminals.terminal where cardholder = ${cardholder} order by id desc`
}

/** A phone as its owner sees it. */
export type Phone = {
  readonly id: Id<'trm'>
  readonly status: TerminalStatus
  readonly name: string | null
  readonly createdMs: bigint
  /** Of the last thing that it signed and that was done. */
  readonly usedMs: bigint | null
}

/** Those of a cardholder that are in, or were stopped; newest first. */
export async function phonesOf(db: Db, cardholder: Id<'chl'>): Promise<Phone[]> {
  return db<Phone[]>`
    select t.id, t.status, t.name, t.created_ms as "createdMs",
           (select r.created_ms from terminals.request r
             where r.lane = t.lane and r.terminal = t.id
             order by r.counter desc limit 1) as "usedMs"
      from terminals.terminal t
     where t.cardholder = ${cardholder} and t.status in ('active', 'suspended')
     order by t.id desc`
}

/** Which of these may act. */
export async function activeTerminals(db: Db, ids: readonly Id<'trm'>[]): Promise<Id<'trm'>[]> {
  if (ids.length === 0) return []
  const rows = await db<{ id: Id<'trm'> }[]>`
    select t.id from unnest(${ids.map(laneOf)}::smallint[], ${[...ids]}::text[]) k(lane, id)
      join terminals.terminal t on t.lane = k.lane and t.id = k.id
     where t.status = 'active'`
  return rows.map(({ id }) => id)
}

/** What the authentication door must know before it believes a signature. */
export type TerminalKey = {
  readonly cardholder: Id<'chl'>
  readonly status: TerminalStatus
  /** RFC 7638 thumbprint: the `keyid` of a signature. */
  readonly keyid: string
  readonly key: KeyObject
}

/** A key never changes, so its import is kept; the status is read each time. */
const KEPT_KEYS = 10_000

type KeyRow = {
  readonly cardholder: Id<'chl'>
  readonly status: TerminalStatus
  readonly keyid: string
  readonly jwk: JsonWebKey
}

export function createKeyRing(): (db: Db, id: Id<'trm'>) => Promise<TerminalKey | undefined> {
  const kept = new Map<string, KeyObject>()
  return async (db, id) => {
    const [row] = await db<KeyRow[]>`
      select cardholder, status, signing_thumbprint as keyid, signing_key as jwk
        from terminals.terminal where lane = ${laneOf(id)} and id = ${id}`
    if (row === undefined) return undefined
    const { jwk, ...facts } = row
    const key = kept.get(id) ?? createPublicKey({ key: jwk, format: 'jwk' })
    kept.set(id, key)
    const [oldest] = kept.keys()
    if (kept.size > KEPT_KEYS && oldest !== undefined) kept.delete(oldest)
    return { ...facts, key }
  }
}
