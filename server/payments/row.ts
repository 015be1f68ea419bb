/** A payment's row as PostgreSQL gives it in JSON: numbers below 2^53, nothing lost. */
import type { Extent } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import type { IncrementStatus, PaymentStatus } from '@warifu/protocol/moves'
import type { ActionKind, Actor } from '@warifu/protocol/next-action'
import type { Presentment } from '@warifu/protocol/objects'
import type { OrderLine } from '@warifu/protocol/sealed'
import type { Due } from '#presentment'

export type PaymentRow = {
  readonly lane: number
  readonly id: Id<'pay'>
  readonly merchant: Id<'mer'>
  readonly store: Id<'str'>
  readonly payee: { readonly name: string; readonly place: string }
  /** The store's merchant category code when the payment was made. */
  readonly category: string | null
  readonly merchant_reference: string | null
  readonly amount: number
  readonly currency: string
  readonly lines: OrderLine[]
  readonly order_digest: string
  readonly presentment: Presentment
  readonly capture_method: 'automatic' | 'manual'
  readonly return_url: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly status: PaymentStatus
  readonly declined_because: string | null
  readonly terminal: Id<'trm'> | null
  readonly approval: Id<'apr'> | null
  /** A card of ours, or the name of another company's card at this merchant. */
  readonly card: Id<'crd'> | Id<'ncr'> | null
  readonly card_last4: string | null
  readonly account: Id<'acc'> | null
  readonly device: Id<'edv'> | null
  readonly token: Id<'tok'> | null
  readonly initiator: 'customer' | 'merchant' | null
  readonly captured: number
  readonly refunded: number
  /** Approved on top of `amount`; let go of. Null: nothing. */
  readonly incremented: number | null
  readonly released: number | null
  /** Captured above all that was held; null: nothing. */
  readonly overcaptured: number | null
  /** The captures that took it. */
  readonly overcaptures: readonly Id<'cap'>[] | null
  /** Captures that are settled. */
  readonly settled: number | null
  readonly version: number
  readonly created_ms: number
  readonly deadline_ms: number
  readonly extent: Extent
  /** What the till shows, where the way asks for a number. */
  readonly match_number: string | null
  /** The card program that the merchant asked for; null: any. */
  readonly program: Id<'prg'> | null
  /** What is waited for; null where the payment was decided in its own request. */
  readonly action: ActionKind | null
  readonly action_by: Actor | null
  readonly action_deadline_ms: number | null
}

export type RefundRow = {
  readonly id: Id<'ref'>
  readonly payment: Id<'pay'>
  readonly amount: number
  readonly currency: string
  readonly created_ms: number
}

export type IncrementRow = {
  readonly id: Id<'inc'>
  readonly payment: Id<'pay'>
  readonly amount: number
  readonly currency: string
  readonly status: IncrementStatus
  readonly declined_because: string | null
  readonly approval: Id<'apr'> | null
  readonly created_ms: number
  readonly deadline_ms: number
}

/** What is kept as the first answer to a presented card: `payments.authorize`, `payments.step`. */
export type PresentedRow = {
  readonly code: string
  readonly payment: Id<'pay'>
  readonly approval: Id<'apr'>
  readonly amount: number
  readonly currency: string
  readonly decided_ms: number
  /** Set where a step was taken and another is waited for. */
  readonly next?: Due
  /** What the step tells the terminal besides. */
  readonly told?: Readonly<Record<string, unknown>>
}

export type TimelineRow = {
  readonly request: Id<'req'>
  readonly at_ms: bigint
  readonly name: string
  readonly outcome: string
  readonly hops: unknown
  /** For the platform's own people. */
  readonly private: boolean
}
