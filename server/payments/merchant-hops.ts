/**
 * The hops of what a merchant asks for, and of what the platform does by itself: the other half of
 * hops.ts, with the same rules.
 */
import type { PresentmentAsked } from '@warifu/protocol/merchant-objects'
import type { Hop, Party } from '@warifu/protocol/objects'
import { hop } from './hop.ts'
import type { ChargedWay } from './told-hops.ts'

type Shown = {
  /** What is shown to the merchant before it asks, and by whom. */
  readonly before: readonly (readonly [from: Party, message: string, what: string])[]
  readonly asks: readonly string[]
  readonly hears: readonly string[]
}

/** By what somebody is found whom the merchant asks for. */
// biome-ignore format: a table reads by its columns
const shownBy: Readonly<Record<'wallet' | 'code' | 'phone' | 'beacon' | 'reader', Shown>> = {
  wallet: { before: [], asks: [], hears: ['link'] },
  code:   { before: [['terminal', 'code', 'code']], asks: ['code'], hears: [] },
  phone:  { before: [], asks: ['phone number'], hears: [] },
  beacon: { before: [['proximity_device', 'broadcast', 'heard code']], asks: ['heard code'],
            hears: ['number'] },
  reader: { before: [], asks: ['phone number'], hears: [] },
}

/** The merchant asks for a payment. */
export function asked(
  at: string,
  kind: Exclude<PresentmentAsked['kind'], ChargedWay['of']>,
): Hop[] {
  const { before, asks, hears } = shownBy[kind]
  const readable = ['amount', 'order lines', ...asks]
  return [
    ...before.map(([from, message, what]) =>
      hop([from, 'merchant'], message, at, { readable: [what], reported: true }),
    ),
    hop(['merchant', 'server'], 'createPayment', at, { readable }),
    hop(['server', 'merchant'], 'payment', at, { readable: ['amount', ...hears] }),
  ]
}

/** What a merchant does with an authorised payment. */
export const merchantActs = (at: string, message: string): Hop[] => [
  hop(['merchant', 'server'], message, at, { readable: ['amount'] }),
  hop(['server', 'ledger'], message, at, { readable: ['amount'] }),
  hop(['server', 'merchant'], 'outcome', at, { readable: ['amount', 'outcome'] }),
]

/** What the platform does by itself when its time comes. */
export const platformActs = (at: string, message: string): Hop[] => [
  hop(['server', 'ledger'], message, at, { readable: ['amount'] }),
]
