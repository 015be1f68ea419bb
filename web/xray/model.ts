/**
 * A payment as a sequence of messages, from its timeline alone: columns for the parties, an arrow
 * for each hop, chips for what travels, and what each party could read. Pure; it is the record that
 * is drawn, so what the record lacks is missing, and what was refused stops where it was refused.
 */

import { type Hop, type Party, parties, type TimelineEntry } from '@warifu/protocol/objects'
import type { KeyName } from '@warifu/protocol/vault'

/** The ledger is the platform's own: what is sent to it stays in the platform's column. */
export type Place = Exclude<Party, 'ledger'>
export type Sealed = Hop['sealed'][number]

export type Chip =
  | { readonly kind: 'number' | 'token' | 'last4' | 'readable'; readonly what: string }
  | { readonly kind: 'sealed'; readonly sealed: Sealed }
  | { readonly kind: 'signed'; readonly by: string; readonly key: KeyName | undefined }
  | { readonly kind: 'verified'; readonly key: KeyName }

/** What a party could do with the card's number: read it, carry it sealed, or neither. */
export type Seen = 'reads' | 'carries' | 'nothing'

export type Column = {
  readonly place: Place
  readonly seen: Seen
  /** All that it could read in the whole payment, by name. */
  readonly reads: readonly string[]
}

/** What one of the two ends of an arrow can read of it. */
export type Reading = {
  readonly place: Place
  readonly reads: readonly string[]
  readonly opens: readonly Sealed[]
  readonly cannotOpen: readonly Sealed[]
}

export type Arrow = {
  readonly index: number
  readonly from: Place
  readonly to: Place
  /** To the ledger and back: no message between parties, so no wire carries it. */
  readonly inside: boolean
  readonly message: string
  readonly chips: readonly Chip[]
  readonly reported: boolean
  /** Why the payment stops here. */
  readonly refused: string | null
  readonly atMs: number
  /** Since the hop before; null of the first. */
  readonly sinceMs: number | null
  readonly readings: readonly Reading[]
}

/** One request of the payment, and the arrows that it drew. */
export type Group = {
  readonly request: string
  readonly name: string
  readonly outcome: string
  readonly atMs: number
  readonly arrows: readonly Arrow[]
}

export type Xray = {
  readonly columns: readonly Column[]
  readonly groups: readonly Group[]
  readonly arrows: readonly Arrow[]
}

const placeOf = (party: Party): Place => (party === 'ledger' ? 'server' : party)

/** What the vault alone may read, and the devices in which it is entered or kept. */
const secrets: ReadonlySet<string> = new Set(['card', 'PIN', 'PIN digits'])
/** Who seals a card has read it. */
const readers: ReadonlySet<Place> = new Set(['entry_device', 'reader', 'sim'])
/** Always drawn, also where nothing came to them: that emptiness is what one looks for. */
const always: ReadonlySet<Place> = new Set(['merchant', 'server', 'vault'])

const kindOf = (what: string) => {
  if (secrets.has(what)) return 'number'
  return what === 'token' || what === 'last4' ? what : 'readable'
}

const chipsOf = ({ readable, sealed, signed_by, signed_with, verified_with }: Hop): Chip[] => [
  ...readable.map((what): Chip => ({ kind: kindOf(what), what })),
  ...sealed.map((one): Chip => ({ kind: 'sealed', sealed: one })),
  ...(signed_by === null ? [] : [{ kind: 'signed', by: signed_by, key: signed_with } as const]),
  ...(verified_with === undefined ? [] : [{ kind: 'verified', key: verified_with } as const]),
]

function readingsOf(hop: Hop): Reading[] {
  const ends = [...new Set([placeOf(hop.from), placeOf(hop.to)])]
  return ends.map((place) => {
    const isOpened = ({ for: opener }: Sealed) =>
      (opener === place && place === placeOf(hop.to) && hop.outcome === 'passed') ||
      (place === hop.from && readers.has(place))
    return {
      place,
      reads: hop.readable,
      opens: hop.sealed.filter(isOpened),
      cannotOpen: hop.sealed.filter((one) => !isOpened(one)),
    }
  })
}

function columnOf(place: Place, arrows: readonly Arrow[]): Column {
  const near = arrows.flatMap(({ readings }) => readings.filter((one) => one.place === place))
  const reads = [...new Set(near.flatMap((one) => one.reads))]
  const isCard = ({ what }: Sealed) => what === 'card'
  const opened = near.some(({ opens }) => opens.some(isCard))
  const carried = near.some(({ cannotOpen }) => cannotOpen.some(isCard))
  const isReader = opened || reads.includes('card')
  return { place, reads, seen: isReader ? 'reads' : carried ? 'carries' : 'nothing' }
}

export function xrayOf(entries: readonly TimelineEntry[]): Xray {
  const hops = entries.flatMap((entry) => entry.hops.map((hop) => ({ entry, hop })))
  const arrows = hops.map(({ entry, hop }, index): Arrow => {
    const atMs = Date.parse(hop.at)
    const before = hops[index - 1]
    return {
      index,
      from: placeOf(hop.from),
      to: placeOf(hop.to),
      inside: placeOf(hop.from) === placeOf(hop.to),
      message: hop.message,
      chips: chipsOf(hop),
      reported: hop.reported,
      refused: hop.outcome === 'refused' ? entry.outcome : null,
      atMs,
      sinceMs: before === undefined ? null : atMs - Date.parse(before.hop.at),
      readings: readingsOf(hop),
    }
  })
  let next = 0
  const groups = entries.map(({ request, name, outcome, at, hops: own }): Group => {
    const from = next
    next += own.length
    return { request, name, outcome, atMs: Date.parse(at), arrows: arrows.slice(from, next) }
  })
  const present = parties.filter((party): party is Place => {
    if (party === 'ledger') return false
    return always.has(party) || arrows.some(({ from, to }) => from === party || to === party)
  })
  return { groups, arrows, columns: present.map((place) => columnOf(place, arrows)) }
}
