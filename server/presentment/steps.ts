/**
 * What a payment waits for, one step after the other: a table for each way that is not decided in
 * its own request. Data: the conductor reads it, and whoever draws it.
 */
import type { ApprovedPresentment } from '@warifu/protocol/approval-content'
import type { Refusal } from '@warifu/protocol/errors'
import type { ActionKind, Actor } from '@warifu/protocol/next-action'

export type Step = {
  readonly kind: ActionKind
  readonly by: Actor
  /** Null: as long as the payment itself. */
  readonly seconds: number | null
  /** What the payment ends as when nobody acts; null: it expires. */
  readonly late: Refusal | null
}
type Way = {
  readonly steps: readonly [Step, ...Step[]]
  /** The till shows two digits, and the person enters them or picks them among three. */
  readonly number: 'enter' | 'pick' | null
}

const present = { kind: 'present', by: 'cardholder', seconds: null, late: null } as const
/** The card company asks for two digits of the PIN, out of the SIM. */
const pinDigits = { kind: 'pin_digits', by: 'cardholder', seconds: null, late: null } as const
const readCard = {
  kind: 'read_card',
  by: 'cardholder',
  seconds: 60,
  late: 'card_not_read',
} as const
const enterPin = {
  kind: 'enter_pin',
  by: 'cardholder',
  seconds: 60,
  late: 'pin_not_entered',
} as const
const approve = {
  kind: 'approve',
  by: 'cardholder',
  seconds: 120,
  late: 'cardholder_not_reached',
} as const

export const ways = {
  wallet: { steps: [present], number: null },
  code: { steps: [approve], number: null },
  phone: { steps: [approve], number: null },
  beacon: { steps: [approve], number: 'enter' },
  sim: { steps: [present, pinDigits], number: null },
  reader: { steps: [approve, readCard, enterPin], number: null },
} as const satisfies Record<ApprovedPresentment, Way>

const wayOf = (presentment: ApprovedPresentment): Way => ways[presentment]

/** Other limits than the table's, in seconds, by `presentment.kind`: a house's own. */
export type StepSeconds = Readonly<Record<string, number>>
export const stepNames: readonly string[] = Object.entries<Way>(ways).flatMap(([way, { steps }]) =>
  steps.map(({ kind }) => `${way}.${kind}`),
)

export type Due = Pick<Step, 'kind' | 'by'> & { readonly deadlineMs: number }
type At = { readonly nowMs: number; readonly untilMs: number; readonly seconds: StepSeconds }

function dueOf(presentment: ApprovedPresentment, step: Step, at: At): Due {
  const { kind, by } = step
  const seconds = at.seconds[`${presentment}.${kind}`] ?? step.seconds
  const deadlineMs = seconds === null ? at.untilMs : at.nowMs + seconds * 1000
  return { kind, by, deadlineMs: Math.min(deadlineMs, at.untilMs) }
}

/** What a new payment waits for. */
export const firstStep = (presentment: ApprovedPresentment, at: At): Due =>
  dueOf(presentment, wayOf(presentment).steps[0], at)

/** What it waits for after this step; a step that is not in its table is a bug. */
export function stepTo(presentment: ApprovedPresentment, kind: ActionKind, at: At): Due {
  const step = wayOf(presentment).steps.find((one) => one.kind === kind)
  if (step === undefined) throw new Error(`${presentment} has no step ${kind}`)
  return dueOf(presentment, step, at)
}

/** How a payment ends when nobody takes this step in time. */
export const lateOf = (presentment: ApprovedPresentment, kind: ActionKind | null): Refusal | null =>
  wayOf(presentment).steps.find((one) => one.kind === kind)?.late ?? null

/** How the number of this way is asked for; null where there is none. */
export const numberOf = (presentment: ApprovedPresentment): Way['number'] =>
  wayOf(presentment).number
