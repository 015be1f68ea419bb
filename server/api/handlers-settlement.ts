/** Settlements, payouts and balances, as merchants read them and the platform's people run them. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ItemRow, PayoutRow, Settlement, SettlementRow } from '#settlement'
import type { Handlers } from './handler.ts'
import { type CorrectionRooms, correctionHandlers } from './handlers-corrections.ts'
import { pageBy, pageOf } from './page.ts'

export type SettlementRooms = { readonly settlement: Settlement; readonly livemode: boolean }
type Own =
  | 'listSettlements'
  | 'getSettlement'
  | 'listSettlementItems'
  | 'listPayouts'
  | 'listBalances'
type Names =
  | Own
  | 'searchSettlements'
  | 'readSettlement'
  | 'readSettlementItems'
  | 'stopSettlement'
  | 'resumeSettlement'
  | 'searchPayouts'
  | 'endPayout'
  | 'putFeeTerms'
  | 'setSettlementZone'

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()
const instantOrNull = (ms: number | bigint | null) => (ms === null ? null : instantOf(ms))

export const settlementObject = (
  row: SettlementRow,
  livemode: boolean,
): Reply<'getSettlement'> => ({
  id: row.id,
  object: 'settlement',
  livemode,
  created_at: instantOf(row.created_ms),
  merchant: row.merchant,
  currency: row.currency,
  day: row.day,
  zone: row.zone,
  status: row.status,
  stopped: row.stopped,
  progress: { done: row.items, total: Math.max(row.items, row.items_total) },
  gross: row.gross,
  refunds: row.refunds,
  fees: row.fees,
  adjustments: row.adjustments,
  carried: row.carried,
  net: row.net,
  payout: row.payout,
  closed_at: instantOrNull(row.closed_ms),
})

const itemObject = (row: ItemRow): Reply<'listSettlementItems'>['data'][number] => ({
  object: 'settlement_item',
  settlement: row.settlement,
  entry: row.entry,
  reference: row.reference,
  payment: row.payment,
  amount: row.amount,
  at: instantOf(row.at_ms),
})

const payoutObject = (row: PayoutRow, livemode: boolean): Reply<'endPayout'> => ({
  id: row.id,
  object: 'payout',
  livemode,
  created_at: instantOf(row.created_ms),
  merchant: row.merchant,
  currency: row.currency,
  amount: row.amount,
  settlement: row.settlement,
  status: row.status,
  bank_reference: row.bank_reference,
  failed_because: row.failed_because,
  decided_at: instantOrNull(row.decided_ms),
})

type Query = { readonly limit?: number; readonly starting_after?: string }

/** The reads that both sides have: of one merchant, or of all. */
function readsOf({ settlement, livemode }: SettlementRooms) {
  const settlements = async (url: string, query: Query, merchant: Id<'mer'> | undefined) =>
    pageOf(url, query, async (page) =>
      (await settlement.list({ merchant, page })).map((row) => settlementObject(row, livemode)),
    )
  const payouts = async (url: string, query: Query, merchant: Id<'mer'> | undefined) =>
    pageOf(url, query, async (page) =>
      (await settlement.payouts({ merchant, page })).map((row) => payoutObject(row, livemode)),
    )
  const one = async (id: Id<'stl'>, merchant: Id<'mer'> | undefined) => {
    const row = await settlement.get({ settlement: id, merchant })
    return row ? done(settlementObject(row, livemode)) : refused('not_found')
  }
  const items = async (id: Id<'stl'>, query: Query, merchant: Id<'mer'> | undefined) => {
    if (!(await settlement.get({ settlement: id, merchant }))) return refused('not_found')
    const url = `/v1/settlements/${id}/items`
    const read = async ({ limit, before }: { limit: number; before: string | undefined }) =>
      (await settlement.items({ settlement: id, limit, after: before })).map(itemObject)
    const cursorOf = ({ reference, entry }: { reference: string; entry: string }) =>
      `${reference}/${entry}`
    return done(await pageBy(url, query, { read, cursorOf }))
  }
  return { settlements, payouts, one, items }
}

function merchantsOwn(rooms: SettlementRooms): Handlers<Own> {
  const { settlement } = rooms
  const { settlements, payouts, one, items } = readsOf(rooms)
  return {
    listSettlements: async ({ caller, query }) =>
      done(await settlements('/v1/settlements', query, caller.merchant)),
    getSettlement: ({ caller, params }) => one(params.id, caller.merchant),
    listSettlementItems: ({ caller, params, query }) => items(params.id, query, caller.merchant),
    listPayouts: async ({ caller, query }) =>
      done(await payouts('/v1/payouts', query, caller.merchant)),
    listBalances: async ({ caller: { merchant } }) => {
      const data = (await settlement.balances(merchant)).map((row) => ({
        object: 'balance' as const,
        merchant,
        currency: row.currency,
        amount: Number(row.amount),
        zone: row.zone,
        settles_at: instantOrNull(row.due_ms),
      }))
      const list = { object: 'list' as const, url: '/v1/balances', has_more: false }
      return done({ ...list, next_cursor: null, data })
    },
  }
}

function operators(rooms: SettlementRooms): Handlers<Exclude<Names, Own>> {
  const { settlement, livemode } = rooms
  const { settlements, payouts, one, items } = readsOf(rooms)
  const hold = async (id: Id<'stl'>, stopped: boolean) => {
    const held = await settlement.hold(id, stopped)
    return held.ok ? done(settlementObject(held.value, livemode)) : held
  }
  return {
    searchSettlements: async ({ query: { merchant, ...page } }) =>
      done(await settlements('/v1/operator/settlements', page, merchant)),
    readSettlement: ({ params }) => one(params.id, undefined),
    readSettlementItems: ({ params, query }) => items(params.id, query, undefined),
    stopSettlement: ({ params }) => hold(params.id, true),
    resumeSettlement: ({ params }) => hold(params.id, false),
    searchPayouts: async ({ query: { merchant, ...page } }) =>
      done(await payouts('/v1/operator/payouts', page, merchant)),
    endPayout: async ({ params, body, nowMs }) => {
      const { status, bank_reference: bankReference = null, reason = null } = body
      if (status === 'failed' && reason === null)
        return refused('field_invalid', 'reason', 'why the bank could not pay')
      const end = { payout: params.id, status, bankReference, reason, nowMs }
      const ended = await settlement.endPayout(end)
      return ended.ok ? done(payoutObject(ended.value, livemode)) : ended
    },
    putFeeTerms: async ({ caller: { operator: by }, body, nowMs }) => {
      const { merchant = null, program = null, currency, basis_points: basisPoints, fixed } = body
      await settlement.putTerms({ merchant, program, currency, basisPoints, fixed, by, nowMs })
      const terms = { merchant, program, currency, basis_points: basisPoints, fixed }
      return done({ object: 'fee_terms' as const, ...terms, from: instantOf(nowMs) })
    },
    setSettlementZone: async ({ params: { id: merchant }, body: { zone } }) => {
      const put = await settlement.putZone(merchant, zone)
      if (put === undefined) return refused('not_found')
      return put
        ? done({ merchant, zone })
        : refused('field_invalid', 'zone', 'an IANA time zone, like Asia/Tokyo')
    },
  }
}

export const settlementHandlers = (rooms: SettlementRooms & CorrectionRooms) => ({
  ...merchantsOwn(rooms),
  ...operators(rooms),
  ...correctionHandlers(rooms),
})
