/** The sales of a day, by when the money moved, whoever took it. */
import type { DatabaseSync } from 'node:sqlite'
import { type PurchaseRow, purchaseRow, rowOf } from './book-schema.ts'
import type { Kind, KindTally } from './browser/wire.ts'
import type { Span } from './calendar.ts'

export const days = (db: DatabaseSync) => {
  const listed = db.prepare(
    `select * from purchase where created_ms >= ? and created_ms < ?
      order by number desc limit 1000`,
  )
  const moved = db.prepare(
    `select case when p.asked in ('cash', 'transfer') then p.asked else 'card' end as way,
            m.kind, count(distinct m.number) as count, sum(m.amount) as amount
       from movement m join purchase p on p.number = m.number
      where m.at_ms >= ? and m.at_ms < ? group by way, m.kind`,
  )
  const expected = db.prepare(
    `select count(*) as count, coalesce(sum(amount), 0) as amount from purchase
      where status = 'expected'`,
  )
  const waiting = db.prepare(
    `select number from purchase where status in ('requires_action', 'processing', 'authorized')`,
  )
  const tallyOf = (row: Record<string, unknown> | undefined) => ({
    count: Number(row?.['count'] ?? 0),
    amount: Number(row?.['amount'] ?? 0),
  })
  return {
    ordersOf: ({ fromMs, toMs }: Span): PurchaseRow[] =>
      listed.all(fromMs, toMs).map((row) => rowOf(purchaseRow, row)),
    /** What came and what went back, for each kind of money that moved. */
    tallies: ({ fromMs, toMs }: Span): KindTally[] => {
      const rows = moved.all(fromMs, toMs)
      const of = (kind: Kind, move: string) =>
        tallyOf(rows.find((row) => row['way'] === kind && row['kind'] === move))
      return (['card', 'cash', 'transfer'] as const)
        .map((kind) => ({ kind, sold: of(kind, 'captured'), refunded: of(kind, 'refunded') }))
        .filter(({ sold, refunded }) => sold.count + refunded.count > 0)
    },
    /** Transfers that have not come yet, of any day. */
    expected: () => tallyOf(expected.get()),
    /** Orders whose payment may still change by itself. */
    waiting: (): number[] => waiting.all().map((row) => Number(row['number'])),
  }
}
