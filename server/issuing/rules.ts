/**
 * The credit decision: ordered rules over gathered facts. The first rule all of whose conditions
 * hold decides, and its place in the list is kept with the decision. No clock, no database.
 */
import type { decisionReasons } from '@warifu/protocol/issuing-objects'
import type { Applicant } from '@warifu/protocol/objects'

export type Reason = (typeof decisionReasons)[number]

/** What a rule may look at. */
export type Facts = {
  /** Whole years at the day of the decision. */
  readonly age: number
  /** Minor units of the program's currency. */
  readonly annualIncome: number
  readonly employment: Applicant['employment']
  /** What became of asking the bureau; `none` where it is not asked. */
  readonly bureau: 'none' | 'answered' | 'unknown_person' | 'unreachable'
  /** As the bureau said; null where it did not. */
  readonly score: number | null
  readonly debt: number | null
}

type NumberFact = 'age' | 'annualIncome' | 'score' | 'debt'
/** A number that nobody knows is neither below nor above anything. */
export type Condition =
  | { readonly fact: NumberFact; readonly below: number }
  | { readonly fact: NumberFact; readonly atLeast: number }
  | { readonly fact: 'employment'; readonly among: readonly Applicant['employment'][] }
  | { readonly fact: 'bureau'; readonly among: readonly Facts['bureau'][] }

/** A limit: an amount, a share of the income that is capped, or none (the card has no credit). */
export type Granted = number | null | { readonly perMilleOfIncome: number; readonly atMost: number }

export type Outcome =
  | { readonly result: 'approve'; readonly reason: Reason; readonly limit: Granted }
  | { readonly result: 'review' | 'refuse'; readonly reason: Reason }

export type Rule = { readonly when: readonly Condition[]; readonly gives: Outcome }

export type Decision = {
  readonly result: Outcome['result']
  readonly reason: Reason
  /** The place of the rule that decided; past the last one where none did. */
  readonly rule: number
  readonly limit: number | null
}

/** Decides; where no rule speaks, a person does. */
export function decide(rules: readonly Rule[], facts: Facts): Decision {
  const rule = rules.findIndex(({ when }) => when.every((condition) => holds(condition, facts)))
  const gives = rules[rule]?.gives
  if (gives === undefined)
    return { result: 'review', reason: 'needs_a_person', rule: rules.length, limit: null }
  const { result, reason } = gives
  const limit = gives.result === 'approve' ? limitOf(gives.limit, facts) : null
  return { result, reason, rule, limit }
}

function holds(condition: Condition, facts: Facts): boolean {
  if (condition.fact === 'employment') return condition.among.includes(facts.employment)
  if (condition.fact === 'bureau') return condition.among.includes(facts.bureau)
  const value = facts[condition.fact]
  if (value === null) return false
  return 'below' in condition ? value < condition.below : value >= condition.atLeast
}

const limitOf = (granted: Granted, { annualIncome }: Facts): number | null =>
  granted === null || typeof granted === 'number'
    ? granted
    : Math.min(Math.floor((annualIncome * granted.perMilleOfIncome) / 1000), granted.atMost)

/** The most that a person may grant without naming an amount: the smallest limit of any rule. */
export function smallestLimit(rules: readonly Rule[]): number | undefined {
  const limits = rules.flatMap(({ gives }) => {
    if (gives.result !== 'approve' || gives.limit === null) return []
    return [typeof gives.limit === 'number' ? gives.limit : gives.limit.atMost]
  })
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/** What the bureau said of somebody, and what became of asking it. */
export type Report = Pick<Facts, 'bureau' | 'score' | 'debt'>
export const noReport: Report = { bureau: 'none', score: null, debt: null }

export const factsOf = (applicant: Applicant, nowMs: number, report = noReport): Facts => ({
  age: ageOf(applicant.birth_date, nowMs),
  annualIncome: applicant.annual_income,
  employment: applicant.employment,
  bureau: report.bureau,
  score: report.score,
  debt: report.debt,
})

/** Whole years on this day (UTC); somebody born on 29 February has their birthday on 1 March. */
export function ageOf(birthDate: string, nowMs: number): number {
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** True where the calendar has this day and it is not in the future. */
export function isBirthDate(text: string, nowMs: number): boolean {
  const day = Date.parse(`${text}T00:00:00.000Z`)
  return !Number.isNaN(day) && day <= nowMs && new Date(day).toISOString().slice(0, 10) === text
}
