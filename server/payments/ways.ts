/**
 * The ways in which a terminal presents a card, a row for each kind of body: which payments it may
 * pay, at which step, and who reads it. A row gathers what its presentment must know; the vault
 * verifies who sends before anything is answered.
 */
import type { ApprovedPresentment } from '@warifu/protocol/approval-content'
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ActionKind } from '@warifu/protocol/next-action'
import type { Hop } from '@warifu/protocol/objects'
import type { PresentCardBody, PresentKind } from '@warifu/protocol/presenting'
import type { GoOn, Heard } from '#approvals'
import { type Next, type Read, readWallet } from '#presentment'
import type { TerminalCall } from '#terminals'
import { presented } from './hops.ts'
import type { At, PaymentNeeds } from './needs.ts'

export type Presented = At & {
  readonly call: TerminalCall
  readonly payment: Id<'pay'>
  readonly body: PresentCardBody
}

export type Way = {
  readonly presentments: readonly ApprovedPresentment[]
  readonly actions: readonly ActionKind[]
  readonly read: (needs: PaymentNeeds, presented: Presented) => Promise<Answer<Read | Next>>
  /** The hops up to where the vault is asked. */
  readonly hops: (at: string, terminal: Id<'trm'>) => Hop[]
}

const wallet: Way = {
  presentments: ['wallet', 'code', 'phone'],
  actions: ['present', 'approve'],
  read: ({ vault }, { call }) => readWallet(vault, call.terminal, call.request),
  hops: presented,
}

const ways: Readonly<Record<PresentKind, Way>> = { wallet }

export const wayOf = ({ kind = 'wallet' }: PresentCardBody): Way => ways[kind]

/** Payments that are approved by an answer, before a card is shown: what goes on then. */
export const approvedByAnswer: Readonly<
  Partial<Record<ApprovedPresentment, (needs: PaymentNeeds, heard: Heard) => Promise<Answer<GoOn>>>>
> = {}
