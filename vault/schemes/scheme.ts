/**
 * What a card scheme is to the vault: how it seals a card for a terminal, and how it opens what
 * that terminal presents. A file per scheme beside; who sends was verified before either is asked.
 */
import type { CodeStatement } from '@warifu/protocol/capped-code'
import type { Delivery } from '@warifu/protocol/delivery'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import type { PaymentStatement } from '@warifu/protocol/sealed'
import type { KeyName } from '@warifu/protocol/vault'
import type { StoredCard } from '@warifu/vault/cards'
import type { Recipient } from '@warifu/vault/sealed-message'
import type { Sender } from '@warifu/vault/senders'
import type { Sql } from '@warifu/vault/store'
import type { RefusalOf, World } from '@warifu/vault/world'

/** How long what was sealed for a terminal waits for it; its one-time number, too. */
export const INSTALL_LIFE_MS = 7 * 24 * 60 * 60 * 1000

/** A terminal that a card is sealed for: the vault's own row. */
export type Target = Recipient & {
  readonly terminal: Id<'trm'>
  readonly state: string
  readonly cardholder: Id<'chl'>
}
/** What sealing works with, inside the transaction of its call. */
export type Sealing = {
  readonly world: World
  readonly sql: Sql
  readonly card: Id<'crd'>
  readonly row: StoredCard
  readonly target: Target
  readonly nowMs: number
}
export type Activation = { readonly number_mac: Uint8Array; readonly secret: Uint8Array }
export type SealedCard<S extends Scheme> = {
  /** SHA-256 of what the terminal keeps: it says, signed, that it has just this. */
  readonly digest: string
  readonly delivery: Delivery<S>
  /** The key that opens it. */
  readonly key: KeyName
  /** Where it is dead until a number comes back: the keyed hash, and the wrapped secret. */
  readonly activation?: Activation
}

/** A presentation whose sender, signature and passkey stand; its bytes are those signed for. */
export type Presented = {
  readonly terminal: Id<'trm'>
  readonly sender: Sender
  readonly statement: PaymentStatement | CodeStatement
  readonly blob: string
  /** SHA-256(JCS(content)), base64url. */
  readonly contentDigest: string
  readonly userVerified: boolean
}
/** The key that it was opened with, or why it was not. */
export type Opened =
  | { readonly ok: true; readonly value: KeyName }
  | { readonly ok: false; readonly refusal: RefusalOf<'open_card'> }
export type Opener = (world: World, presented: Presented) => Opened

export type VaultScheme<S extends Scheme> = {
  readonly seal: (sealing: Sealing) => Promise<SealedCard<S>>
  /** Reads what a frame's presentations need, in one statement or none. */
  readonly opener: (sql: Sql, presented: readonly Presented[]) => Promise<Opener>
}
