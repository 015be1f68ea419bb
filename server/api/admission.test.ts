// Goal: a process has an end of its work; what goes on is let in longer than what is new.
// Method: the decision as a table; the counter, filled and emptied.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contract } from '@warifu/protocol/contract'
import { beginsNew, createAdmission, mayEnter } from './admission.ts'

// biome-ignore format: a table reads by its columns
const table = [
  // open, most, new?, goes on?
  [0, 1, true, true],
  [1, 1, false, false],
  [5, 8, true, true],
  [6, 8, false, true],
  [7, 8, false, true],
  [8, 8, false, false],
  [9, 8, false, false],
  [191, 256, true, true],
  [192, 256, false, true],
] as const

test('three quarters for what is new, all for what goes on', () => {
  for (const [open, most, isNew, goesOn] of table) {
    assert.equal(mayEnter({ open, most }, true), isNew, `${open} of ${most}, new`)
    assert.equal(mayEnter({ open, most }, false), goesOn, `${open} of ${most}, goes on`)
  }
})

test('a payment begins, its capture and every question go on', () => {
  assert(beginsNew(contract.createPayment))
  assert(!beginsNew(contract.capturePayment))
  assert(!beginsNew(contract.getPayment))
  assert(!beginsNew(contract.listPayments))
})

test('who leaves makes room; who was not let in takes none', () => {
  const { enter, leave } = createAdmission(2)
  assert(enter(false))
  assert(enter(false))
  assert(!enter(false))
  assert(!enter(false))
  leave()
  assert(enter(false), 'one place, however many were turned away')
  assert(!enter(true))
  leave()
  leave()
  assert(enter(true))
})
