/**
 * Unified sales (S4): one list over everything that a merchant sold. Payments are read where they
 * lie; cash and transfers are written down here, once for each Idempotency-Key.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint, mintId } from '@warifu/protocol/ids'
import type { PaymentStatus } from '@warifu/protocol/moves'
import type { Presentment } from '@warifu/protocol/objects'
import type { SaleKind } from '@warifu/protocol/sales-objects'
import type { OrderLine } from '@warifu/protocol/sealed'
import { payeeOf } from '#merchants'
import { orderDigest } from '#payments'
import { type Claiming, claimed, type Store, type Tx } from '#store'
import { boundsOf, type Span } from './span.ts'

export type SaleRow = {
  readonly at: string
  readonly id: Id<'pay'> | Id<'sal'>
  readonly kind: SaleKind
  readonly presentment: Presentment | null
  readonly status: PaymentStatus
  readonly store: Id<'str'>
  readonly merchant_reference: string | null
  readonly amount: number
  readonly currency: string
  readonly captured: number
  readonly refunded: number
  readonly token: Id<'tok'> | null
  readonly device: Id<'edv'> | null
  readonly transfer_reference: string | null
  readonly lines: OrderLine[]
  readonly order_digest: string
  readonly metadata: Record<string, string>
  readonly sold_ms: number
}
export type SaleTotalRow = {
  readonly kind: SaleKind
  readonly currency: string
  readonly count: number
  readonly amount: number
  readonly refunded: number
}
export type SaleRefundRow = {
  readonly id: Id<'ref'>
  readonly sale: Id<'sal'>
  readonly amount: number
  readonly currency: string
  readonly created_ms: number
}

export type NewSale = Claiming & {
  readonly kind: Exclude<SaleKind, 'payment'>
  readonly amount: number
  readonly currency: string
  readonly store: Id<'str'> | undefined
  readonly merchantReference: string | null
  readonly transferReference: string | null
  readonly lines: readonly OrderLine[]
  readonly soldMs: number
  readonly metadata: Readonly<Record<string, string>>
}
export type SaleRefunding = Claiming & { readonly sale: Id<'sal'>; readonly amount: number | null }

export type SalesQuery = Span & {
  readonly limit: number
  /** The id after which a page begins. */
  readonly before: string | undefined
  readonly kind: SaleKind | undefined
  readonly reference: string | undefined
}

type Needs = {
  readonly store: Store
  readonly mint: Mint
  readonly random: (size: number) => Uint8Array
}
export type Sales = ReturnType<typeof createSales>

export const createSales = (needs: Needs) => ({
  create: (sale: NewSale) => createSale(needs, sale),
  refund: (asked: SaleRefunding) => refundSale(needs, asked),
  list: (merchant: Id<'mer'>, query: SalesQuery) => listSales(needs, merchant, query),
  totals: (merchant: Id<'mer'>, span: Span) => totalSales(needs, merchant, span),
  get: (merchant: Id<'mer'>, id: SaleRow['id']) => readSale(needs, merchant, id),
})

async function createSale(needs: Needs, sale: NewSale): Promise<Answer<SaleRow>> {
  const { merchant, nowMs, soldMs } = sale
  if (soldMs > nowMs)
    return refused('field_invalid', 'received_at', 'a time that has been expected')
  const made = await needs.store.transaction((tx) =>
    claimed<Id<'sal'>>(tx, sale, async () => {
      const payee = await payeeOf(tx, merchant, sale.store)
      if (payee === undefined) return refused('not_found', 'store')
      const lane = laneOf(merchant)
      const id = mintId({ prefix: 'sal', lane, nowMs: soldMs, chance: needs.random(14) })
      await tx`
        insert into settlement.sale
          (lane, id, merchant, store, kind, merchant_reference, amount, currency, lines,
           order_digest, transfer_reference, metadata, sold_ms, created_ms)
        values (${lane}, ${id}, ${merchant}, ${payee.store}, ${sale.kind},
                ${sale.merchantReference}, ${sale.amount}, ${sale.currency},
                ${tx.json([...sale.lines])}, ${orderDigest(sale.lines)}, ${sale.transferReference},
                ${tx.json(sale.metadata)}, ${soldMs}, ${nowMs})`
      return done(id)
    }),
  )
  if (!made.ok) return made
  const row = await readSale(needs, merchant, made.value)
  if (row === undefined) throw new Error('a sale that was written down is not there')
  return done(row)
}

/** Gives back what is left, or a part: never more than was received, whoever asks at once. */
async function refundSale(needs: Needs, asked: SaleRefunding): Promise<Answer<SaleRefundRow>> {
  const { sale, merchant } = asked
  return needs.store.transaction(async (tx): Promise<Answer<SaleRefundRow>> => {
    const made = await claimed<Id<'ref'>>(tx, asked, () => enterRefund(tx, needs, asked))
    if (!made.ok) return made
    const [row] = await tx<{ row: SaleRefundRow }[]>`
      select to_jsonb(r) || jsonb_build_object('currency', s.currency) as row
        from settlement.sale_refund r join settlement.sale s on s.lane = r.lane and s.id = r.sale
       where r.lane = ${laneOf(sale)} and r.sale = ${sale} and r.id = ${made.value}
         and s.merchant = ${merchant}`
    if (row === undefined) throw new Error('a refund that was written down is not there')
    return done(row.row)
  })
}

async function enterRefund(
  tx: Tx,
  { mint }: Needs,
  { sale, merchant, amount, nowMs }: SaleRefunding,
): Promise<Answer<Id<'ref'>>> {
  const lane = laneOf(sale)
  const [row] = await tx<{ left: bigint }[]>`
    select amount - refunded as left from settlement.sale
     where lane = ${lane} and id = ${sale} and merchant = ${merchant} for no key update`
  if (row === undefined) return refused('not_found')
  const due = amount === null ? row.left : BigInt(amount)
  if (due < 1n || due > row.left) return refused('amount_above_captured', 'amount')
  const id = mint('ref', lane)
  await tx`
    update settlement.sale set refunded = refunded + ${due} where lane = ${lane} and id = ${sale}`
  await tx`
    insert into settlement.sale_refund (lane, sale, id, amount, created_ms)
    values (${lane}, ${sale}, ${id}, ${due}, ${nowMs})`
  return done(id)
}

/** Newest first, whatever kind; ask for one more than is shown to know whether there are more. */
async function listSales(
  { store: { sql } }: Needs,
  merchant: Id<'mer'>,
  { limit, before, kind, reference, ...span }: SalesQuery,
): Promise<SaleRow[]> {
  const { from, to } = boundsOf(span)
  const after = before?.slice(4)
  const rows = await sql<{ row: SaleRow }[]>`
    select to_jsonb(s) as row
      from settlement.sold(${merchant}, ${from}, ${after !== undefined && after < to ? after : to},
                           ${kind ?? null}, ${reference ?? null}, ${limit}) s
     order by s.at desc limit ${limit}`
  return rows.map(({ row }) => row)
}

async function readSale(
  { store: { sql } }: Needs,
  merchant: Id<'mer'>,
  id: SaleRow['id'],
): Promise<SaleRow | undefined> {
  // Of all ids behind this one none lies before its continuation.
  const [at, kind] = [id.slice(4), id.startsWith('pay') ? 'payment' : null]
  const [found] = await sql<{ row: SaleRow }[]>`
    select to_jsonb(s) as row
      from settlement.sold(${merchant}, ${at}, ${`${at}~`}, ${kind}, null, 1) s
     where s.id = ${id}`
  return found?.row
}

/** Sales by which money came, as they stand now. */
async function totalSales(
  { store: { sql } }: Needs,
  merchant: Id<'mer'>,
  span: Span,
): Promise<SaleTotalRow[]> {
  const { from, to } = boundsOf(span)
  const rows = await sql<{ row: SaleTotalRow }[]>`
    select to_jsonb(t) as row from (
      select s.currency, s.kind, count(*) as count, sum(s.captured)::bigint as amount,
             sum(s.refunded)::bigint as refunded
        from settlement.sold(${merchant}, ${from}, ${to}, null, null, null) s
       where s.captured > 0
       group by s.currency, s.kind) t
     order by t.currency, t.kind`
  return rows.map(({ row }) => row)
}
