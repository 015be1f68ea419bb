/** What a program says of its cards in SIMs: their company, and when PIN digits are asked for. */
import type { Id } from '@warifu/protocol/ids'
import { selectorOf } from '@warifu/protocol/sim'
import type { Db } from '#store'

export type SimTerms = {
  readonly company: { readonly flag: 0 | 1; readonly index: number }
  /** In minor units; null where the program never asks. */
  readonly pinDigitsFrom: bigint | null
}

export async function setSimTerms(
  db: Db,
  program: Id<'prg'>,
  { company: { flag, index }, pinDigitsFrom }: SimTerms,
): Promise<void> {
  await db`
    update issuing.program
       set company_flag = ${flag}, company_index = ${index}, pin_digits_from = ${pinDigitsFrom}
     where id = ${program}`
}

/** From which amount digits are asked for with this card; a card that is not there never does. */
export async function pinDigitsFrom(db: Db, card: Id<'crd'>): Promise<bigint | null> {
  const [row] = await db<{ from: bigint | null }[]>`
    select p.pin_digits_from as "from"
      from issuing.card c join issuing.program p on p.id = c.program where c.id = ${card}`
  return row?.from ?? null
}

export type SimCard = {
  readonly card: Id<'crd'>
  readonly cardholder: Id<'chl'>
  /** Flag and index in one byte, as the record has them. */
  readonly selector: number
}

/** Those of these cards that may be written into a SIM: installed once, and alive. */
export async function simCards(db: Db, cards: readonly Id<'crd'>[]): Promise<SimCard[]> {
  const rows = await db<{ card: Id<'crd'>; cardholder: Id<'chl'>; flag: 0 | 1; index: number }[]>`
    select c.id as card, c.cardholder, p.company_flag as flag, p.company_index as index
      from issuing.card c join issuing.program p on p.id = c.program
     where c.id = any(${[...cards]}) and c.state in ('active', 'suspended')`
  return rows.map(({ card, cardholder, flag, index }) => ({
    card,
    cardholder,
    selector: selectorOf({ flag, index }),
  }))
}
