/** The till's own book: orders, what was asked of the platform for each, and what it answered. */
import { DatabaseSync } from 'node:sqlite'
import { orderLine } from '@warifu/protocol/sealed'
import type { Payment } from '@warifu/sdk/sdk'
import { Type } from 'typebox'
import {
  type ActRow,
  actRow,
  type CustomerRow as Customer,
  customerRow,
  migrate,
  type PurchaseRow,
  purchaseRow,
  rowOf,
} from './book-schema.ts'
import type { Order, Tally } from './browser/wire.ts'
import { dayOf, type Span } from './calendar.ts'

export type Purchase = PurchaseRow
export type Act = ActRow
export type NewPurchase = Pick<
  PurchaseRow,
  | 'key'
  | 'draft'
  | 'place'
  | 'lines'
  | 'amount'
  | 'currency'
  | 'return_url'
  | 'asked'
  | 'presentment'
  | 'phone'
  | 'to_keep'
  | 'created_ms'
  | 'idempotency_key'
>
export type NewAct = Omit<ActRow, 'id' | 'answer'>

/** The work is one transaction: all of it is on the disk, or nothing. */
type Within = <T>(work: () => T) => T

export type Book = ReturnType<typeof openBook>

export function openBook(path: string) {
  const db = new DatabaseSync(path, { timeout: 5000 })
  // FULL: an order is on the disk before the platform hears of it, whatever happens to the power.
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
  migrate(db)
  const within: Within = (work) => {
    db.exec('begin immediate')
    try {
      const value = work()
      db.exec('commit')
      return value
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  }
  return {
    ...purchases(db),
    ...answers(db, within),
    ...acts(db),
    ...customers(db, within),
    ...days(db),
    ...stream(db),
  }
}

const purchases = (db: DatabaseSync) => {
  const one = (column: 'number' | 'key' | 'draft' | 'payment') => {
    const statement = db.prepare(`select * from purchase where ${column} = ?`)
    return (value: string | number): Purchase | undefined => {
      const row = statement.get(value)
      return row === undefined ? undefined : rowOf(purchaseRow, row)
    }
  }
  const insert = db.prepare(
    `insert into purchase (key, draft, place, lines, amount, currency, return_url, asked,
                           presentment, phone, to_keep, created_ms, idempotency_key)
     values (:key, :draft, :place, :lines, :amount, :currency, :return_url, :asked,
             :presentment, :phone, :to_keep, :created_ms, :idempotency_key)
     on conflict (draft) do nothing`,
  )
  const byDraft = one('draft')
  return {
    byNumber: one('number'),
    byKey: one('key'),
    byDraft,
    byPayment: one('payment'),
    /** Writes it down, unless this draft stands there already; answers with what stands there. */
    add: (purchase: NewPurchase): Purchase => {
      insert.run(purchase)
      return rowOf(purchaseRow, byDraft(purchase.draft))
    },
  }
}

const answers = (db: DatabaseSync, within: Within) => {
  const read = db.prepare('select captured, refunded from purchase where number = ?')
  const update = db.prepare(
    `update purchase set status = ?, payment = ?, link = ?, deadline_at = ?, captured = ?,
            refunded = ?, last4 = ?, declined_because = ?, match_number = ? where number = ?`,
  )
  const move = db.prepare('insert into movement (number, kind, amount, at_ms) values (?, ?, ?, ?)')
  const tried = db.prepare('update purchase set tries = tries + 1 where number = ?')
  const refused = db.prepare(
    `update purchase set status = 'refused', refusal = ? where number = ? and payment is null`,
  )
  const doubted = db.prepare('update purchase set doubt = ? where number = ?')
  return {
    /** What the platform says of the payment; money that moved since is a movement of today. */
    apply: (number: number, payment: Payment, nowMs: number): void =>
      within(() => {
        const before = read.get(number)
        const { amount_captured: captured, amount_refunded: refunded } = payment
        for (const [kind, amount] of Object.entries({ captured, refunded })) {
          const more = amount - Number(before?.[kind] ?? 0)
          if (more > 0) move.run(number, kind, more, nowMs)
        }
        const { status, id, link, next_action, card, declined_because } = payment
        // What both screens count down to: the step that is waited for.
        const deadline_at = next_action?.deadline_at ?? payment.deadline_at
        const { match_number } = payment
        const seen = [card?.last4 ?? null, declined_because, match_number] as const
        update.run(status, id, link, deadline_at, captured, refunded, ...seen, number)
      }),
    noteTry: (number: number): void => void tried.run(number),
    refuse: (number: number, code: string): void => void refused.run(code, number),
    doubt: (number: number, is: boolean): void => void doubted.run(is ? 1 : 0, number),
  }
}

const acts = (db: DatabaseSync) => {
  const insert = db.prepare(
    `insert into act (number, kind, draft, amount, idempotency_key, asked_ms)
     values (:number, :kind, :draft, :amount, :idempotency_key, :asked_ms)
     on conflict (draft) do nothing`,
  )
  const byDraft = db.prepare('select * from act where draft = ?')
  const open = db.prepare('select * from act where number = ? and answer is null order by id')
  const settle = db.prepare('update act set answer = ? where id = ?')
  const unanswered = db.prepare(
    `select number from purchase where status = 'asking' or doubt = 1
     union select number from act where answer is null
     union select number from purchase
            where to_keep = 1 and status in ('authorized', 'captured', 'settled')
     order by number limit 50`,
  )
  return {
    addAct: (act: NewAct): Act => {
      insert.run(act)
      return rowOf(actRow, byDraft.get(act.draft))
    },
    act: (draft: string): Act | undefined => {
      const row = byDraft.get(draft)
      return row === undefined ? undefined : rowOf(actRow, row)
    },
    openActs: (number: number): Act[] => open.all(number).map((row) => rowOf(actRow, row)),
    settleAct: (id: number, answer: string): void => void settle.run(answer, id),
    /** The orders of which something is not known: asked and not answered, or changed unseen. */
    unanswered: (): number[] => unanswered.all().map((row) => Number(row['number'])),
  }
}

/** Customers by the number that they paid by: the token that stands for their card here. */
const customers = (db: DatabaseSync, within: Within) => {
  const read = db.prepare('select phone, token, last4 from customer where phone = ?')
  const keep = db.prepare(
    `insert into customer (phone, token, last4, number) values (?, ?, ?, ?)
     on conflict (phone) do update
        set token = excluded.token, last4 = excluded.last4, number = excluded.number`,
  )
  const done = db.prepare('update purchase set to_keep = 0 where number = ?')
  return {
    customer: (phone: string): Customer | undefined => {
      const row = read.get(phone)
      return row === undefined ? undefined : rowOf(customerRow, row)
    },
    keepCustomer: ({ phone, token, last4 }: Customer, number: number): void =>
      within(() => {
        keep.run(phone, token, last4, number)
        done.run(number)
      }),
    /** Its card cannot be kept. */
    leaveCustomer: (number: number): void => void done.run(number),
  }
}

const days = (db: DatabaseSync) => {
  const listed = db.prepare(
    `select * from purchase where created_ms >= ? and created_ms < ?
      order by number desc limit 1000`,
  )
  const moved = db.prepare(
    `select count(distinct number) as count, coalesce(sum(amount), 0) as amount from movement
      where kind = ? and at_ms >= ? and at_ms < ?`,
  )
  const waiting = db.prepare(
    `select number from purchase where status in ('requires_action', 'processing', 'authorized')`,
  )
  return {
    ordersOf: ({ fromMs, toMs }: Span): Purchase[] =>
      listed.all(fromMs, toMs).map((row) => rowOf(purchaseRow, row)),
    tally: (kind: 'captured' | 'refunded', { fromMs, toMs }: Span): Tally => {
      const row = moved.get(kind, fromMs, toMs)
      return { count: Number(row?.['count'] ?? 0), amount: Number(row?.['amount'] ?? 0) }
    },
    /** Orders whose payment may still change by itself. */
    waiting: (): number[] => waiting.all().map((row) => Number(row['number'])),
  }
}

const stream = (db: DatabaseSync) => {
  const read = db.prepare('select place from stream')
  const keep = db.prepare(
    `insert into stream (one, place) values (1, ?)
     on conflict (one) do update set place = excluded.place`,
  )
  return {
    /** Up to where the platform's events have been heard. */
    place: (): string | undefined => {
      const place = read.get()?.['place']
      return typeof place === 'string' ? place : undefined
    },
    keepPlace: (place: string): void => void keep.run(place),
    close: (): void => db.close(),
  }
}

const lines = Type.Array(orderLine)

/** What a page is told of an order. Its keys stay here. */
export const orderOf = (row: Purchase, isKept = false): Order => ({
  number: row.number,
  place: row.place,
  lines: rowOf(lines, JSON.parse(row.lines)),
  amount: row.amount,
  currency: row.currency,
  created_at: new Date(row.created_ms).toISOString(),
  day: dayOf(row.created_ms),
  status: row.status,
  asked: row.asked,
  match_number: row.match_number,
  isKept,
  doubt: row.doubt === 1,
  refusal: row.refusal,
  payment: row.payment,
  link: row.link,
  deadline_at: row.deadline_at,
  captured: row.captured,
  refunded: row.refunded,
  last4: row.last4,
  declined_because: row.declined_because,
})
