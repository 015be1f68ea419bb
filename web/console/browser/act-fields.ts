/** Every name that the content of an act may have: what it is called, and how it is read. */
import type { FieldWord } from './words-fields.ts'

export type Kind = 'money' | 'text' | 'code' | 'word' | 'count' | 'share' | 'hidden'

/** Rules stand by themselves, below. */
export const shownAs: Readonly<Record<string, readonly [FieldWord, Kind]>> = {
  result: ['answer', 'word'],
  limit: ['limit', 'money'],
  card: ['card', 'code'],
  amount: ['amount', 'money'],
  currency: ['currency', 'hidden'],
  reference: ['reference', 'text'],
  reason: ['reason', 'word'],
  reverses: ['replaces', 'code'],
  name: ['name', 'text'],
  hours: ['hours', 'count'],
  per_transaction: ['perTransaction', 'money'],
  per_day: ['perDay', 'money'],
  per_month: ['perMonth', 'money'],
  signature_only_max: ['signatureMax', 'money'],
  second_above: ['secondAbove', 'money'],
  renew_days: ['renewDays', 'count'],
  over_capture: ['overCapture', 'share'],
  force_post: ['forcePost', 'word'],
  rules: ['rule', 'hidden'],
}
