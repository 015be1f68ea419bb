/**
 * The ways in which a terminal presents a card, a row for each kind of body: which payments it may
 * pay, at which step, and who reads it. A row gathers what its presentment must know; the vault
 * verifies who sends before anything is answered.
 */
import type { ApprovedPresentment } from '@warifu/protocol/approval-content'
import { type Answer, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { PresentCardBody, PresentKind } from '@warifu/protocol/presenting'
import type { GoOn, Heard } from '#approvals'
import { readBeacon, readSim, readWallet } from '#presentment'
import type { PaymentNeeds } from './needs.ts'
import { afterMoney, offerSale, readSale } from './reader-sales.ts'
import { supersedeOthers } from './superseding.ts'
import type { Way } from './way.ts'

const wallet: Way = {
  presentments: ['wallet', 'code', 'phone'],
  actions: ['present', 'approve'],
  read: ({ vault }, { call }) => readWallet(vault, call.terminal, call.request),
  of: (body) =>
    'statement' in body && 'scheme' in body.statement && body.statement.scheme === 'terminal_sealed'
      ? 'wallet_holding'
      : 'wallet',
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
  of: (body) => (body.kind === 'sim' && body.digits !== null ? 'sim_digits' : 'sim'),
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
  of: () => 'beacon',
  afterwards: supersedeOthers,
}

const reader: Way = {
  presentments: ['reader'],
  actions: ['read_card', 'enter_pin'],
  read: readSale,
  of: (body) => (body.kind === 'reader' && body.message.sequence > 0 ? 'reader_pin' : 'reader'),
  refused: afterMoney,
}

const ways: Readonly<Record<PresentKind, Way>> = { wallet, sim, beacon, reader }

export const wayOf = ({ kind = 'wallet' }: PresentCardBody): Way => ways[kind]

/** Payments that are approved by an answer, before a card is shown: what goes on then. */
export const approvedByAnswer: Readonly<
  Partial<Record<ApprovedPresentment, (needs: PaymentNeeds, heard: Heard) => Promise<Answer<GoOn>>>>
> = { reader: offerSale }
