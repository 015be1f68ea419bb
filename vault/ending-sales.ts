/**
 * How a sale by reader ends: asked for, by time, or with the process that held its key. Whatever is
 * held is wiped, and the end is a record of the audit chain, as the birth was.
 */
import type { VaultInput } from '@warifu/protocol/vault'
import type { SaleEnding } from '@warifu/protocol/vault-reader'
import type { Sql } from './store.ts'
import { type Answer, type World, yes } from './world.ts'

type Ending = { readonly sale: string; readonly because: SaleEnding }

/** Wipes what is held and writes the end down, once; what is over already stays as it was. */
export async function endSale(
  { sales, audit, nowMs }: World,
  sql: Sql,
  { sale, because }: Ending,
): Promise<void> {
  sales.drop(sale)
  const [ended] = await sql<{ offer_digest: Uint8Array }[]>`
    update sales.sale set state = 'ended', because = ${because}, ended_at_ms = ${nowMs()}
    where sale = ${sale} and state = 'open' returning offer_digest`
  if (ended === undefined) return
  const key = Buffer.from(ended.offer_digest).toString('base64url')
  await audit.append(sql, [{ operation: 'end_sale', payment: sale, key, result: because }])
}

/** Sales of this chain's earlier process: their keys went with it. For the start of the vault. */
export async function endLostSales(world: World, chain: string): Promise<number> {
  const { store, sales } = world
  return store.begin(async (sql) => {
    const lost = await sql<{ sale: string }[]>`
      select sale from sales.sale
      where chain = ${chain} and state = 'open' and instance <> ${sales.instance}
      order by sale for update`
    for (const { sale } of lost) await endSale(world, sql, { sale, because: 'restarted' })
    return lost.length
  })
}

/** How each ended, or that it is open. */
export async function readSales(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'read_sale'>[],
): Promise<Answer<'read_sale'>[]> {
  const ids = inputs.map(({ sale }) => sale)
  const rows = await sql<{ sale: string; state: 'open' | SaleEnding }[]>`
    select sale, coalesce(because, 'open') as state from sales.sale where sale = any(${ids})`
  const states = new Map(rows.map(({ sale, state }) => [sale, state]))
  return ids.map((sale) => yes({ state: states.get(sale) ?? 'unknown' }))
}

/** How long a vault that lives may be late with the end of its own sale. */
const LATE_MS = 60_000

/**
 * Every second: sales whose time is over, those that another vault was told to end while this one
 * holds their keys, and those of a vault that is gone.
 */
export async function sweepSales(world: World): Promise<void> {
  const { store, sales, nowMs } = world
  for (const sale of sales.late(nowMs())) {
    // Wiped before anything can fail; the record is made up for at the next start at the latest.
    sales.drop(sale)
    await store.begin((sql) => endSale(world, sql, { sale, because: 'expired' }))
  }
  const held = sales.all()
  if (held.length > 0) {
    const ended = await store<{ sale: string }[]>`
      select sale from sales.sale where sale = any(${held}) and state = 'ended'`
    for (const { sale } of ended) sales.drop(sale)
  }
  const left = await store<{ sale: string }[]>`
    select sale from sales.sale
    where state = 'open' and chain <> ${world.chain} and expires_at_ms < ${nowMs() - LATE_MS}`
  for (const { sale } of left)
    await store.begin((sql) => endSale(world, sql, { sale, because: 'expired' }))
}
