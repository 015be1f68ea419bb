/** What the room asks for, and the few names that all of its files share. */

import { type ApprovedPresentment, approvedPresentments } from '@warifu/protocol/approval-content'
import type { Answer, Refusal } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { Presentment } from '@warifu/protocol/objects'
import type { alsoHeard, hear, heardFor, Readers } from '#devices'
import type { ReaderRules } from '#issuing'
import type { StepSeconds } from '#presentment'
import type { Db, Store, Tx } from '#store'
import type { Directory, TerminalCall, Work } from '#terminals'
import type { Tokens } from '#tokens'
import type { VaultClient } from '#vault-client'

export type Owner = { readonly cardholder: Id<'chl'>; readonly terminal: Id<'trm'> }

export type Freezing = {
  readonly cardholder: Id<'chl'>
  readonly card: Id<'crd'> | null
  readonly nowMs: number
}

export type RefusedEntry = {
  readonly merchant: Id<'mer'>
  readonly device: Id<'edv'>
  readonly refusal: Refusal
  readonly nowMs: number
}

export type PaymentNeeds = {
  readonly store: Store
  readonly vault: VaultClient
  readonly mint: Mint
  /** For the record: when the vault had answered. No decision asks it. */
  readonly now: () => number
  /** Keyed derivation under the server's own key: 32 bytes for these words. */
  readonly derive: (...words: readonly string[]) => Uint8Array
  /** Up to which amount the terminal's signature alone may approve for this cardholder. */
  readonly signatureOnlyMax: (db: Db, cardholder: Id<'chl'>) => Promise<bigint>
  /** From which amount a card's company asks for PIN digits out of a SIM; null: never. */
  readonly pinDigitsFrom: (db: Db, card: Id<'crd'>) => Promise<bigint | null>
  readonly tokens: Pick<Tokens, 'make' | 'askMandate'>
  /** Whose card it is, and the phone on which they are asked; undefined where there is none. */
  readonly ownerOf: (db: Db, card: Id<'crd'>) => Promise<Owner | undefined>
  /** What the vault refused of an entry device, so that its merchant hears of it. */
  readonly alarm: (refused: RefusedEntry) => Promise<void>
  /** How a person is found who did not begin. */
  readonly directory: Pick<Directory, 'hashOf' | 'byNumber' | 'hashOfCode' | 'redeem' | 'cappedFor'>
  /** Devices that were heard, and whose they are. */
  readonly devices: {
    readonly hear: typeof hear
    readonly heardFor: typeof heardFor
    readonly alsoHeard: typeof alsoHeard
    readonly isActive: (terminal: Id<'trm'>) => Promise<boolean>
  }
  /** Freezes a person's cards, or the one that is named, since they said so. */
  readonly freeze: (tx: Tx, asked: Freezing) => Promise<void>
  readonly random: (size: number) => Uint8Array
  /** How many payments one statement decides at most. */
  readonly batchSize: number
  /** How long a terminal may take to sign that it showed a question. */
  readonly receiptMs: number
  /** A house's own time limits of steps. */
  readonly stepSeconds: StepSeconds
  /** How a house asks for the number that the till shows; null: as the way's table says. */
  readonly numberBy: 'enter' | 'pick' | null
  /** How often a merchant may ask for people by number, in a minute. */
  readonly asksPerMinute: number
  /** Readers at phones, and what was offered to them. */
  readonly readers: Readers
  readonly readerRules: (db: Db, card: Id<'crd'>) => Promise<ReaderRules | undefined>
  /** Whether another cardholder's card may pay over somebody's phone. */
  readonly anyCardholder: boolean
  /** Does a terminal's write once (`terminals.once`). */
  readonly once: <G, T>(call: TerminalCall, work: Work<G, T>, nowMs: number) => Promise<Answer<T>>
}

/** The request that something is done for: its id and the instant it came. */
export type At = { readonly requestId: Id<'req'>; readonly nowMs: number }

/** The way as one with steps; undefined where the payment is decided in its own request. */
export const asStepped = (presentment: Presentment): ApprovedPresentment | undefined =>
  approvedPresentments.find((one) => one === presentment)

/** Ways in which a person is asked who did not begin. Until their yes a merchant learns nothing. */
export const pushedWays: readonly Presentment[] = ['code', 'phone', 'beacon', 'reader']
export const isPushed = (presentment: Presentment): boolean => pushedWays.includes(presentment)

export const instantOf = (ms: number): string => new Date(ms).toISOString()
