/**
 * The hops of each request of a payment: who sent what to whom, what of it was sealed for whom,
 * and what could be read. Pages draw from this record; it names keys and never holds a secret.
 */

import type { Hop } from '@warifu/protocol/objects'
import type { KeyName } from '@warifu/protocol/vault'
import { hop, refusedLast, sealed } from './hop.ts'

/** The terminal opens the link. How the link reached it the server cannot see. */
export const claimed = (at: string, terminal: string): Hop[] => [
  hop(['merchant', 'terminal'], 'link', at, { readable: ['link'], reported: true }),
  hop(['terminal', 'server'], 'claimPayment', at, { signed_by: terminal }),
  hop(['server', 'terminal'], 'approval', at, { readable: ['amount', 'payee', 'order lines'] }),
  hop(['terminal', 'cardholder'], 'approval', at, {
    readable: ['amount', 'payee', 'order lines'],
    reported: true,
  }),
]

/** A till read a code that carries a cap, and what was signed with it is opened. */
export function codeRead(at: string, terminal: string): Hop[] {
  const carried = { sealed: [sealed('card', 'vault')], signed_by: terminal }
  return [
    hop(['cardholder', 'terminal'], 'yes', at, { reported: true }),
    hop(['terminal', 'merchant'], 'code', at, { readable: ['code'], reported: true }),
    hop(['server', 'vault'], 'open_code', at, { ...carried, readable: ['code', 'amount'] }),
  ]
}

const question = { readable: ['amount', 'payee', 'order lines'] }

/** Somebody is looked for, and asked where they are found; nothing leaves where nobody is. */
export const reached = (at: string, asked: boolean): Hop[] =>
  asked
    ? [
        hop(['server', 'terminal'], 'approval', at, question),
        hop(['terminal', 'cardholder'], 'approval', at, { ...question, reported: true }),
      ]
    : [hop(['server', 'server'], 'look for somebody', at, { outcome: 'refused' })]

/** The terminal signs that the question was shown. */
export const received = (at: string, terminal: string): Hop[] => [
  hop(['terminal', 'server'], 'receiveApproval', at, { signed_by: terminal }),
  hop(['server', 'terminal'], 'approval', at, question),
]

/** Nobody signed that it was shown. */
export const unreceived = (at: string, terminal: string): Hop[] =>
  refusedLast([hop(['terminal', 'server'], 'receiveApproval', at, { signed_by: terminal })])

/** What a person answered, and that it was heard. */
export const said = (at: string, message: string, terminal: string): Hop[] => [
  hop(['cardholder', 'terminal'], message, at, { reported: true }),
  hop(['terminal', 'server'], 'answerApproval', at, { signed_by: terminal }),
  hop(['server', 'terminal'], 'outcome', at, { readable: ['outcome'] }),
]

/** A yes whose passkey the vault has verified. */
const assented = (at: string, terminal: string): Hop[] => [
  ...said(at, 'yes', terminal).slice(0, -1),
  hop(['server', 'vault'], 'verify_assent', at, { readable: ['amount', 'payee'] }),
  hop(['vault', 'server'], 'verified', at, { readable: ['outcome'] }),
]

/** A yes by an answer alone: the passkey was verified, and that was all. */
export const agreed = (at: string, terminal: string): Hop[] => [
  ...assented(at, terminal),
  hop(['server', 'terminal'], 'outcome', at, { readable: ['outcome'] }),
]

/** After the yes the vault makes a key pair for this one sale; its public half goes on. */
export function offered(at: string, terminal: string, offeredAt: string): Hop[] {
  const carried = { readable: ['amount', 'payee', 'offer'] }
  return [
    ...assented(at, terminal),
    hop(['server', 'vault'], 'make_offer', at, { readable: ['amount', 'payee'] }),
    hop(['vault', 'server'], 'offer', offeredAt, carried),
    hop(['server', 'terminal'], 'next step', offeredAt, carried),
    hop(['terminal', 'reader'], 'offer', offeredAt, { ...carried, reported: true }),
  ]
}

/** The person said yes, and has no reader that could go on. */
export const unoffered = (at: string, terminal: string): Hop[] => [
  ...assented(at, terminal),
  hop(['server', 'server'], 'look for a reader', at, { outcome: 'refused' }),
]

/**
 * The terminal presents its card, up to the point where the vault is asked. In one scheme it holds
 * the card itself, and seals it for this payment.
 */
export const presented = (at: string, terminal: string, holdsCard: boolean): Hop[] => [
  hop(['cardholder', 'terminal'], 'yes', at, {
    readable: holdsCard ? ['card'] : [],
    reported: true,
  }),
  hop(['terminal', 'server'], 'presentCard', at, {
    readable: ['amount', 'payee'],
    sealed: [sealed('card', 'vault')],
    signed_by: terminal,
  }),
  hop(['server', 'vault'], 'open_card', at, {
    readable: ['amount', 'payee'],
    sealed: [sealed('card', 'vault')],
    signed_by: terminal,
  }),
]

/** The terminal presents the card in its SIM: read and sealed by the bridge beside it. */
export const presentedBySim = (at: string, terminal: string, withDigits: boolean): Hop[] => {
  const digits = withDigits ? [sealed('PIN digits', 'company')] : []
  const carried = {
    readable: ['amount', 'payee'],
    sealed: [sealed('card', 'company'), ...digits],
  }
  return [
    hop(['cardholder', 'terminal'], 'yes', at, { reported: true }),
    hop(['terminal', 'sim'], 'pay by SIM', at, { readable: ['amount', 'payee'], reported: true }),
    hop(['sim', 'terminal'], 'record', at, { ...carried, signed_by: 'sim', reported: true }),
    hop(['terminal', 'server'], 'presentCard', at, { ...carried, signed_by: terminal }),
    hop(['server', 'vault'], 'open_sim', at, { ...carried, signed_by: terminal }),
  ]
}

/** The same, with a code of the device's chip instead of a sealed card. */
export const beaconPresented = (at: string, terminal: string): Hop[] => {
  const signed = { readable: ['amount', 'payee', 'chip code'], signed_by: terminal }
  return [
    hop(['cardholder', 'terminal'], 'yes and number', at, { reported: true }),
    hop(['terminal', 'proximity_device'], 'authenticate', at, { ...signed, reported: true }),
    hop(['proximity_device', 'terminal'], 'chip code', at, { reported: true }),
    hop(['terminal', 'server'], 'presentCard', at, signed),
    hop(['server', 'vault'], 'verify_chip', at, signed),
  ]
}

/** The person chose another till that heard the same device. */
export const superseded = (at: string): Hop[] => [
  hop(['server', 'terminal'], 'superseded', at, { readable: ['amount', 'payee'] }),
]

/** A message of the reader at a phone: card or PIN, which the phone carries and cannot read. */
export function readAtPhone(at: string, terminal: string, what: 'card' | 'PIN'): Hop[] {
  const carried = { sealed: [sealed(what, 'vault')] }
  const signed = { ...carried, signed_by: terminal }
  return [
    hop(['cardholder', 'reader'], what, at, { readable: [what], reported: true }),
    hop(['reader', 'terminal'], 'sealed', at, { ...carried, reported: true }),
    hop(['terminal', 'server'], 'presentCard', at, signed),
    hop(['server', 'vault'], 'open_sale', at, signed),
  ]
}

/** The keys that the vault found a request to be signed and closed with. */
export type FoundKeys = { readonly openedWith?: KeyName; readonly signedWith?: KeyName }

function named(one: Hop, { openedWith, signedWith }: FoundKeys): Hop {
  const signed = one.signed_by !== null && signedWith !== undefined && !one.reported
  const verified = one.to === 'vault' && one.sealed.length === 0 && openedWith !== undefined
  const key = openedWith && { key: openedWith.kid, check_value: openedWith.check_value }
  return {
    ...one,
    sealed: one.sealed.map((closed) => ({ ...closed, ...key })),
    ...(signed ? { signed_with: signedWith } : {}),
    ...(verified ? { verified_with: openedWith } : {}),
  }
}

/** The vault knew who sent it and opened it: with which key, and what it answered. */
export const opened = (before: readonly Hop[], at: string, keys: FoundKeys): Hop[] => [
  ...before.map((one) => named(one, keys)),
  hop(['vault', 'server'], 'card reference', at, { readable: ['card reference'] }),
  hop(['server', 'ledger'], 'authorize', at, { readable: ['card reference', 'amount'] }),
]

/** The vault opened it, and something is still missing: the terminal is told what. */
export const goneOn = (before: readonly Hop[], at: string, keys: FoundKeys): Hop[] => [
  ...before.map((one) => named(one, keys)),
  hop(['vault', 'server'], 'card reference', at, { readable: ['card reference'] }),
  hop(['server', 'terminal'], 'next step', at),
]

/** The server's door said no: nothing of it was believed, not even who sent it. */
export const refusedAtDoor = (at: string): Hop[] => [
  hop(['cardholder', 'terminal'], 'yes', at, { reported: true }),
  hop(['terminal', 'server'], 'presentCard', at, { outcome: 'refused' }),
]

/** The last hop of a payment that went through. */
export const answered = (at: string): Hop =>
  hop(['server', 'terminal'], 'authorized', at, { readable: ['amount', 'last4'] })

/** The cardholder said no. */
export const denied = (at: string, terminal: string): Hop[] => [
  hop(['cardholder', 'terminal'], 'no', at, { reported: true }),
  hop(['terminal', 'server'], 'denyPayment', at, { signed_by: terminal }),
  hop(['server', 'terminal'], 'outcome', at, { readable: ['outcome'] }),
]
