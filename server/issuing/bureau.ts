/**
 * Bureaus: who may pull jobs, by their signing key; the counter that makes each of their writes
 * happen once; and what they say of a job.
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { plasticMoves } from '@warifu/protocol/moves'
import type { BureauStatus } from '@warifu/protocol/plastic-objects'
import type { Db } from '#store'
import type { Needs } from './needs.ts'
import { movePlastic, type PlasticRow, readPlastic } from './plastic.ts'
import { endInVault } from './plastic-life.ts'

export type Bureau = {
  readonly id: Id<'bur'>
  readonly name: string
  readonly status: 'active' | 'ended'
  readonly createdMs: bigint
}

export type NewBureau = {
  readonly id: Id<'bur'>
  readonly name: string
  readonly keyid: string
  readonly signingKey: JsonWebKey
  readonly by: string
}

/** False where the bureau or its key is known. */
export async function addBureau(db: Db, bureau: NewBureau, nowMs: number): Promise<boolean> {
  const { id, name, keyid, signingKey, by } = bureau
  const added = await db`
    insert into issuing.bureau (id, name, status, keyid, signing_key, added_by, created_ms)
    values (${id}, ${name}, 'active', ${keyid}, ${db.json(JSON.parse(JSON.stringify(signingKey)))},
            ${by}, ${nowMs})
    on conflict do nothing returning id`
  return added.length === 1
}

export type BureauKey = { readonly keyid: string; readonly key: KeyObject }

/** For the authentication door. */
export async function bureauKey(db: Db, id: Id<'bur'>): Promise<BureauKey | undefined> {
  const [row] = await db<{ keyid: string; jwk: JsonWebKey }[]>`
    select keyid, signing_key as jwk from issuing.bureau where id = ${id} and status = 'active'`
  return row && { keyid: row.keyid, key: createPublicKey({ key: row.jwk, format: 'jwk' }) }
}

/** Takes the counter of a bureau's write; false where it was used or passed. */
export async function takeBureauCounter(db: Db, id: Id<'bur'>, counter: bigint): Promise<boolean> {
  const taken = await db`
    update issuing.bureau set counter = ${counter} where id = ${id} and counter < ${counter}
    returning id`
  return taken.length === 1
}

/** The bureau that new orders go to: the one that was let in first. */
export async function chooseBureau(db: Db): Promise<Id<'bur'> | undefined> {
  const [row] = await db<{ id: Id<'bur'> }[]>`
    select id from issuing.bureau where status = 'active' order by created_ms, id limit 1`
  return row?.id
}

export type JobMove = {
  readonly bureau: Id<'bur'>
  readonly plastic: Id<'pls'>
  readonly status: BureauStatus
  readonly reason: string | undefined
  readonly tracking: string | undefined
  readonly nowMs: number
}

/** What failed is dead in the vault before it is written down here. */
const failing: ReadonlySet<BureauStatus> = new Set(['rejected', 'lost'])

export async function moveJob(needs: Needs, move: JobMove): Promise<Answer<PlasticRow>> {
  const { store } = needs
  const { bureau, plastic: id, status: to, reason, tracking, nowMs } = move
  const before = await readPlastic(store.sql, id)
  if (before?.bureau !== bureau) return refused('not_found')
  if (before.state === to) return done(before)
  const moves: readonly string[] = plasticMoves[before.state]
  if (before.state === 'active' || !moves.includes(to)) return refused('plastic_state')
  if (failing.has(to)) await endInVault(needs, id)
  return store.transaction(async (tx) => {
    const cause = { reason: reason ?? to, actor: 'bureau', nowMs } as const
    const step = { plastic: before, to, tracking } as const
    if (!(await movePlastic(needs, tx, step, cause))) return refused('plastic_state')
    const after = await readPlastic(tx, id)
    if (after === undefined) throw new Error('the plastic just moved is not there')
    return done(after)
  })
}
