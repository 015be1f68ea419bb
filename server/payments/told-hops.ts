/**
 * How a card came, as the timeline keeps it: a few words from which the hops are told when they are
 * read. On the hot path the whole telling would cost more than the payment.
 */
import type { Hop } from '@warifu/protocol/objects'
import type { KeyName } from '@warifu/protocol/vault'
import { hop, refusedLast, sealed } from './hop.ts'
import {
  answered,
  beaconPresented,
  opened,
  presented,
  presentedBySim,
  readAtPhone,
} from './hops.ts'

export type Way = ChargedWay | PresentedWay

/** A terminal presented it: with which keys it was signed and closed. */
type PresentedWay = {
  readonly of: Presenting
  readonly terminal: string
  readonly key: KeyName
  readonly signed?: KeyName
  /** When the vault had answered, after the request came. */
  readonly ms?: number
}

/** The card came with the request. */
export type ChargedWay =
  | { readonly of: 'token' }
  | {
      readonly of: 'entry_device' | 'moto'
      readonly ksn: string
      readonly key: KeyName
      /** Another company's card: its acquirer was asked, from inside the vault. */
      readonly network?: true
      readonly ms?: number
    }

/** Ways in which a terminal presents a card; `holding`: it seals the card that it holds itself. */
export type Presenting = keyof typeof presentings

const presentings = {
  wallet: (at: string, terminal: string) => presented(at, terminal, false),
  wallet_holding: (at: string, terminal: string) => presented(at, terminal, true),
  sim: (at: string, terminal: string) => presentedBySim(at, terminal, false),
  sim_digits: (at: string, terminal: string) => presentedBySim(at, terminal, true),
  beacon: (at: string, terminal: string) => beaconPresented(at, terminal),
  reader: (at: string, terminal: string) => readAtPhone(at, terminal, 'card'),
  reader_pin: (at: string, terminal: string) => readAtPhone(at, terminal, 'PIN'),
} as const

/** The hops up to where the vault is asked. */
export const hopsTo = (of: Presenting, at: string, terminal: string): Hop[] =>
  presentings[of](at, terminal)

export const isWay = (hops: unknown): hops is Way =>
  typeof hops === 'object' && hops !== null && 'of' in hops

/** Tells the hops; a refused payment stops at the refusing hop, the last one that was reached. */
export function toldOf(way: Way, at: string, outcome: string): Hop[] {
  const later = new Date(Date.parse(at) + ('ms' in way ? (way.ms ?? 0) : 0)).toISOString()
  const hops = hopsOf(way, at, later)
  if (outcome !== 'ok') return refusedLast(hops)
  if ('terminal' in way) return [...hops, answered(later)]
  const readable = ['amount', 'last4']
  return [...hops, hop(['server', 'merchant'], 'authorized', later, { readable })]
}

function hopsOf(way: Way, at: string, later: string): Hop[] {
  if (way.of === 'token') return byToken(at)
  if (!('terminal' in way)) return byEntryDevice(at, way, later)
  const { of, terminal, key: openedWith, signed } = way
  const keys = { openedWith, ...(signed === undefined ? {} : { signedWith: signed }) }
  return opened(hopsTo(of, at, terminal), later, keys)
}

const byToken = (at: string): Hop[] => [
  hop(['merchant', 'server'], 'createPayment', at, { readable: ['amount', 'token'] }),
  hop(['server', 'ledger'], 'authorize', at, { readable: ['card reference', 'amount'] }),
]

type Entered = Exclude<ChargedWay, { readonly of: 'token' }>

function byEntryDevice(at: string, { of, key, ksn, network }: Entered, later: string): Hop[] {
  // By telephone the agent hears the number and keys it: a person, and no machine of the shop.
  const entered = of === 'moto' ? 'card, by telephone' : 'card'
  const carried = {
    readable: ['amount'],
    sealed: [sealed('card', key.kid, key.check_value)],
    signed_by: `ksn ${ksn}`,
  }
  const reference = { readable: ['card reference'] }
  const acquirer =
    network === undefined
      ? []
      : [
          hop(['server', 'vault'], 'authorize_network', at, carried),
          hop(['vault', 'server'], 'outcome', later, { readable: ['outcome'] }),
        ]
  return [
    hop(['cardholder', 'entry_device'], entered, at, { readable: ['card'], reported: true }),
    hop(['entry_device', 'merchant'], 'entry', at, { ...carried, reported: true }),
    hop(['merchant', 'server'], 'createPayment', at, carried),
    hop(['server', 'vault'], 'open_entry', at, carried),
    hop(['vault', 'server'], 'card reference', network ? at : later, reference),
    ...acquirer,
    hop(['server', 'ledger'], 'authorize', later, { readable: ['card reference', 'amount'] }),
  ]
}
