/**
 * The comparison goes on by chunks: each is one transaction that gathers facts, judges them, writes
 * what does not agree and moves the place in the reconciliation's row. Whoever dies loses a chunk
 * that was not committed; any process goes on. Found again, a difference is the same row.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Store, Tx } from '#store'
import { type Facts, type Found, judge, type OrderFact, type SaleFact } from './judging.ts'
import type { ReconciliationRow } from './reconciliation.ts'
import { boundsOf } from './span.ts'

const CHUNK = 2000
const DAY_MS = 86_400_000

type MintDifference = (prefix: 'dif', lane: number) => Id<'dif'>
type Needs = { readonly store: Store; readonly mint: MintDifference }
/** What became of a chunk: how far it came, and what it found. */
type Step = {
  readonly differences: readonly (Found & { readonly reference: string | null })[]
  readonly agreed: number
  readonly seen: number
  /** Where the next chunk begins; null: the phase is over. */
  readonly place: string | null
}
type Phase = NonNullable<ReconciliationRow['phase']>

/** Does the next chunk of a comparison that nobody else is at; false where there is none. */
export const compareNext = ({ store, mint }: Needs, nowMs: number): Promise<boolean> =>
  store.transaction(async (tx) => {
    const [found] = await tx<{ row: ReconciliationRow }[]>`
      select to_jsonb(r) as row from settlement.reconciliation r
       where r.status = 'comparing' order by r.lane, r.id limit 1 for no key update skip locked`
    if (found === undefined) return false
    const { row } = found
    const phase = row.phase ?? 'orders'
    const step = await steps[phase](tx, row)
    await write(tx, mint, { row, step, nowMs })
    await moveOn(tx, { row, step, nowMs, phase })
    return true
  })

const dueOf = ({ as_of_ms, within_days }: ReconciliationRow): number =>
  (as_of_ms ?? 0) - within_days * DAY_MS

const steps: Readonly<Record<Phase, (tx: Tx, row: ReconciliationRow) => Promise<Step>>> = {
  orders: stepOrders,
  sales: stepSales,
  strays: stepStrays,
}

/** Order numbers, each with everything that was sold for it. */
async function stepOrders(tx: Tx, row: ReconciliationRow): Promise<Step> {
  const dueMs = dueOf(row)
  const reachMs = row.reach_days * DAY_MS
  const around = { fromMs: Math.max(0, row.from_ms - reachMs), toMs: row.to_ms + reachMs }
  const { from, to } = boundsOf(around)
  const rows = await tx<{ reference: string; orders: OrderFact[]; sales: SaleFact[] }[]>`
    select reference, orders, sales from settlement.order_facts(
      ${row.lane}::smallint, ${row.id}, ${[...row.parts]}, ${row.merchant}, ${from}, ${to},
      ${row.place ?? ''}, ${CHUNK}, ${dueMs})`
  const facts = rows.map((one) => ({ ...one, dueMs }))
  return judged(facts, rows.length === CHUNK ? (rows.at(-1)?.reference ?? null) : null)
}

/** Sales of the time that no order speaks of. */
async function stepSales(tx: Tx, row: ReconciliationRow): Promise<Step> {
  const dueMs = dueOf(row)
  const { from, to } = boundsOf({ fromMs: row.from_ms, toMs: row.to_ms })
  type Row = { at: string; reference: string | null; known: boolean; fact: SaleFact }
  const rows = await tx<Row[]>`
    select at, reference, known, fact from settlement.sale_facts(
      ${row.lane}::smallint, ${row.id}, ${[...row.parts]}, ${row.merchant}, ${from},
      ${row.place ?? to}, ${CHUNK}, ${dueMs})`
  const facts = rows
    .filter(({ known }) => !known)
    .map(({ reference, fact }) => ({ reference, orders: [], sales: [fact], dueMs }))
  const place = rows.length === CHUNK ? (rows.at(-1)?.at ?? null) : null
  return { ...judged(facts, place), agreed: 0, seen: rows.length }
}

/** What was settled for payments that are not there. */
async function stepStrays(tx: Tx, row: ReconciliationRow): Promise<Step> {
  const rows = await tx<{ payment: string; currency: string; amount: bigint }[]>`
    select payment, currency, amount
      from settlement.strays(${row.merchant}, ${row.from_ms}, ${row.to_ms})`
  const differences = rows.map(({ payment, currency, amount }) => ({
    ...({ kind: 'settled_without_capture', suggested: 'tell_platform' } as const),
    ...{ reference: null, line: null, currency, expected: 0, found: Number(amount), acts: [] },
    sales: [payment],
  }))
  return { differences, agreed: 0, seen: 0, place: null }
}

function judged(facts: readonly Facts[], place: string | null): Step {
  const results = facts.map((fact) => ({ fact, found: judge(fact) }))
  return {
    differences: results.flatMap(({ fact: { reference }, found }) =>
      found.map((one) => ({ ...one, reference })),
    ),
    agreed: results.filter(({ found }) => found.length === 0).length,
    seen: facts.length,
    place,
  }
}

type Writing = {
  readonly row: ReconciliationRow
  readonly step: Step
  readonly nowMs: number
}

/** What it is about; of several lines of one order each is one. */
const keyOf = ({ kind, reference, line, sales }: Step['differences'][number]): string =>
  JSON.stringify([kind, reference, kind === 'duplicate_order' ? line : '', sales])

/** What a person closed stays closed, unless what was found there is no longer the same. */
async function write(tx: Tx, mint: MintDifference, { row, step, nowMs }: Writing): Promise<void> {
  if (step.differences.length === 0) return
  const rows = step.differences.map((found) => ({
    ...found,
    ...{ lane: row.lane, id: mint('dif', row.lane), reconciliation: row.id, key: keyOf(found) },
    ...{ merchant: row.merchant, status: 'open', round: row.round, created_ms: nowMs },
  }))
  await tx`
    insert into settlement.difference as d
    select * from jsonb_populate_recordset(null::settlement.difference, ${tx.json(rows)})
    on conflict (lane, reconciliation, key) do update
      set round = excluded.round, line = excluded.line, expected = excluded.expected,
          found = excluded.found, suggested = excluded.suggested, acts = excluded.acts,
          status = case when settlement.stays(d, excluded) then d.status else 'open' end,
          fix = case when settlement.stays(d, excluded) then d.fix end,
          because = case when settlement.stays(d, excluded) then d.because end,
          closed_ms = case when settlement.stays(d, excluded) then d.closed_ms end`
}

const after: Readonly<Record<Phase, Phase | null>> = {
  orders: 'sales',
  sales: 'strays',
  strays: null,
}

/** The place of the next chunk; at the end, what was not found any more is gone. */
async function moveOn(
  tx: Tx,
  { row, step, nowMs, phase }: Writing & { readonly phase: Phase },
): Promise<void> {
  const next = step.place === null ? after[phase] : phase
  await tx`
    update settlement.reconciliation
       set phase = ${next}, place = ${step.place}, agreed = agreed + ${step.agreed},
           done = least(done + ${step.seen}, total),
           status = ${next === null ? 'completed' : 'comparing'},
           compared_ms = ${next === null ? nowMs : row.compared_ms}
     where lane = ${row.lane} and id = ${row.id}`
  if (next !== null) return
  await tx`
    update settlement.difference set status = 'gone', closed_ms = ${nowMs}
     where lane = ${row.lane} and reconciliation = ${row.id} and round < ${row.round}
       and status in ('open', 'waiting')`
  await tx`
    update settlement.reconciliation set done = total where lane = ${row.lane} and id = ${row.id}`
}

/** Begins a comparison; what was received in part, and never whole, is forgotten. */
export async function beginComparing(
  tx: Tx,
  row: Pick<ReconciliationRow, 'lane' | 'id' | 'merchant' | 'from_ms' | 'to_ms' | 'parts'>,
  nowMs: number,
): Promise<void> {
  const { lane, id, merchant } = row
  const parts = [...row.parts]
  const { from, to } = boundsOf({ fromMs: row.from_ms, toMs: row.to_ms })
  await tx`
    delete from settlement.order_row
     where lane = ${lane} and reconciliation = ${id} and part <> all (${parts})`
  await tx`
    update settlement.reconciliation
       set status = 'comparing', phase = 'orders', place = null, done = 0, agreed = 0,
           round = round + 1, as_of_ms = ${nowMs},
           total = settlement.to_compare(${lane}::smallint, ${id}, ${parts}, ${merchant},
                                         ${from}, ${to})
     where lane = ${lane} and id = ${id}`
}
