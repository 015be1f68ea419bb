/**
 * The hops of each request of a payment: who sent what to whom, what of it was sealed for whom,
 * and what could be read. Pages draw from this record; it names keys and never holds a secret.
 */
import type { Hop, Party } from '@warifu/protocol/objects'
import type { KeyName } from '@warifu/protocol/vault'

type Sketch = Partial<Omit<Hop, 'from' | 'to' | 'message' | 'at'>>

const hop = (
  route: readonly [from: Party, to: Party],
  message: string,
  at: string,
  sketch: Sketch = {},
): Hop => ({
  from: route[0],
  to: route[1],
  message,
  readable: [],
  sealed: [],
  signed_by: null,
  reported: false,
  outcome: 'passed',
  at,
  ...sketch,
})

const sealedCard = (key: string, checkValue: string | null) =>
  ({ what: 'card', for: 'vault', key, check_value: checkValue }) as const

/** The merchant asks for a payment. */
export const asked = (at: string): Hop[] => [
  hop(['merchant', 'server'], 'createPayment', at, { readable: ['amount', 'order lines'] }),
  hop(['server', 'merchant'], 'payment', at, { readable: ['amount', 'link'] }),
]

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
  const carried = { sealed: [sealedCard('vault', null)], signed_by: terminal }
  return [
    hop(['cardholder', 'terminal'], 'yes', at, { reported: true }),
    hop(['terminal', 'merchant'], 'code', at, { readable: ['code'], reported: true }),
    hop(['server', 'vault'], 'open_code', at, { ...carried, readable: ['code', 'amount'] }),
  ]
}

/** Somebody is looked for, and asked where they are found. */
export const reached = (at: string, asked: boolean): Hop[] => [
  hop(['server', 'terminal'], 'approval', at, {
    readable: ['amount', 'payee', 'order lines'],
    outcome: asked ? 'passed' : 'refused',
  }),
]

/** What a person said outside of the payment itself, or that nobody said that it was shown. */
export const said = (at: string, message: string, terminal: string): Hop[] => [
  hop(['cardholder', 'terminal'], message, at, { reported: true }),
  hop(['terminal', 'server'], 'answerApproval', at, { signed_by: terminal }),
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
    sealed: [sealedCard('vault', null)],
    signed_by: terminal,
  }),
  hop(['server', 'vault'], 'open_card', at, {
    readable: ['amount', 'payee'],
    sealed: [sealedCard('vault', null)],
    signed_by: terminal,
  }),
]

/** The terminal presents the card in its SIM: read and sealed by the bridge beside it. */
export const presentedBySim = (at: string, terminal: string): Hop[] => {
  const carried = { readable: ['amount', 'payee'], sealed: [sealedCard('company', null)] }
  return [
    hop(['cardholder', 'terminal'], 'yes', at, { reported: true }),
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
export function readAtPhone(at: string, terminal: string): Hop[] {
  const sealed = [sealedCard('vault', null)]
  return [
    hop(['cardholder', 'reader'], 'card or PIN', at, { readable: ['card or PIN'], reported: true }),
    hop(['reader', 'terminal'], 'sealed', at, { sealed, reported: true }),
    hop(['terminal', 'server'], 'presentCard', at, { sealed, signed_by: terminal }),
    hop(['server', 'vault'], 'open_sale', at, { sealed, signed_by: terminal }),
  ]
}

/** The vault knew who sent it and opened it: with which key, and what it answered. */
export function opened(before: readonly Hop[], at: string, key: KeyName): Hop[] {
  const named = before.map((one) =>
    one.sealed.length === 0 ? one : { ...one, sealed: [sealedCard(key.kid, key.check_value)] },
  )
  return [
    ...named,
    hop(['vault', 'server'], 'card reference', at, { readable: ['card reference'] }),
    hop(['server', 'ledger'], 'authorize', at, { readable: ['card reference', 'amount'] }),
  ]
}

/** The server's door said no: nothing of it was believed, not even who sent it. */
export const refusedAtDoor = (at: string): Hop[] => [
  hop(['cardholder', 'terminal'], 'yes', at, { reported: true }),
  hop(['terminal', 'server'], 'presentCard', at, { outcome: 'refused' }),
]

/** The vault said no: the payment stops there. */
export const refusedByVault = (before: readonly Hop[]): Hop[] =>
  before.map((one, i) => (i === before.length - 1 ? { ...one, outcome: 'refused' } : one))

/** The last hop of a payment that went through. */
export const answered = (at: string): Hop =>
  hop(['server', 'terminal'], 'authorized', at, { readable: ['amount', 'last4'] })

/** The cardholder said no. */
export const denied = (at: string, terminal: string): Hop[] => [
  hop(['cardholder', 'terminal'], 'no', at, { reported: true }),
  hop(['terminal', 'server'], 'denyPayment', at, { signed_by: terminal }),
]

/** What a merchant does with an authorised payment. */
export const merchantActs = (at: string, message: string): Hop[] => [
  hop(['merchant', 'server'], message, at, { readable: ['amount'] }),
  hop(['server', 'ledger'], message, at, { readable: ['amount'] }),
]

/** What the platform does by itself when its time comes. */
export const platformActs = (at: string, message: string): Hop[] => [
  hop(['server', 'ledger'], message, at, { readable: ['amount'] }),
]

/**
 * How a card came with its request, as the timeline keeps it: a few words from which the hops are
 * told when they are read. On the hot path the whole telling would cost more than the payment.
 */
export type Way =
  | { readonly of: 'token' }
  | { readonly of: 'entry_device'; readonly ksn: string; readonly key: KeyName }

export const isWay = (hops: unknown): hops is Way =>
  typeof hops === 'object' && hops !== null && 'of' in hops

/** Tells the hops of a payment that was decided in its own request. */
export function toldOf(way: Way, at: string, outcome: string): Hop[] {
  const yes = outcome === 'ok'
  const hops = way.of === 'token' ? byToken(at) : byEntryDevice(at, way)
  const last = hop(['server', 'merchant'], yes ? 'authorized' : 'declined', at, {
    readable: ['amount', 'last4'],
  })
  const refusing = hops.map((one, i) =>
    i === hops.length - 1 && !yes ? { ...one, outcome: 'refused' as const } : one,
  )
  return [...refusing, last]
}

const byToken = (at: string): Hop[] => [
  hop(['merchant', 'server'], 'createPayment', at, { readable: ['amount', 'token'] }),
  hop(['server', 'ledger'], 'authorize', at, { readable: ['card reference', 'amount'] }),
]

function byEntryDevice(at: string, way: Extract<Way, { readonly of: 'entry_device' }>): Hop[] {
  const { kid, check_value } = way.key
  const sealed = [sealedCard(kid, check_value)]
  const signed_by = `ksn ${way.ksn}`
  const carried = { readable: ['amount'], sealed, signed_by }
  return [
    hop(['cardholder', 'entry_device'], 'card', at, { readable: ['card'], reported: true }),
    hop(['entry_device', 'merchant'], 'entry', at, { ...carried, reported: true }),
    hop(['merchant', 'server'], 'createPayment', at, carried),
    hop(['server', 'vault'], 'open_entry', at, carried),
    hop(['vault', 'server'], 'card reference', at, { readable: ['card reference'] }),
    hop(['server', 'ledger'], 'authorize', at, { readable: ['card reference', 'amount'] }),
  ]
}
