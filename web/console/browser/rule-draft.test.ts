// Goal: a program's rules come out of the editor as they went in, and what is no rule yet is none.
// Method: rules of every kind, there and back, in currencies with and without decimals; then drafts
//   with something missing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draftOf, newCondition, newRule, type Rule, ruleOf, rulesOf } from './rule-draft.ts'

const share = { perMilleOfIncome: 20, atMost: 60_050 }
const rules: readonly Rule[] = [
  { when: [{ fact: 'age', below: 18 }], gives: { result: 'refuse', reason: 'under_age' } },
  {
    when: [
      { fact: 'employment', among: ['none', 'student'] },
      { fact: 'annualIncome', atLeast: 500_050 },
    ],
    gives: { result: 'review', reason: 'needs_a_person' },
  },
  { when: [{ fact: 'bureau', among: ['unreachable'] }], gives: grant(null) },
  { when: [], gives: grant(100_000) },
  { when: [], gives: grant(share) },
]
function grant(limit: number | null | typeof share) {
  return { result: 'approve', reason: 'rules_met', limit } as const
}

for (const currency of ['jpy', 'usd', 'bhd'])
  test(`rules of a program in ${currency} come out as they went in`, () => {
    const drafts = rules.map((rule) => draftOf(rule, currency))
    assert.deepEqual(rulesOf(drafts, currency), rules)
  })

test('what is typed is money of the currency; what is not, is no rule', () => {
  const age = { ...newCondition, value: '18' }
  const read = (change: object) => ruleOf({ ...newRule, when: [age], ...change }, 'usd')
  assert.deepEqual(read({})?.when, [{ fact: 'age', below: 18 }])
  const income = { ...newCondition, fact: 'annualIncome' as const, value: '5000.50' }
  assert.deepEqual(read({ when: [income] })?.when, [{ fact: 'annualIncome', below: 500_050 }])
  for (const value of ['', 'x', '-1', '1.5'])
    assert.equal(read({ when: [{ ...age, value }] }), undefined, value)
  assert.equal(read({ when: [{ ...newCondition, fact: 'employment' }] }), undefined, 'among none')
  const approves = { result: 'approve', reason: 'rules_met' }
  assert.equal(read({ ...approves, limit: 'amount', amount: '0' }), undefined)
  assert.equal(read({ ...approves, limit: 'share', amount: '600' }), undefined)
  assert.deepEqual(read({ ...approves, limit: 'none' })?.gives, { ...approves, limit: null })
  assert.equal(rulesOf([newRule], 'usd'), undefined, 'a new rule says nothing yet')
})

test('a choice that another fact has is left out', () => {
  const mixed = { ...newCondition, fact: 'bureau' as const, among: ['none', 'student'] as const }
  assert.deepEqual(ruleOf({ ...newRule, when: [mixed] }, 'jpy')?.when, [
    { fact: 'bureau', among: ['none'] },
  ])
})
