/** What the shop knows first: cash in the drawer, a transfer that came, an entry broken off. */
import type { DatabaseSync } from 'node:sqlite'
import type { Within } from './book-schema.ts'

type Arrival = { readonly reference: string | null; readonly nowMs: number }

export const own = (db: DatabaseSync, within: Within) => {
  const arrive = db.prepare(
    `update purchase set status = 'captured', captured = amount, arrived_ms = ?,
            transfer_reference = ? where number = ? and status = 'expected'`,
  )
  const end = db.prepare(
    `update purchase set status = 'cancelled'
      where number = ? and payment is null and status in ('asking', 'expected')`,
  )
  const tell = db.prepare('update purchase set sale = ? where number = ?')
  const keepOut = db.prepare('update purchase set refusal = ? where number = ? and sale is null')
  const giveBack = db.prepare(
    `update purchase set refunded = refunded + :amount
      where number = :number and refunded + :amount <= captured`,
  )
  const move = db.prepare(
    `insert into movement (number, kind, amount, at_ms)
     select number, ?, coalesce(?, amount), ? from purchase where number = ?`,
  )
  return {
    /** The transfer is in the shop's account. False where none was expected (any more). */
    arrive: (number: number, { reference, nowMs }: Arrival): boolean =>
      within(() => {
        if (arrive.run(nowMs, reference, number).changes === 0) return false
        move.run('captured', null, nowMs, number)
        return true
      }),
    /** No card was entered, or no transfer came: nobody else ever heard of it. */
    end: (number: number): boolean => end.run(number).changes === 1,
    /** It stands in the platform's list of sales. */
    told: (number: number, sale: string): void => void tell.run(sale, number),
    /** The platform does not take it into its list, and says why. The shop has the money. */
    keepOut: (number: number, code: string): void => void keepOut.run(code, number),
    /** Out of the drawer, or by a transfer back; never more than came in. */
    giveBack: (number: number, amount: number, nowMs: number): boolean =>
      within(() => {
        if (giveBack.run({ amount, number }).changes === 0) return false
        move.run('refunded', amount, nowMs, number)
        return true
      }),
  }
}
