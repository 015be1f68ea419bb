/**
 * What a reconciliation compares is received first: a file whole or not at all, or rows in several
 * requests. The same file about the same time is the same reconciliation, whoever asks how often.
 */
import type { Readable } from 'node:stream'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { AmountForm, OrderRow } from '@warifu/protocol/reconciliation-objects'
import { type Claiming, claimed, type Db, type Store, type Tx } from '#store'
import { beginComparing } from './comparing.ts'
import { type NumberedRow, readOrderFile } from './order-file.ts'
import { type CountedRow, type ReconciliationRow, readReconciliation } from './reconciliation.ts'
import type { Span } from './span.ts'

export type ReceivingNeeds = { readonly store: Store; readonly mint: Mint }

export type NewReconciliation = Claiming &
  Span & {
    readonly name: string | null
    readonly fileDigest: string | null
    readonly withinDays: number
    readonly reachDays: number
    readonly amountsIn: AmountForm
    readonly metadata: Readonly<Record<string, string>>
  }
type Owned = { readonly merchant: Id<'mer'>; readonly id: Id<'rcn'>; readonly nowMs: number }

async function known(db: Db, owned: Omit<Owned, 'nowMs'>): Promise<Answer<CountedRow>> {
  const row = await readReconciliation(db, owned)
  return row === undefined ? refused('not_found') : done(row)
}

export async function createReconciliation(
  { store, mint }: ReceivingNeeds,
  asked: NewReconciliation,
): Promise<Answer<CountedRow>> {
  const { merchant, nowMs, fromMs, toMs } = asked
  if (fromMs >= toMs) return refused('field_invalid', 'to', 'a time after `from` expected')
  const lane = laneOf(merchant)
  return store.transaction(async (tx): Promise<Answer<CountedRow>> => {
    const made = await claimed<Id<'rcn'>>(tx, asked, async () => {
      const [row] = await tx<{ id: Id<'rcn'> }[]>`
        insert into settlement.reconciliation as r
          (lane, id, merchant, name, file_digest, from_ms, to_ms, within_days, reach_days,
           amounts_in, metadata, status, created_ms)
        values (${lane}, ${mint('rcn', lane)}, ${merchant}, ${asked.name}, ${asked.fileDigest},
                ${fromMs}, ${toMs}, ${asked.withinDays}, ${asked.reachDays}, ${asked.amountsIn},
                ${tx.json(asked.metadata)}, 'receiving', ${nowMs})
        on conflict (lane, merchant, file_digest, from_ms, to_ms, within_days, reach_days,
                     amounts_in) where file_digest is not null
        do update set name = r.name returning r.id`
      if (row === undefined) throw new Error('a reconciliation was neither made nor found')
      return done(row.id)
    })
    return made.ok ? known(tx, { merchant, id: made.value }) : made
  })
}

type Adding = Claiming & Owned & { readonly rows: readonly OrderRow[] }

/** Rows of one request: all of them count, or none. */
export async function addOrders(
  { store, mint }: ReceivingNeeds,
  { rows, ...asked }: Adding,
): Promise<Answer<CountedRow>> {
  const wrong = rows.findIndex(({ amount, refunded = 0 }) => refunded > amount)
  if (wrong >= 0)
    return refused('field_invalid', `rows.${wrong}.refunded`, 'at most the amount expected')
  return store.transaction(async (tx): Promise<Answer<CountedRow>> => {
    const added = await claimed<Id<'rcn'>>(tx, asked, async () => {
      const row = await locked(tx, asked)
      if (!row.ok) return row
      if (row.value.status !== 'receiving' || row.value.file_digest !== null)
        return refused('reconciliation_state')
      const part = mint('req', row.value.lane)
      // The lines go on from one request to the next.
      const first = row.value.orders + 1
      const numbered = rows.map((order, i) => ({ ...order, line: first + i }))
      await insertRows(tx, { ...row.value, part }, numbered)
      await accept(tx, row.value, { part, rows: rows.length })
      return done(asked.id)
    })
    return added.ok ? known(tx, asked) : added
  })
}

async function locked(tx: Tx, { merchant, id }: Owned): Promise<Answer<ReconciliationRow>> {
  const [found] = await tx<{ row: ReconciliationRow }[]>`
    select to_jsonb(r) as row from settlement.reconciliation r
     where r.lane = ${laneOf(id)} and r.id = ${id} and r.merchant = ${merchant} for no key update`
  return found === undefined ? refused('not_found') : done(found.row)
}

type Placed = Pick<ReconciliationRow, 'lane' | 'id'> & { readonly part: string }

async function insertRows(
  db: Db,
  { lane, id, part }: Placed,
  rows: readonly NumberedRow[],
): Promise<void> {
  const placed = rows.map(({ merchant_reference: reference, ...row }) => ({
    ...{ lane, reconciliation: id, part, reference },
    ...row,
  }))
  await db`
    insert into settlement.order_row
    select * from jsonb_populate_recordset(null::settlement.order_row, ${db.json(placed)})`
}

type Part = { readonly part: string; readonly rows: number }
const accept = (tx: Tx, { lane, id }: ReconciliationRow, { part, rows }: Part) => tx`
  update settlement.reconciliation set parts = parts || ${part}::text, orders = orders + ${rows}
   where lane = ${lane} and id = ${id}`

/**
 * A file: its lines are written as they come, and count when the last one was read and the digest
 * is the one that was told. No transaction is open while somebody sends. Then it is compared.
 */
export async function takeFile(
  { store, mint }: ReceivingNeeds,
  asked: Owned & { readonly file: Readable },
): Promise<Answer<CountedRow>> {
  const found = await known(store.sql, asked)
  if (!found.ok) return found
  const { lane, status, file_digest: told } = found.value
  if (told === null) return refused('reconciliation_state')
  // Received before, by this or another request: there is nothing to do again.
  if (status !== 'receiving') return found
  const part = mint('req', lane)
  const taken = await taking(store.sql, { ...found.value, part }, asked.file)
  if (!taken.ok) return taken
  return store.transaction(async (tx): Promise<Answer<CountedRow>> => {
    const row = await locked(tx, asked)
    if (row.ok && row.value.status === 'receiving') {
      await accept(tx, row.value, taken.value)
      await beginComparing(tx, { ...row.value, parts: [part] }, asked.nowMs)
    }
    return known(tx, asked)
  })
}

/** Lines that will not count do not stay. */
async function taking(
  db: Db,
  row: ReconciliationRow & { readonly part: string },
  file: Readable,
): Promise<Answer<Part>> {
  const { lane, id, part } = row
  let taken: Answer<Part> | undefined
  try {
    const take = (rows: readonly NumberedRow[]) => insertRows(db, row, rows)
    const read = await readOrderFile(file, { form: row.amounts_in, take })
    if (!read.ok) return read
    if (read.value.digest !== row.file_digest)
      return refused('field_invalid', 'file', 'the file whose digest was told expected')
    taken = done({ part, rows: read.value.rows })
    return taken
  } finally {
    if (taken === undefined)
      await db`
        delete from settlement.order_row
         where lane = ${lane} and reconciliation = ${id} and part = ${part}`
  }
}

/** Compares what was received, for the first time or once more. */
export const compare = ({ store }: ReceivingNeeds, asked: Owned): Promise<Answer<CountedRow>> =>
  store.transaction(async (tx): Promise<Answer<CountedRow>> => {
    const row = await locked(tx, asked)
    if (!row.ok) return row
    if (row.value.status === 'receiving' && row.value.orders === 0)
      return refused('reconciliation_state')
    if (row.value.status !== 'comparing') await beginComparing(tx, row.value, asked.nowMs)
    return known(tx, asked)
  })
