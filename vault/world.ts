/**
 * What the vault's subjects need from outside: time, chance, keys and the database come in here,
 * through main.ts only. And the form of an answer: a value, or a refusal the operation declares.
 */
import type { KeyObject } from 'node:crypto'
import type { VaultOperation, VaultOperations, VaultOutput } from '@warifu/protocol/vault'
import type { AssertionVerifier } from './assertion.ts'
import type { Audit } from './audit.ts'
import type { Hierarchy } from './hierarchy.ts'
import type { Log } from './log.ts'
import type { RequestVerifier } from './signed-request.ts'
import type { Store } from './store.ts'

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

export type World = {
  readonly store: Store
  readonly hierarchy: Hierarchy
  readonly audit: Audit
  readonly wallet: Wallet
  readonly verifyAssertion: AssertionVerifier
  readonly verifyRequest: RequestVerifier
  readonly chance: Chance
  readonly nowMs: () => number
  readonly probe: Probe
  readonly log: Log
}

/** The refusals that an operation declares in the protocol's table. */
export type RefusalOf<O extends VaultOperation> = VaultOperations[O]['refuses'][number]

export type Answer<O extends VaultOperation> =
  | { readonly ok: true; readonly value: VaultOutput<O> }
  | { readonly ok: false; readonly refusal: RefusalOf<O> }

export const yes = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const no = <R extends string>(refusal: R): { readonly ok: false; readonly refusal: R } => ({
  ok: false,
  refusal,
})
