/** The till's own book: orders, what was asked of the platform for each, and what it answered. */
import { DatabaseSync } from 'node:sqlite'
import { acts, answers } from './book-answers.ts'
import { customers } from './book-customers.ts'
import { days } from './book-days.ts'
import { own } from './book-own.ts'
import {
  migrate,
  type NewPurchase,
  type Purchase,
  purchaseRow,
  rowOf,
  type Within,
} from './book-schema.ts'

export type { Act, NewAct, NewPurchase, Purchase } from './book-schema.ts'

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
    ...purchases(db, within),
    ...answers(db, within),
    ...own(db, within),
    ...acts(db),
    ...customers(db, within),
    ...days(db),
    ...stream(db),
  }
}

const purchases = (db: DatabaseSync, within: Within) => {
  const one = (column: 'number' | 'key' | 'draft' | 'payment') => {
    const statement = db.prepare(`select * from purchase where ${column} = ?`)
    return (value: string | number): Purchase | undefined => {
      const row = statement.get(value)
      return row === undefined ? undefined : rowOf(purchaseRow, row)
    }
  }
  const insert = db.prepare(
    `insert into purchase (key, draft, place, lines, amount, currency, return_url, asked,
                           presentment, phone, to_keep, created_ms, idempotency_key, received,
                           status, captured)
     values (:key, :draft, :place, :lines, :amount, :currency, :return_url, :asked,
             :presentment, :phone, :to_keep, :created_ms, :idempotency_key, :received,
             case :asked when 'cash' then 'captured' when 'transfer' then 'expected'
                         else 'asking' end,
             case :asked when 'cash' then :amount else 0 end)
     on conflict (draft) do nothing`,
  )
  const move = db.prepare(
    `insert into movement (number, kind, amount, at_ms)
     select number, 'captured', amount, created_ms from purchase where draft = ?`,
  )
  const byDraft = one('draft')
  return {
    byNumber: one('number'),
    byKey: one('key'),
    byDraft,
    byPayment: one('payment'),
    /** Writes it down, unless this draft stands there already; answers with what stands there. */
    add: (purchase: NewPurchase): Purchase =>
      within(() => {
        const { changes } = insert.run(purchase)
        // Cash is in the drawer at once.
        if (changes === 1 && purchase.asked === 'cash') move.run(purchase.draft)
        return rowOf(purchaseRow, byDraft(purchase.draft))
      }),
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
