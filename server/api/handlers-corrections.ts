/** Money that people move, statements, and the proof of the books. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { Issuing } from '#issuing'
import type { AdjustmentRow, AlertRow, Settlement, Statement } from '#settlement'
import type { Handlers } from './handler.ts'
import { secondObject } from './handlers-issuing.ts'
import { pageOf } from './page.ts'

export type CorrectionRooms = { readonly settlement: Settlement; readonly issuing: Issuing }
type Names =
  | 'makeAdjustment'
  | 'listAdjustments'
  | 'repayCard'
  | 'getStatement'
  | 'readStatement'
  | 'checkLedger'
  | 'listLedgerAlerts'

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()

const adjustmentObject = (row: AdjustmentRow): Reply<'listAdjustments'>['data'][number] => ({
  id: row.id,
  object: 'adjustment',
  created_at: instantOf(row.created_ms),
  merchant: row.merchant,
  card: row.card,
  amount: row.amount,
  currency: row.currency,
  reason: row.reason,
  reference: row.reference,
  reverses: row.reverses,
  asked_by: row.asked_by,
  by: row.by,
})

const isPaymentId = (text: string): text is `pay_${string}` => text.startsWith('pay_')

const statementObject = (of: Statement): Reply<'getStatement'> => ({
  object: 'statement',
  card: of.card,
  month: of.month,
  currency: of.currency,
  opening: Number(of.opening),
  spent: Number(of.spent),
  given_back: Number(of.givenBack),
  repaid: Number(of.repaid),
  adjustments: Number(of.adjustments),
  closing: Number(of.closing),
  due: of.due,
  archived: of.archived,
  entries: of.entries.map(({ at_ms, entry, reference, payment, payee, amount }) => ({
    at: instantOf(at_ms),
    entry,
    reference,
    payment: isPaymentId(payment) ? payment : null,
    payee,
    amount: Number(amount),
  })),
})

const alertObject = (row: AlertRow): Reply<'listLedgerAlerts'>['data'][number] => ({
  id: row.id,
  object: 'ledger_alert',
  lane: row.lane,
  kind: row.kind,
  account: row.account,
  currency: row.currency,
  amount: row.amount,
  at: instantOf(row.created_ms),
})

export function correctionHandlers({ settlement, issuing }: CorrectionRooms): Handlers<Names> {
  return {
    makeAdjustment: async ({ caller: { operator: by }, body, nowMs }) => {
      const { merchant, card, reverses = null, ...asked } = body
      if ((merchant === undefined) === (card === undefined))
        return refused('field_invalid', 'merchant', 'either a merchant or a card')
      const view = card === undefined ? undefined : await issuing.card(card, nowMs)
      if (card !== undefined && view === undefined) return refused('not_found', 'card')
      const whose =
        view !== undefined
          ? { card: view.id, cardholder: view.cardholder }
          : merchant !== undefined && { merchant }
      if (whose === false) return refused('not_found')
      const made = await settlement.adjust({ ...asked, whose, reverses, by, nowMs })
      if (!made.ok) return made
      const { adjustment, waiting } = made.value
      return done({
        adjustment: adjustment && adjustmentObject(adjustment),
        waiting: secondObject(waiting),
      })
    },
    listAdjustments: async ({ query }) =>
      done(
        await pageOf('/v1/operator/adjustments', query, async (page) =>
          (await settlement.adjustments(page)).map(adjustmentObject),
        ),
      ),
    repayCard: async ({ params: { id }, body, nowMs }) => {
      const view = await issuing.card(id, nowMs)
      if (view === undefined) return refused('not_found')
      const { cardholder } = view
      const repaid = await settlement.repay({ card: id, cardholder, ...body, nowMs })
      if (!repaid.ok) return repaid
      return done({ card: id, owed: repaid.value.owed, currency: body.currency })
    },
    getStatement: async ({ caller: { call }, params: { id: card, month }, nowMs }) => {
      const view = await issuing.card(card, nowMs)
      if (view?.cardholder !== call.cardholder) return refused('not_found')
      const statement = await settlement.statement({ card, month, nowMs })
      return statement ? done(statementObject(statement)) : refused('not_found')
    },
    readStatement: async ({ params: { id: card, month }, nowMs }) => {
      const statement = await settlement.statement({ card, month, nowMs })
      return statement ? done(statementObject(statement)) : refused('not_found')
    },
    checkLedger: async ({ nowMs }) => {
      const { lanes, faults } = await settlement.check()
      return done({
        object: 'ledger_check' as const,
        checked_at: instantOf(nowMs),
        lanes,
        faults: faults.map((fault) => ({
          ...fault,
          expected: Number(fault.expected),
          found: Number(fault.found),
        })),
      })
    },
    listLedgerAlerts: async ({ query }) =>
      done(
        await pageOf('/v1/operator/ledger/alerts', query, async (page) =>
          (await settlement.alerts(page)).map(alertObject),
        ),
      ),
  }
}
