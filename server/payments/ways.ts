/**
 * The ways in which a terminal presents a card, a row for each kind of body: which payments it may
 * pay, at which step, and who reads it. A row gathers what its presentment must know; the vault
 * verifies who sends before anything is answered.
 */
import type { ApprovedPresentment } from '@warifu/protocol/approval-content'
import { type Answer, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ActionKind } from '@warifu/protocol/next-action'
import type { Hop } from '@warifu/protocol/objects'
import type { PresentCardBody, PresentKind } from '@warifu/protocol/presenting'
import type { GoOn, Heard } from '#approvals'
import { type Next, type Read, readBeacon, readSim, readWallet } from '#presentment'
import type { TerminalCall } from '#terminals'
import { beaconPresented, presented, presentedBySim } from './hops.ts'
import type { At, PaymentNeeds } from './needs.ts'
import { supersedeOthers } from './superseding.ts'

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
  /** What else there is to do once it is authorised; done again where it is asked again. */
  readonly afterwards?: (needs: PaymentNeeds, payment: Id<'pay'>, at: At) => Promise<void>
}

const wallet: Way = {
  presentments: ['wallet', 'code', 'phone'],
  actions: ['present', 'approve'],
  read: ({ vault }, { call }) => readWallet(vault, call.terminal, call.request),
  hops: presented,
}

/** The card in the terminal's SIM; its company may ask for two digits of the PIN. */
const sim: Way = {
  presentments: ['sim'],
  actions: ['present', 'pin_digits'],
  read: ({ vault, store, pinDigitsFrom }, { call, body }) => {
    if (body.kind !== 'sim') throw new Error('a way reads bodies of its own kind')
    const { amount } = body.statement.content
    const asksDigits = async (card: Id<'crd'>) => {
      const from = await pinDigitsFrom(store.sql, card)
      return from !== null && BigInt(amount) >= from
    }
    return readSim({ vault, asksDigits }, call.terminal, call.request)
  },
  hops: presentedBySim,
}

const beacon: Way = {
  presentments: ['beacon'],
  actions: ['approve'],
  read: async ({ vault, devices, store }, { call, payment, body }) => {
    if (body.kind !== 'beacon') throw new Error('another way’s body')
    if ('unreached' in body) return refused('device_not_near')
    const heard = await devices.heardFor(store.sql, payment)
    return readBeacon(vault, { terminal: call.terminal, request: call.request, body, heard })
  },
  hops: beaconPresented,
  afterwards: supersedeOthers,
}

const ways: Readonly<Record<PresentKind, Way>> = { wallet, sim, beacon }

export const wayOf = ({ kind = 'wallet' }: PresentCardBody): Way => ways[kind]

/** Payments that are approved by an answer, before a card is shown: what goes on then. */
export const approvedByAnswer: Readonly<
  Partial<Record<ApprovedPresentment, (needs: PaymentNeeds, heard: Heard) => Promise<Answer<GoOn>>>>
> = {}
