/** What a card's program says of the cardholder's own reader. */
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'

export type ReaderRules = {
  readonly program: Id<'prg'>
  /** A stripe pays as well as a chip. */
  readonly stripes: boolean
}

export async function readerRules(db: Db, card: Id<'crd'>): Promise<ReaderRules | undefined> {
  const [row] = await db<ReaderRules[]>`
    select p.id as program, p.reader_stripes as stripes
      from issuing.card c join issuing.program p on p.id = c.program
     where c.id = ${card}`
  return row
}

export async function allowStripes(db: Db, program: Id<'prg'>, isAllowed: boolean): Promise<void> {
  await db`update issuing.program set reader_stripes = ${isAllowed} where id = ${program}`
}
