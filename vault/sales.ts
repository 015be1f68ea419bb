/**
 * Open sales by reader: what is held for each, in this process's memory and nowhere else.
 *
 * The private half of a sale's key pair is dropped as soon as its one context is set up; the
 * context when the sale ends in any way. `swept` tells main.ts that something was dropped, so that
 * it can have the memory collected and thereby wiped.
 */
import type { RecipientContext } from '@warifu/crypto/hpke'
import type { SaleOffer } from '@warifu/protocol/reader'
import type { Chance, KeyPair } from './given.ts'

/** What the first message of a sale has shown. */
export type SaleCard = {
  readonly card: `crd_${string}`
  readonly cardholder: `chl_${string}`
  readonly last4: string
  readonly entry: 'swiped' | 'inserted'
}

export type Session = {
  readonly offer: SaleOffer
  readonly offerDigest: Uint8Array
  readonly expiresMs: number
  /** Undefined once the context stands. */
  keyPair: KeyPair | undefined
  context: { readonly hpke: RecipientContext; readonly enc: string } | undefined
  card: SaleCard | undefined
  /** The digest of each message that was opened, by sequence. */
  readonly taken: string[]
}

export type Sales = {
  /** The name of this process's memory: another one knows none of these sales. */
  readonly instance: string
  readonly keep: (session: Session) => void
  readonly find: (sale: string) => Session | undefined
  /** The private key is not needed any more. */
  readonly dropKey: (session: Session) => void
  readonly drop: (sale: string) => void
  readonly late: (nowMs: number) => readonly string[]
  readonly all: () => readonly string[]
  /** Whether anything was dropped since it was asked last. */
  readonly swept: () => boolean
}

export function createSales(chain: string, chance: Chance): Sales {
  const open = new Map<string, Session>()
  let wasDropped = false
  return {
    instance: `${chain}/${Buffer.from(chance.bytes(16)).toString('base64url')}`,
    keep: (session) => void open.set(session.offer.sale, session),
    find: (sale) => open.get(sale),
    dropKey: (session) => {
      session.keyPair = undefined
      wasDropped = true
    },
    drop: (sale) => {
      const session = open.get(sale)
      if (session === undefined) return
      session.context?.hpke.wipe()
      session.context = undefined
      session.keyPair = undefined
      session.card = undefined
      open.delete(sale)
      wasDropped = true
    },
    late: (nowMs) =>
      [...open.values()].filter((one) => one.expiresMs <= nowMs).map((one) => one.offer.sale),
    all: () => [...open.keys()],
    swept: () => {
      const was = wasDropped
      wasDropped = false
      return was
    },
  }
}
