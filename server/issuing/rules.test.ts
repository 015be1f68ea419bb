// Goal: each rule decides what it says, in its place; where none speaks, a person does.
// Method: every rule hit by the facts just inside and just outside of it; the birthday by example.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Applicant } from '@warifu/protocol/objects'
import fc from 'fast-check'
import {
  ageOf,
  type Decision,
  decide,
  type Facts,
  factsOf,
  isBirthDate,
  noReport,
  type Rule,
  smallestLimit,
} from './rules.ts'

// biome-ignore format: a table reads by its columns
const rules: readonly Rule[] = [
  { when: [{ fact: 'age', below: 18 }],
    gives: { result: 'refuse', reason: 'under_age' } },
  { when: [{ fact: 'employment', among: ['none'] }, { fact: 'annualIncome', below: 500_000 }],
    gives: { result: 'refuse', reason: 'income_too_low' } },
  { when: [{ fact: 'annualIncome', below: 1_000_000 }],
    gives: { result: 'review', reason: 'needs_a_person' } },
  { when: [],
    gives: { result: 'approve', reason: 'rules_met', limit: 100_000 } },
]
const employed: Facts = { age: 30, annualIncome: 4_000_000, employment: 'employed', ...noReport }
const workless: Facts = { ...employed, employment: 'none' }
const student: Facts = { ...employed, employment: 'student' }

const tooYoung: Decision = { result: 'refuse', reason: 'under_age', rule: 0, limit: null }
const tooLittle: Decision = { result: 'refuse', reason: 'income_too_low', rule: 1, limit: null }
const asksAPerson: Decision = { result: 'review', reason: 'needs_a_person', rule: 2, limit: null }
const yes: Decision = { result: 'approve', reason: 'rules_met', rule: 3, limit: 100_000 }

// biome-ignore format: a table reads by its columns
const rows: readonly (readonly [string, Facts, Decision])[] = [
  ['17 years',                  { ...employed, age: 17 },                 tooYoung],
  ['18 years',                  { ...employed, age: 18 },                 yes],
  ['17 years, no work',         { ...workless, age: 17 },                 tooYoung],
  ['no work, income 499,999',   { ...workless, annualIncome: 499_999 },   tooLittle],
  ['no work, income 500,000',   { ...workless, annualIncome: 500_000 },   asksAPerson],
  ['student, income 0',         { ...student, annualIncome: 0 },          asksAPerson],
  ['income 999,999',            { ...employed, annualIncome: 999_999 },   asksAPerson],
  ['income 1,000,000',          { ...employed, annualIncome: 1_000_000 }, yes],
  ['no work, income 1,000,000', { ...workless, annualIncome: 1_000_000 }, yes],
]

describe('the rules in their order', () => {
  for (const [name, facts, decision] of rows)
    test(name, () => assert.deepEqual(decide(rules, facts), decision))

  test('no rule at all: a person decides, and the place is past the last', () => {
    const asked: Decision = { result: 'review', reason: 'needs_a_person', rule: 0, limit: null }
    assert.deepEqual(decide([], employed), asked)
    assert.equal(decide(rules.slice(0, 3), employed).rule, 3)
  })

  test('nobody is approved without a limit, and nobody else has one', () => {
    const facts = fc.record({
      age: fc.integer({ min: 0, max: 120 }),
      annualIncome: fc.integer({ min: 0, max: 3_000_000 }),
      employment: fc.constantFrom<Applicant['employment']>('employed', 'student', 'none'),
      bureau: fc.constantFrom<Facts['bureau']>('none', 'answered', 'unreachable'),
      score: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }),
      debt: fc.constant(null),
    })
    fc.assert(
      fc.property(facts, (one) => {
        const { result, limit } = decide(rules, one)
        return (result === 'approve') === (limit !== null)
      }),
    )
  })

  test('a person who names no limit grants the smallest one', () => {
    const more: Rule = {
      when: [],
      gives: { result: 'approve', reason: 'rules_met', limit: 200_000 },
    }
    assert.equal(smallestLimit([more, ...rules]), 100_000)
    assert.equal(smallestLimit(rules.slice(0, 3)), undefined)
  })
})

describe('the age', () => {
  const at = (day: string) => Date.parse(`${day}T12:00:00Z`)
  test('changes on the birthday', () => {
    assert.equal(ageOf('2009-01-05', at('2027-01-04')), 17)
    assert.equal(ageOf('2009-01-05', at('2027-01-05')), 18)
    assert.equal(ageOf('2009-12-31', at('2027-12-30')), 17)
  })
  test('of somebody born on 29 February changes on 1 March', () => {
    assert.equal(ageOf('2008-02-29', at('2026-02-28')), 17)
    assert.equal(ageOf('2008-02-29', at('2026-03-01')), 18)
    assert.equal(ageOf('2008-02-29', at('2028-02-29')), 20)
  })
  test('is taken from a day of the calendar that is not to come', () => {
    assert(isBirthDate('2008-02-29', at('2027-01-05')))
    for (const day of ['2007-02-29', '2007-13-01', '2007-00-10', '2007-06-31', '2027-01-06', 'x'])
      assert(!isBirthDate(day, at('2027-01-05')), day)
  })
  test('is what the facts hold of an applicant', () => {
    const applicant: Applicant = {
      name: '割符 花子',
      birth_date: '2000-01-05',
      annual_income: 4_000_000,
      employment: 'employed',
    }
    assert.deepEqual(factsOf(applicant, at('2027-01-05')), { ...employed, age: 27 })
  })
})
