/**
 * Goal: what became of a payment is told as what it is; money that moved is never called declined.
 * Method: every status of the life cycle, through the one function that names the ending.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PaymentStatus, paymentMoves } from '@warifu/protocol/moves'
import { endingOf } from './payment.ts'

const activity = (status: PaymentStatus, declined_because: string | null = null) =>
  ({ status, declined_because }) as Parameters<typeof endingOf>[0]

const open = ['requires_action', 'processing']
const unpaid = ['declined', 'cancelled', 'expired']

test('a payment that still waits has no ending', () => {
  for (const status of open) assert.equal(endingOf(activity(status as PaymentStatus)), null)
})

test('whatever had money move is paid, and only that', () => {
  for (const status of Object.keys(paymentMoves) as PaymentStatus[]) {
    const isPaid = ![...open, ...unpaid, 'reversed'].includes(status)
    assert.equal(endingOf(activity(status))?.kind === 'paid', isPaid, status)
  }
})

test('a no of the person and a no of the issuer are told apart', () => {
  assert.deepEqual(endingOf(activity('declined', 'approval_denied')), { kind: 'denied' })
  const declined = endingOf(activity('declined', 'limit_exceeded'))
  assert.deepEqual(declined, { kind: 'declined', code: 'limit_exceeded' })
})
