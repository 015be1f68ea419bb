/**
 * A rule of a program as it is being written: texts, as they stand in the fields; and the rule that
 * they say, once they all say something. Amounts are typed in the currency, not in minor units.
 */
import { bureauAnswers, numberFacts } from '@warifu/protocol/console-list-objects'
import type { Reply } from '@warifu/protocol/contract'
import { employments } from '@warifu/protocol/objects'
import { amountIn, amountText } from './amount-in.ts'

export type Rule = Reply<'findPrograms'>['data'][number]['rules'][number]
type Condition = Rule['when'][number]
type Reason = Rule['gives']['reason']
type Choice = (typeof employments)[number] | (typeof bureauAnswers)[number]

export const facts = [...numberFacts, 'employment', 'bureau'] as const
export type FactName = (typeof facts)[number]
export const comparisons = ['below', 'atLeast'] as const
export const results = ['approve', 'review', 'refuse'] as const
export const limitKinds = ['amount', 'share', 'none'] as const

export type ConditionDraft = {
  readonly fact: FactName
  readonly how: (typeof comparisons)[number]
  readonly value: string
  readonly among: readonly Choice[]
}
export type RuleDraft = {
  readonly when: readonly ConditionDraft[]
  readonly result: (typeof results)[number]
  readonly reason: Reason
  readonly limit: (typeof limitKinds)[number]
  readonly amount: string
  readonly perMille: string
}

/** What a fact may be among; undefined of a number. */
export const choicesOf = (fact: FactName): readonly Choice[] | undefined =>
  fact === 'employment' ? employments : fact === 'bureau' ? bureauAnswers : undefined

const isMoney = (fact: FactName) => fact === 'annualIncome' || fact === 'debt'

export const newCondition: ConditionDraft = { fact: 'age', how: 'below', value: '', among: [] }
export const newRule: RuleDraft = {
  when: [newCondition],
  result: 'review',
  reason: 'needs_a_person',
  limit: 'none',
  amount: '',
  perMille: '',
}

export function draftOf({ when, gives }: Rule, currency: string): RuleDraft {
  const limit = gives.result === 'approve' ? gives.limit : null
  const isShare = limit !== null && typeof limit === 'object'
  const amount = isShare ? limit.atMost : limit
  return {
    when: when.map((condition) => conditionDraft(condition, currency)),
    result: gives.result,
    reason: gives.reason,
    limit: isShare ? 'share' : limit === null ? 'none' : 'amount',
    amount: amount === null ? '' : amountText(amount, currency),
    perMille: isShare ? String(limit.perMilleOfIncome) : '',
  }
}

function conditionDraft(condition: Condition, currency: string): ConditionDraft {
  if ('among' in condition) return { ...newCondition, fact: condition.fact, among: condition.among }
  const [how, number] =
    'below' in condition
      ? (['below', condition.below] as const)
      : (['atLeast', condition.atLeast] as const)
  const { fact } = condition
  const value = isMoney(fact) ? amountText(number, currency) : String(number)
  return { ...newCondition, fact, how, value }
}

const wholeIn = (text: string): number | undefined =>
  /^[0-9]{1,9}$/.test(text.trim()) ? Number(text.trim()) : undefined

function conditionOf(draft: ConditionDraft, currency: string): Condition | undefined {
  const { fact, how, value, among } = draft
  if (fact === 'employment' || fact === 'bureau') {
    const chosen = among.filter((one) => choicesOf(fact)?.includes(one))
    // Filtered by the very list that the contract has for this fact.
    return chosen.length === 0 ? undefined : ({ fact, among: chosen } as Condition)
  }
  const number = isMoney(fact) ? amountIn(value, currency) : wholeIn(value)
  if (number === undefined) return undefined
  return how === 'below' ? { fact, below: number } : { fact, atLeast: number }
}

/** Undefined where something is missing yet, or is no amount of this currency. */
export function ruleOf(draft: RuleDraft, currency: string): Rule | undefined {
  const when = draft.when.map((condition) => conditionOf(condition, currency))
  if (!isWhole(when)) return undefined
  const { result, reason } = draft
  if (result !== 'approve') return { when, gives: { result, reason } }
  const limit = limitOf(draft, currency)
  return limit === undefined ? undefined : { when, gives: { result, reason, limit } }
}

function limitOf({ limit, amount, perMille }: RuleDraft, currency: string) {
  if (limit === 'none') return null
  const most = amountIn(amount, currency)
  if (most === undefined || most === 0) return undefined
  if (limit === 'amount') return most
  const perMilleOfIncome = wholeIn(perMille)
  return perMilleOfIncome === undefined ? undefined : { perMilleOfIncome, atMost: most }
}

export function rulesOf(drafts: readonly RuleDraft[], currency: string): Rule[] | undefined {
  const rules = drafts.map((draft) => ruleOf(draft, currency))
  return isWhole(rules) ? rules : undefined
}

const isWhole = <T>(list: readonly (T | undefined)[]): list is T[] =>
  list.every((one) => one !== undefined)
