/** What a way of presenting a card is made of; the table of them is ways.ts. */
import type { ApprovedPresentment } from '@warifu/protocol/approval-content'
import type { Answer, Refusal } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ActionKind } from '@warifu/protocol/next-action'
import type { PresentCardBody } from '@warifu/protocol/presenting'
import type { Next, Read } from '#presentment'
import type { TerminalCall } from '#terminals'
import type { At, PaymentNeeds } from './needs.ts'
import type { Presenting } from './told-hops.ts'

export type Presented = At & {
  readonly call: TerminalCall
  readonly payment: Id<'pay'>
  readonly body: PresentCardBody
}

export type Way = {
  readonly presentments: readonly ApprovedPresentment[]
  readonly actions: readonly ActionKind[]
  readonly read: (needs: PaymentNeeds, presented: Presented) => Promise<Answer<Read | Next>>
  /** How its hops are told. */
  readonly of: (body: PresentCardBody) => Presenting
  /** What else there is to do once it is authorised; done again where it is asked again. */
  readonly afterwards?: (needs: PaymentNeeds, payment: Id<'pay'>, at: At) => Promise<void>
  /** What is to be done when the money statement said no. */
  readonly refused?: (needs: PaymentNeeds, presented: Presented, code: Refusal) => Promise<void>
}
