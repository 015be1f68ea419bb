/** Reads of settlements and of their items. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { SettlementStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'

export type Entry = 'capture' | 'refund' | 'fee' | 'adjustment'

/** Sums as PostgreSQL gives them in JSON: numbers below 2^53, nothing lost. */
export type SettlementRow = {
  readonly id: Id<'stl'>
  readonly merchant: Id<'mer'>
  readonly currency: string
  readonly day: string
  readonly zone: string
  readonly cut_ms: number
  readonly status: SettlementStatus
  readonly stopped: boolean
  readonly gross: number
  readonly refunds: number
  readonly fees: number
  readonly adjustments: number
  readonly carried: number
  readonly net: number
  readonly items: number
  readonly items_total: number
  readonly payout: Id<'pyo'> | null
  readonly version: number
  readonly created_ms: number
  readonly closed_ms: number | null
}

export type ItemRow = {
  readonly settlement: Id<'stl'>
  readonly entry: Entry
  readonly reference: string
  readonly payment: Id<'pay'> | null
  /** What it adds to what the merchant is owed. */
  readonly amount: number
  readonly at_ms: number
}

export type Page = { readonly limit: number; readonly before: string | undefined }

type Asked = { readonly merchant: Id<'mer'> | undefined; readonly page: Page }

/** Newest first; of every merchant where none is named. */
export async function listSettlements(
  db: Db,
  { merchant, page: { limit, before } }: Asked,
): Promise<SettlementRow[]> {
  const rows = await db<{ row: SettlementRow }[]>`
    select to_jsonb(s) as row from settlement.settlement s
     where (${merchant ?? null}::text is null or s.merchant = ${merchant ?? null})
       and (${before ?? null}::text is null or s.id < ${before ?? null})
     order by s.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}

type Named = { readonly settlement: Id<'stl'>; readonly merchant: Id<'mer'> | undefined }

/** One of them; undefined where there is none, or it is another's. */
export async function settlementOf(
  db: Db,
  { settlement, merchant }: Named,
): Promise<SettlementRow | undefined> {
  const [found] = await db<{ row: SettlementRow }[]>`
    select to_jsonb(s) as row from settlement.settlement s
     where s.lane = ${laneOf(settlement)} and s.id = ${settlement}
       and (${merchant ?? null}::text is null or s.merchant = ${merchant ?? null})`
  return found?.row
}

type Of = {
  readonly settlement: Id<'stl'>
  readonly limit: number
  /** `reference/entry` of the last item that was read. */
  readonly after: string | undefined
}

/** In the order of what they are for; a capture's fee stands beside it. */
export async function listItems(db: Db, { settlement, limit, after }: Of): Promise<ItemRow[]> {
  const [, reference, entry] = /^(.*)\/([^/]*)$/.exec(after ?? '') ?? []
  const rows = await db<{ row: ItemRow }[]>`
    select to_jsonb(i) as row from settlement.item i
     where i.lane = ${laneOf(settlement)} and i.settlement = ${settlement}
       and (${reference ?? null}::text is null
            or (i.reference, i.entry) > (${reference ?? null}, ${entry ?? null}))
     order by i.reference, i.entry limit ${limit}`
  return rows.map(({ row }) => row)
}

/** Holds a run, or lets it go on; the piece that is being collected is finished first. */
export async function holdRun(
  db: Db,
  settlement: Id<'stl'>,
  stopped: boolean,
): Promise<Answer<SettlementRow>> {
  const [held] = await db<{ code: 'ok' | 'not_found' | 'settlement_state' }[]>`
    select settlement.hold(${laneOf(settlement)}::smallint, ${settlement}, ${stopped}) as code`
  if (held === undefined) throw new Error('settlement.hold answered nothing')
  if (held.code !== 'ok') return refused(held.code)
  const row = await settlementOf(db, { settlement, merchant: undefined })
  return row ? done(row) : refused('not_found')
}
