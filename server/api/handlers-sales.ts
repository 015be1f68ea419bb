/** Unified sales, as merchants read and write them. */
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import {
  FOREVER,
  type SaleRefundRow,
  type SaleRow,
  type Sales,
  type SaleTotalRow,
  type Span,
} from '#settlement'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

export type SalesRooms = { readonly sales: Sales; readonly livemode: boolean }
type Names = 'createSale' | 'refundSale' | 'listSales' | 'totalSales' | 'getSale'

const instantOf = (ms: number): string => new Date(ms).toISOString()

export const saleObject = (row: SaleRow, livemode: boolean): Reply<'getSale'> => ({
  id: row.id,
  object: 'sale',
  livemode,
  sold_at: instantOf(row.sold_ms),
  kind: row.kind,
  presentment: row.presentment,
  status: row.status,
  merchant_reference: row.merchant_reference,
  amount: row.amount,
  currency: row.currency,
  amount_captured: row.captured,
  amount_refunded: row.refunded,
  store: row.store,
  token: row.token,
  entry_device: row.device,
  transfer_reference: row.transfer_reference,
  order: { lines: row.lines, digest: row.order_digest },
  metadata: row.metadata,
})

const refundObject = (row: SaleRefundRow): Reply<'refundSale'> => ({
  id: row.id,
  object: 'refund',
  created_at: instantOf(row.created_ms),
  sale: row.sale,
  amount: row.amount,
  currency: row.currency,
})

const totalObject = (row: SaleTotalRow): Reply<'totalSales'>['data'][number] => ({
  object: 'sale_total',
  ...row,
  net: row.amount - row.refunded,
})

/** An instant that is written right may still not be one: the 31st of June. */
function readMoment(name: string, text: string | undefined, otherwise: number): Answer<number> {
  if (text === undefined) return done(otherwise)
  const ms = Date.parse(text)
  const isOne = !Number.isNaN(ms) && ms >= 0 && (text.length > 10 || isDate(text, ms))
  return isOne ? done(ms) : refused('field_invalid', name, 'a date or an instant expected')
}
const isDate = (text: string, ms: number) => instantOf(ms).startsWith(text)

/** `from` is in it, `to` is not. */
export function readSpan(asked: { readonly from?: string; readonly to?: string }): Answer<Span> {
  const from = readMoment('from', asked.from, FOREVER.fromMs)
  if (!from.ok) return from
  const to = readMoment('to', asked.to, FOREVER.toMs)
  return to.ok ? done({ fromMs: from.value, toMs: to.value }) : to
}

export const salesHandlers = ({ sales, livemode }: SalesRooms): Handlers<Names> => ({
  createSale: async ({ caller: { merchant, once }, body, nowMs }) => {
    const sold = readMoment('received_at', body.received_at, nowMs)
    if (!sold.ok) return sold
    const { kind, amount, currency, store, lines = [], metadata = {} } = body
    const made = await sales.create({
      ...{ merchant, ...once, nowMs, kind, amount, currency, store, lines, metadata },
      merchantReference: body.merchant_reference ?? null,
      transferReference: body.transfer_reference ?? null,
      soldMs: sold.value,
    })
    return made.ok ? done(saleObject(made.value, livemode)) : made
  },
  refundSale: async ({ caller: { merchant, once }, params, body, nowMs }) => {
    const asked = { merchant, ...once, nowMs, sale: params.id, amount: body.amount ?? null }
    const made = await sales.refund(asked)
    return made.ok ? done(refundObject(made.value)) : made
  },
  listSales: async ({ caller, query }) => {
    const span = readSpan(query)
    if (!span.ok) return span
    const wanted = { ...span.value, kind: query.kind, reference: query.merchant_reference }
    return done(
      await pageOf('/v1/sales', query, async (page) =>
        (await sales.list(caller.merchant, { ...page, ...wanted })).map((row) =>
          saleObject(row, livemode),
        ),
      ),
    )
  },
  totalSales: async ({ caller, query }) => {
    const span = readSpan(query)
    if (!span.ok) return span
    const data = (await sales.totals(caller.merchant, span.value)).map(totalObject)
    const whole = { has_more: false, next_cursor: null, data }
    return done({ object: 'list', url: '/v1/sales/totals', ...whole })
  },
  getSale: async ({ caller, params }) => {
    const row = await sales.get(caller.merchant, params.id)
    return row ? done(saleObject(row, livemode)) : refused('not_found')
  },
})
