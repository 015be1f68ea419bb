/** Handlers: what the platform's people read of payments. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { PaymentRow, Payments } from '#payments'
import type { Handlers } from './handler.ts'
import { timelineEntry } from './handlers-payments.ts'
import { pageOf } from './page.ts'
import { soughtOf } from './payments-sought.ts'

type Rooms = { readonly payments: Pick<Payments, 'find' | 'any' | 'timelineOf'> }
type Shown = Reply<'findPayments'>['data'][number]
type Names = 'findPayments' | 'readPayment'

const instantOf = (ms: number): string => new Date(ms).toISOString()

export const consolePaymentObject = (row: PaymentRow): Shown => ({
  id: row.id,
  object: 'console_payment',
  created_at: instantOf(row.created_ms),
  status: row.status,
  amount: row.amount,
  currency: row.currency,
  amount_captured: row.captured,
  amount_refunded: row.refunded,
  presentment: row.presentment,
  merchant: { id: row.merchant, name: row.payee.name },
  store: { id: row.store, place: row.payee.place },
  merchant_reference: row.merchant_reference,
  card: row.card === null ? null : { id: row.card, last4: row.card_last4 },
  declined_because: row.declined_because,
  deadline_at: instantOf(row.deadline_ms),
})

export const consoleReadHandlers = ({ payments }: Rooms): Handlers<Names> => ({
  findPayments: async ({ query, nowMs }) =>
    done(
      await pageOf('/v1/operator/payments', query, async (page) =>
        (await payments.find(soughtOf(query), page, nowMs)).map(consolePaymentObject),
      ),
    ),
  readPayment: async ({ params: { id } }) => {
    const row = await payments.any(id)
    if (row === undefined) return refused('not_found')
    const timeline = (await payments.timelineOf(id)).map(timelineEntry)
    return done({ payment: consolePaymentObject(row), timeline })
  },
})
