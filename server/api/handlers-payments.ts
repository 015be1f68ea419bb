/** Payments, as merchants ask for them. */

import type { Body, Reply } from '@warifu/protocol/contract'
import type { Answer } from '@warifu/protocol/errors'
import { done, refused } from '@warifu/protocol/errors'
import type { Hop } from '@warifu/protocol/objects'
import {
  type IncrementRow,
  isPushed,
  isWay,
  type PaymentRow,
  type Payments,
  type RefundRow,
  type TimelineRow,
  toldOf,
} from '#payments'
import type { Call, Callers, Handlers } from './handler.ts'
import { pageOf } from './page.ts'
import { soughtOf } from './payments-sought.ts'
import { returnUrlFault } from './return-url.ts'

export type PaymentRooms = {
  readonly payments: Payments
  readonly walletOrigin: string
  readonly livemode: boolean
}

const DEFAULT_EXPIRES_S = 300

const instantOf = (ms: number): string => new Date(ms).toISOString()

/** A payment as its merchant reads it: a reference and four digits, whoever paid. */
export function paymentObject(rooms: PaymentRooms, row: PaymentRow): Reply<'getPayment'> {
  const open = row.status === 'requires_action'
  const deadline = instantOf(row.deadline_ms)
  // Until a card was read, a merchant does not learn whether anybody was found.
  const knowsWho = row.card !== null || !isPushed(row.presentment)
  return {
    id: row.id,
    object: 'payment',
    livemode: rooms.livemode,
    created_at: instantOf(row.created_ms),
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    amount_incremented: row.incremented ?? 0,
    amount_overcaptured: row.overcaptured ?? 0,
    amount_capturable: capturable(row),
    amount_captured: row.captured,
    amount_refunded: row.refunded,
    merchant: row.merchant,
    store: row.store,
    merchant_reference: row.merchant_reference,
    order: { lines: row.lines, digest: row.order_digest },
    presentment: row.presentment,
    extent: row.extent,
    capture_method: row.capture_method,
    card:
      row.card !== null && row.card_last4 !== null
        ? {
            reference: rooms.payments.cardReference(row.merchant, row.card),
            last4: row.card_last4,
          }
        : null,
    approval: knowsWho ? row.approval : null,
    match_number: open ? row.match_number : null,
    next_action: open ? nextActionOf(row) : null,
    link:
      open && row.terminal === null && !isPushed(row.presentment)
        ? `${rooms.walletOrigin}/pay#${rooms.payments.linkOf(row.id)}`
        : null,
    return_url: row.return_url,
    declined_because: row.declined_because,
    deadline_at: deadline,
    metadata: row.metadata,
  }
}

function capturable(row: PaymentRow): number {
  const { status, amount, incremented, overcaptured, captured, released } = row
  if (status !== 'authorized') return 0
  return amount + (incremented ?? 0) + (overcaptured ?? 0) - captured - (released ?? 0)
}

const incrementObject = (row: IncrementRow): Reply<'incrementPayment'> => {
  const deadline = instantOf(row.deadline_ms)
  const open = row.status === 'requires_action'
  return {
    id: row.id,
    object: 'increment',
    created_at: instantOf(row.created_ms),
    payment: row.payment,
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    declined_because: row.declined_because,
    next_action: open ? { kind: 'approve', by: 'cardholder', deadline_at: deadline } : null,
    deadline_at: deadline,
  }
}

function nextActionOf(row: PaymentRow): Reply<'getPayment'>['next_action'] {
  const { action: kind, action_by: by, action_deadline_ms: deadlineMs } = row
  if (kind === null || by === null || deadlineMs === null) return null
  return { kind, by, deadline_at: instantOf(deadlineMs) }
}

const refundObject = (row: RefundRow): Reply<'refundPayment'> => ({
  id: row.id,
  object: 'refund',
  created_at: instantOf(row.created_ms),
  payment: row.payment,
  amount: row.amount,
  currency: row.currency,
})

const mapped = <A, B>(answer: Answer<A>, map: (value: A) => B): Answer<B> =>
  answer.ok ? done(map(answer.value)) : answer

type ActCall = Call<'capturePayment' | 'cancelPayment' | 'refundPayment' | 'incrementPayment'> & {
  readonly caller: Callers['merchant']
}
const actOf = ({ caller, params, requestId, nowMs }: ActCall, amount?: number) => ({
  merchant: caller.merchant,
  payment: params.id,
  ...caller.once,
  requestId,
  nowMs,
  ...(amount === undefined ? {} : { amount }),
})

const newPayment = (body: Body<'createPayment'>, caller: Callers['merchant']) => ({
  merchant: caller.merchant,
  ...caller.once,
  amount: body.amount,
  currency: body.currency,
  ...(body.store === undefined ? {} : { store: body.store }),
  ...(body.merchant_reference === undefined ? {} : { merchantReference: body.merchant_reference }),
  lines: body.lines ?? [],
  captureMethod: body.capture_method ?? (body.extent === 'up_to' ? 'manual' : 'automatic'),
  extent: body.extent ?? 'exact',
  expiresInS: body.expires_in ?? DEFAULT_EXPIRES_S,
  ...(body.return_url === undefined ? {} : { returnUrl: body.return_url }),
  metadata: body.metadata ?? {},
})

/** A card that comes with the request is decided in it; else somebody is waited for. */
const create = (
  { payments }: PaymentRooms,
  { presentment }: Body<'createPayment'>,
  ask: ReturnType<typeof newPayment>,
  at: Parameters<Payments['charge']>[2],
) =>
  presentment?.kind === 'entry_device' ||
  presentment?.kind === 'moto' ||
  presentment?.kind === 'token'
    ? payments.charge(ask, presentment, at)
    : payments.create(ask, presentment ?? { kind: 'wallet' }, at)

export const timelineEntry = (row: TimelineRow): Reply<'getTimeline'>['data'][number] => {
  const at = instantOf(Number(row.at_ms))
  // What is no short form was written by payments/hops.ts in this shape.
  const hops = isWay(row.hops) ? toldOf(row.hops, at, row.outcome) : (row.hops as Hop[])
  return { request: row.request, at, name: row.name, outcome: row.outcome, hops }
}

export const paymentHandlers = (rooms: PaymentRooms) =>
  ({
    createPayment: async ({ body, caller, requestId, nowMs }) => {
      const { return_url: url } = body
      const expected = url === undefined ? undefined : returnUrlFault(url, rooms.livemode)
      if (expected !== undefined) return refused('field_invalid', 'return_url', expected)
      if (body.extent === 'up_to' && body.capture_method === 'automatic')
        return refused('field_invalid', 'capture_method', 'manual expected: a ceiling is no sum')
      return mapped(
        await create(rooms, body, newPayment(body, caller), { requestId, nowMs }),
        (row) => paymentObject(rooms, row),
      )
    },
    getPayment: async ({ params, caller }) => {
      const row = await rooms.payments.paymentOf({ merchant: caller.merchant, payment: params.id })
      return row ? done(paymentObject(rooms, row)) : refused('not_found')
    },
    listPayments: async ({ query, caller, nowMs }) => {
      const sought = { ...soughtOf(query), merchant: caller.merchant }
      return done(
        await pageOf('/v1/payments', query, async (page) =>
          (await rooms.payments.find(sought, page, nowMs)).map((row) => paymentObject(rooms, row)),
        ),
      )
    },
    getTimeline: async ({ params, caller }) => {
      const owned = { merchant: caller.merchant, payment: params.id }
      const row = await rooms.payments.paymentOf(owned)
      if (row === undefined) return refused('not_found')
      const rows = await rooms.payments.merchantTimelineOf(row)
      return done({
        object: 'list',
        url: `/v1/payments/${params.id}/timeline`,
        has_more: false,
        next_cursor: null,
        data: rows.map(timelineEntry),
      })
    },
    capturePayment: async (call) =>
      mapped(
        await rooms.payments.capture({
          ...actOf(call, call.body.amount),
          final: call.body.final ?? true,
        }),
        (row) => paymentObject(rooms, row),
      ),
    incrementPayment: async (call) =>
      mapped(
        await rooms.payments.increment({
          ...actOf(call),
          amount: call.body.amount,
          expiresInS: call.body.expires_in ?? DEFAULT_EXPIRES_S,
        }),
        incrementObject,
      ),
    listIncrements: async ({ params, caller, query }) => {
      const owned = { merchant: caller.merchant, payment: params.id }
      if ((await rooms.payments.paymentOf(owned)) === undefined) return refused('not_found')
      return done(
        await pageOf(`/v1/payments/${params.id}/increments`, query, async (page) =>
          (await rooms.payments.increments(params.id, page)).map(incrementObject),
        ),
      )
    },
    cancelPayment: async (call) =>
      mapped(await rooms.payments.cancel(actOf(call)), (row) => paymentObject(rooms, row)),
    refundPayment: async (call) =>
      mapped(await rooms.payments.refund(actOf(call, call.body.amount)), refundObject),
  }) satisfies Partial<Handlers>
