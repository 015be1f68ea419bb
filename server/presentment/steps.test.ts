// Goal: a payment waits for its table's steps, never past its own end, and ends as its table says.
// Method: every way and step of the table; a house's own limits; a step that a way does not have.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approvedPresentments } from '@warifu/protocol/approval-content'
import { firstStep, lateOf, numberOf, stepNames, stepTo, ways } from './steps.ts'

const at = { nowMs: 1000, untilMs: 301_000, seconds: {} }

test('every way has its first step, and none lasts longer than its payment', () => {
  for (const way of approvedPresentments) {
    const first = firstStep(way, at)
    assert.equal(first.kind, ways[way].steps[0].kind)
    for (const { kind } of ways[way].steps) {
      const { deadlineMs } = stepTo(way, kind, at)
      assert(deadlineMs > at.nowMs && deadlineMs <= at.untilMs, `${way}.${kind}`)
      assert.equal(stepTo(way, kind, { ...at, untilMs: 1001 }).deadlineMs, 1001)
      assert(stepNames.includes(`${way}.${kind}`))
    }
  }
})

test('a house has limits of its own', () => {
  const seconds = { 'phone.approve': 7 }
  assert.equal(firstStep('phone', { ...at, seconds }).deadlineMs, 8000)
  assert.equal(firstStep('code', { ...at, seconds }).deadlineMs, firstStep('code', at).deadlineMs)
})

test('silence ends a link as expired, and whoever was asked as not reached', () => {
  for (const way of ['wallet', 'sim'] as const) assert.equal(lateOf(way, 'present'), null)
  for (const way of ['code', 'phone', 'beacon', 'reader'] as const)
    assert.equal(lateOf(way, 'approve'), 'cardholder_not_reached')
  assert.equal(lateOf('wallet', null), null)
})

test('a number is asked for where the person and the till may be apart unseen', () => {
  assert.notEqual(numberOf('beacon'), null)
  for (const way of ['wallet', 'code', 'phone'] as const) assert.equal(numberOf(way), null)
})

test('a step that a way does not have is a bug', () => {
  assert.throws(() => stepTo('wallet', 'enter_pin', at), /wallet has no step enter_pin/)
})
