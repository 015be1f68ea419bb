/**
 * What every operation of the vault stands on, wired in app.ts; and the form of its answer: a
 * value, or a refusal that the operation declares.
 */
import type { HpkeKeyPair } from '@warifu/crypto/hpke'
import type { VaultOperation, VaultOperations, VaultOutput } from '@warifu/protocol/vault'
import type { AssertionVerifier } from './assertion.ts'
import type { Audit } from './audit.ts'
import type { ChipVerifier } from './chip.ts'
import type { ChipKeys } from './chip-keys.ts'
import type { Connector } from './connector.ts'
import type { EntryKeys } from './entry-keys.ts'
import type { Chance, Probe, Wallet } from './given.ts'
import type { Hierarchy } from './hierarchy.ts'
import type { InnerBlobs } from './inner-parts.ts'
import type { KeyCache } from './key-cache.ts'
import type { KeyStore } from './key-store.ts'
import type { Log } from './log.ts'
import type { Noise } from './noise.ts'
import type { RecordKeys } from './record.ts'
import type { Sales } from './sales.ts'
import type { KnownSenders } from './senders.ts'
import type { RequestVerifier } from './signed-request.ts'
import type { Store } from './store.ts'

export type World = {
  readonly store: Store
  readonly hierarchy: Hierarchy
  /** The key above all: its name and what protects it. */
  readonly root: KeyStore['root'] & Pick<KeyStore, 'kind'>
  readonly audit: Audit
  readonly wallet: Wallet
  readonly verifyAssertion: AssertionVerifier
  readonly verifyRequest: RequestVerifier
  readonly senders: KnownSenders
  readonly entryKeys: EntryKeys
  /** Imported pairs that cardholders' cards are sealed to. */
  readonly userPairs: KeyCache<HpkeKeyPair>
  readonly recordKeys: RecordKeys
  readonly innerBlobs: InnerBlobs
  readonly chipKeys: ChipKeys
  readonly noise: Noise
  readonly verifyChip: ChipVerifier
  /** Takes other companies' cards; undefined where none is connected. */
  readonly connector: Connector | undefined
  /** The name of this process's audit chain. */
  readonly chain: string
  readonly sales: Sales
  readonly chance: Chance
  readonly nowMs: () => number
  /** How long the proofs for a lost phone lie before they let a new one in. */
  readonly recoveryWaitMs: number
  readonly probe: Probe
  readonly log: Log
}

/** The refusals that an operation declares in the protocol's table. */
export type RefusalOf<O extends VaultOperation> = VaultOperations[O]['refuses'][number]

export type Step<T, R> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: R }
export type Answer<O extends VaultOperation> = Step<VaultOutput<O>, RefusalOf<O>>

export const yes = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const no = <R extends string>(refusal: R): { readonly ok: false; readonly refusal: R } => ({
  ok: false,
  refusal,
})
