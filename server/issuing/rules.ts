/**
 * The credit decision: ordered rules over gathered facts. The first rule all of whose conditions
 * hold decides, and its place in the list is kept with the decision. No clock, no database.
 */
import type { Applicant, decisionReasons } from '@warifu/protocol/objects'

export type Reason = (typeof decisionReasons)[number]

/** What a rule may look at. */
export type Facts = {
  /** Whole years at the day of the decision. */
  readonly age: number
  /** Minor units of the program's currency. */
  readonly annualIncome: number
  readonly employment: Applicant['employment']
}

export type Condition =
  | { readonly fact: 'age' | 'annualIncome'; readonly below: number }
  | { readonly fact: 'employment'; readonly among: readonly Applicant['employment'][] }

export type Outcome =
  | { readonly result: 'approve'; readonly reason: Reason; readonly limit: number }
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
  return { result, reason, rule, limit: gives.result === 'approve' ? gives.limit : null }
}

function holds(condition: Condition, facts: Facts): boolean {
  return condition.fact === 'employment'
    ? condition.among.includes(facts.employment)
    : facts[condition.fact] < condition.below
}

/** The most that a person may grant without naming an amount: the smallest limit of any rule. */
export function smallestLimit(rules: readonly Rule[]): number | undefined {
  const limits = rules.flatMap(({ gives }) => (gives.result === 'approve' ? [gives.limit] : []))
  return limits.length === 0 ? undefined : Math.min(...limits)
}

export const factsOf = (applicant: Applicant, nowMs: number): Facts => ({
  age: ageOf(applicant.birth_date, nowMs),
  annualIncome: applicant.annual_income,
  employment: applicant.employment,
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
