/** A token's row as PostgreSQL gives it in JSON, with the mandate that was asked for last. */
import type { Period } from '@warifu/protocol/approval-content'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ConsentStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'

export type TokenRow = {
  readonly lane: number
  readonly token: string
  readonly id: Id<'tok'>
  readonly merchant: Id<'mer'>
  readonly card: Id<'crd'>
  readonly last4: string
  readonly metadata: Record<string, string>
  readonly latest: Id<'mdt'> | null
  readonly mandate: Id<'mdt'> | null
  readonly period: Period | null
  readonly turn: number
  readonly spent: number
  readonly version: number
  readonly created_ms: number
  readonly deleted_ms: number | null
}

export type MandateRow = {
  readonly id: Id<'mdt'>
  readonly approval: Id<'apr'>
  readonly state: ConsentStatus
  readonly cap: number
  readonly currency: string
  readonly period: Period
  readonly until_ms: number
}

/** A token and what its merchant is told of its consent. */
export type TokenView = { readonly token: TokenRow; readonly mandate: MandateRow | null }

const columns = (db: Db) => db`
  to_jsonb(t) as token,
  (select to_jsonb(m) from tokens.mandate m where m.lane = t.lane and m.id = t.latest) as mandate`

const DAY_MS = 86_400_000

/** What was taken in the period of this instant; turns are counted as `tokens.turn_of` does. */
export function spentAt({ period, turn, spent }: TokenRow, nowMs: number): number {
  const now = new Date(nowMs)
  const day = Math.floor(nowMs / DAY_MS)
  const month = now.getUTCFullYear() * 12 + now.getUTCMonth()
  const turns = { day, week: Math.floor((day + 3) / 7), month, year: now.getUTCFullYear() }
  return period !== null && turns[period] === turn ? spent : 0
}

type Owned = { readonly merchant: Id<'mer'>; readonly id: Id<'tok'>; readonly lane: number }

export async function readToken(
  db: Db,
  { merchant, id, lane }: Owned,
): Promise<TokenView | undefined> {
  const [row] = await db<TokenView[]>`
    select ${columns(db)} from tokens.token t
     where t.lane = ${lane} and t.id = ${id} and t.merchant = ${merchant}`
  return row
}

/** Newest first; ask for one more than is shown to know whether there are more. */
export async function listTokens(
  db: Db,
  merchant: Id<'mer'>,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<TokenView[]> {
  return db<TokenView[]>`
    select ${columns(db)} from tokens.token t
     where t.merchant = ${merchant}
       and (${before ?? null}::text is null or t.id < ${before ?? null})
     order by t.id desc limit ${limit}`
}

/** A deleted token is never charged again; its digits stay taken. Answers with its row. */
export async function deleteToken(
  db: Db,
  { merchant, id, lane }: Owned,
  nowMs: number,
): Promise<TokenRow | undefined> {
  const [gone] = await db<{ token: TokenRow }[]>`
    update tokens.token t set deleted_ms = ${nowMs}, version = version + 1
     where t.lane = ${lane} and t.id = ${id} and t.merchant = ${merchant}
       and t.deleted_ms is null
    returning to_jsonb(t) as token`
  if (gone !== undefined)
    await db`
      delete from tokens.of_card
       where lane = ${laneOf(merchant)} and merchant = ${merchant} and card = ${gone.token.card}`
  return gone?.token
}
