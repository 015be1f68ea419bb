/** What a payment waits for: its presentment's table of steps says which, and in what order. */
import { closed, instant, oneOf } from './shapes.ts'

export const actionKinds = ['present', 'approve', 'read_card', 'enter_pin', 'pin_digits'] as const
export type ActionKind = (typeof actionKinds)[number]
export const actors = ['cardholder', 'merchant'] as const
export type Actor = (typeof actors)[number]
export const nextAction = closed({
  kind: oneOf(actionKinds),
  by: oneOf(actors),
  deadline_at: instant,
})
