/** What the platform answered, and what was asked of it and is not answered yet. */
import type { DatabaseSync } from 'node:sqlite'
import type { Payment } from '@warifu/sdk/sdk'
import { type ActRow, actRow, type NewAct, rowOf, type Within } from './book-schema.ts'

export const answers = (db: DatabaseSync, within: Within) => {
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

export const acts = (db: DatabaseSync) => {
  const insert = db.prepare(
    `insert into act (number, kind, draft, amount, idempotency_key, asked_ms, reason)
     values (:number, :kind, :draft, :amount, :idempotency_key, :asked_ms, :reason)
     on conflict (draft) do nothing`,
  )
  const byDraft = db.prepare('select * from act where draft = ?')
  const open = db.prepare('select * from act where number = ? and answer is null order by id')
  const refunds = db.prepare(
    `select * from act where number = ? and kind = 'refund' and (answer is null or answer = 'done')
      order by id`,
  )
  const settle = db.prepare('update act set answer = ?, answered_ms = ? where id = ?')
  const unanswered = db.prepare(
    `select number from purchase where status in ('asking', 'authorized') or doubt = 1
     union select number from act where answer is null
     union select number from purchase
            where to_keep = 1 and status in ('authorized', 'captured', 'settled')
     union select number from purchase
            where sale is null and status = 'captured' and refusal is null
              and asked in ('cash', 'transfer')
     order by number limit 50`,
  )
  const rows = (found: readonly unknown[]): ActRow[] => found.map((row) => rowOf(actRow, row))
  return {
    addAct: (act: NewAct): ActRow => {
      insert.run(act)
      return rowOf(actRow, byDraft.get(act.draft))
    },
    act: (draft: string): ActRow | undefined => {
      const row = byDraft.get(draft)
      return row === undefined ? undefined : rowOf(actRow, row)
    },
    openActs: (number: number): ActRow[] => rows(open.all(number)),
    /** Those that were done, and those of which nobody knows yet. */
    refundsOf: (number: number): ActRow[] => rows(refunds.all(number)),
    settleAct: (id: number, answer: string, nowMs: number): void =>
      void settle.run(answer, nowMs, id),
    /** The orders of which something is not known: asked and not answered, or changed unseen. */
    unanswered: (): number[] => unanswered.all().map((row) => Number(row['number'])),
  }
}
