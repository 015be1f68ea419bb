/**
 * Readers of cardholders: which is plugged into which phone, on its own word under its own key, and
 * what was offered to it. A removed one is offered nothing and believed nothing.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ReaderProof } from '@warifu/protocol/reader'
import type { VaultRefusal } from '@warifu/protocol/vault'
import type { Db, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import type { Carried, Owned } from './carried.ts'

type Row = {
  readonly id: Id<'rdr'>
  readonly name: string
  readonly state: 'active' | 'removed'
  readonly createdMs: bigint
}

const columns = (db: Db) => db`r.id, r.name, r.state, r.created_ms as "createdMs"`

const carriedOf = ({ id, name, state, createdMs }: Row): Carried => ({
  id,
  type: 'reader',
  name,
  carrier: null,
  card: null,
  state,
  createdMs: Number(createdMs),
})

export async function listReaders(db: Db, cardholder: Id<'chl'>): Promise<Carried[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from devices.reader r
     where r.cardholder = ${cardholder} and r.state = 'active' order by r.id desc`
  return rows.map(carriedOf)
}

export async function removeReader(
  tx: Tx,
  { cardholder, device }: Owned,
  nowMs: number,
): Promise<Carried | undefined> {
  const [row] = await tx<Row[]>`
    update devices.reader r
       set state = 'removed', removed_ms = coalesce(removed_ms, ${nowMs}), version = version + 1
     where r.id = ${device} and r.cardholder = ${cardholder}
    returning ${columns(tx)}`
  return row && carriedOf(row)
}

export type Registering = {
  readonly call: TerminalCall
  readonly name: string
  readonly proof: ReaderProof
  readonly nowMs: number
}

/** A terminal's work: the vault knows the reader by its MAC; whose it was before must be over. */
export const registerReader = (
  vault: Pick<VaultClient, 'call'>,
  { call, name, proof, nowMs }: Registering,
): Work<Id<'rdr'>, Carried> => ({
  gather: async () => {
    const { terminal } = call
    const reply = await vault.call('verify_reader', { terminal, proof })
    return reply.ok ? done(reply.output.reader) : refused(meaning(reply.refusal))
  },
  record: async (tx, reader): Promise<Answer<Carried>> => {
    const [row] = await tx<Row[]>`
      insert into devices.reader as r (id, name, cardholder, terminal, state, created_ms)
      values (${reader}, ${name}, ${call.cardholder}, ${call.terminal}, 'active', ${nowMs})
      on conflict (id) do update
        set name = excluded.name, cardholder = excluded.cardholder, terminal = excluded.terminal,
            state = 'active', created_ms = excluded.created_ms, removed_ms = null,
            version = r.version + 1
        where r.state = 'removed' or r.cardholder = excluded.cardholder
      returning ${columns(tx)}`
    return row === undefined ? refused('reader_taken') : done(carriedOf(row))
  },
})

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'terminal_unknown':
    case 'reader_invalid':
    case 'ksn_replayed':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'device_unknown':
    case 'device_not_active':
      return 'reader_unknown'
    case 'request_malformed':
      return 'reader_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to verify_reader`)
  }
}

// ── doors for payments ───────────────────────────────────────────────────────────────────────

/** The reader that was registered last at this terminal. */
export async function readerAt(db: Db, terminal: Id<'trm'>): Promise<Id<'rdr'> | undefined> {
  const [row] = await db<{ id: Id<'rdr'> }[]>`
    select id from devices.reader where terminal = ${terminal} and state = 'active'
     order by created_ms desc, id desc limit 1`
  return row?.id
}

export type ReaderSale = {
  readonly payment: Id<'pay'>
  readonly terminal: Id<'trm'>
  readonly reader: Id<'rdr'>
  readonly offer: string
}

export async function keepSale(tx: Tx, sale: ReaderSale, nowMs: number): Promise<void> {
  const { payment, terminal, reader, offer } = sale
  await tx`
    insert into devices.reader_sale (payment, terminal, reader, offer, made_ms)
    values (${payment}, ${terminal}, ${reader}, ${offer}, ${nowMs}) on conflict do nothing`
}

/** What was offered for a payment; `isCurrent`: its reader was not removed since. */
export async function saleFor(
  db: Db,
  payment: Id<'pay'>,
): Promise<(ReaderSale & { readonly isCurrent: boolean }) | undefined> {
  const [row] = await db<(ReaderSale & { isCurrent: boolean })[]>`
    select s.payment, s.terminal, s.reader, s.offer,
           r.state = 'active' and r.terminal = s.terminal as "isCurrent"
      from devices.reader_sale s join devices.reader r on r.id = s.reader
     where s.payment = ${payment}`
  return row
}

/** Sales whose end the vault has not been told, oldest first. */
export async function openSales(db: Db, limit: number): Promise<Id<'pay'>[]> {
  const rows = await db<{ payment: Id<'pay'> }[]>`
    select payment from devices.reader_sale where not ended order by made_ms limit ${limit}`
  return rows.map(({ payment }) => payment)
}

export async function markEnded(db: Db, payment: Id<'pay'>): Promise<void> {
  await db`update devices.reader_sale set ended = true where payment = ${payment}`
}
