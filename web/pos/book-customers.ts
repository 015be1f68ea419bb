/** Customers by the number that they paid by: the token that stands for their card here. */
import type { DatabaseSync } from 'node:sqlite'
import { type CustomerRow as Customer, customerRow, rowOf, type Within } from './book-schema.ts'

export const customers = (db: DatabaseSync, within: Within) => {
  const known = 'select * from customer where forgetting = 0'
  const read = db.prepare(`${known} and phone = ?`)
  const all = db.prepare(`${known} order by kept_ms desc, phone limit 500`)
  const going = db.prepare('select * from customer where forgetting = 1 order by phone limit 50')
  const keep = db.prepare(
    `insert into customer (phone, token, last4, number, token_id, kept_ms)
     values (:phone, :token, :last4, :number, :token_id, :kept_ms)
     on conflict (phone) do update
        set token = excluded.token, last4 = excluded.last4, number = excluded.number,
            token_id = excluded.token_id, kept_ms = excluded.kept_ms, forgetting = 0`,
  )
  const done = db.prepare('update purchase set to_keep = 0 where number = ?')
  const name = db.prepare('update customer set token_id = ? where phone = ?')
  const forget = db.prepare('update customer set forgetting = 1 where phone = ?')
  const forgotten = db.prepare('delete from customer where phone = ? and forgetting = 1')
  const rows = (found: readonly unknown[]) => found.map((row) => rowOf(customerRow, row))
  return {
    customer: (phone: string): Customer | undefined => {
      const row = read.get(phone)
      return row === undefined ? undefined : rowOf(customerRow, row)
    },
    /** Newest first. */
    customers: (): Customer[] => rows(all.all()),
    keepCustomer: (customer: Customer): void =>
      within(() => {
        keep.run(customer)
        done.run(customer.number)
      }),
    /** Its card cannot be kept. */
    leaveCustomer: (number: number): void => void done.run(number),
    /** From now on nothing is charged by it here; the platform is told until it has heard. */
    forgetCustomer: (phone: string): boolean => forget.run(phone).changes === 1,
    forgetting: (): Customer[] => rows(going.all()),
    nameToken: (phone: string, id: string): void => void name.run(id, phone),
    forgotten: (phone: string): void => void forgotten.run(phone),
  }
}
