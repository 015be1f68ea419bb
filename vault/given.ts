/**
 * What the process is given by main.ts: chance, a probe for tests, and where the wallet is. Time
 * is a function `nowMs`. Everything behind main.ts runs on these alone.
 */
import type { KeyObject } from 'node:crypto'

export type KeyPair = { readonly privateKey: KeyObject; readonly publicBytes: Uint8Array }

/** The only source of randomness inside the vault. */
export type Chance = {
  readonly bytes: (size: number) => Uint8Array
  /** A fresh P-256 pair; the public half as an uncompressed point (65 bytes). */
  readonly keyPair: () => KeyPair
}

/** Told of every decryption of card data, so that tests can count them. */
export type Probe = { readonly decrypted: () => void }

/** Where passkeys and terminals say they are: the vault's own setting, never the caller's word. */
export type Wallet = { readonly origin: string; readonly rpId: string }
