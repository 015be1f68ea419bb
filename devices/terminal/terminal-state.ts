/**
 * What a terminal remembers between two requests, and where it keeps it.
 *
 * Plain data except for the keys, which stay CryptoKeys: IndexedDB stores them as they are, without
 * showing them. Whatever must survive a cut (the counter, the last request's bytes) is saved
 * before anything is sent. Browser-safe.
 */
import type { PublicJwk } from '@warifu/crypto/jwk-thumbprint'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import type { SignedRequest } from './signed-request.ts'
import { TerminalError } from './terminal-error.ts'
import type { KeptBlob, TerminalKeys } from './terminal-keys.ts'

export type InstalledCard = {
  readonly card: Id<'crd'>
  readonly scheme: Scheme
  readonly installation: Id<'ins'>
  readonly last4: string
  readonly expires: string
  readonly inner_digest: string
  readonly kept: KeptBlob
  /** The key to seal it to when paying, signed by the vault; null where it is shown as it is. */
  readonly payment_key: string | null
  /** The one-time number that is yet to be sent back, under the local key. */
  readonly number: KeptBlob | null
  /** What of the number may be shown, where the scheme shows more than four digits. */
  readonly shown: string | null
  readonly is_confirmed: boolean
}

/** The key that an authority is to certify, and the request for it (PEM). */
export type CertificateKey = { readonly keys: CryptoKeyPair; readonly request: string }

export type TerminalState = {
  readonly name: string | null
  readonly cardholder: Id<'chl'> | null
  readonly credential: string | null
  readonly session: Reply<'createSession'> | null
  readonly terminal: Id<'trm'> | null
  readonly keys: TerminalKeys | null
  readonly certificate: CertificateKey | null
  /** The vault's signing key, pinned at enrolment. */
  readonly vault_key: PublicJwk | null
  /** The counter of the last write that was prepared; the next one carries a higher one. */
  readonly counter: number
  /** A write that was sent, or about to be, and has no answer yet: exactly its bytes. */
  readonly unanswered: SignedRequest | null
  readonly application: Id<'app'> | null
  /** What was asked for, until its card is here: another scheme is not installed. */
  readonly asked: readonly { readonly application: Id<'app'>; readonly scheme: Scheme }[]
  readonly verification: Id<'ver'> | null
  readonly cards: readonly InstalledCard[]
}

export const blankState: TerminalState = {
  name: null,
  cardholder: null,
  credential: null,
  session: null,
  terminal: null,
  keys: null,
  certificate: null,
  vault_key: null,
  counter: 0,
  unanswered: null,
  application: null,
  asked: [],
  verification: null,
  cards: [],
}

/** The keys with which this terminal speaks; without them it cannot. */
export function speakerOf({ terminal, keys }: TerminalState) {
  if (terminal === null || keys === null)
    throw new TerminalError('not_enrolled', 'This wallet is not registered as a terminal yet.')
  return { terminal, keys }
}

export type TerminalStore = {
  load(): Promise<TerminalState>
  save(state: TerminalState): Promise<void>
}

export function memoryStore(first: TerminalState = blankState): TerminalStore {
  let kept = first
  return {
    load: async () => kept,
    save: async (state) => {
      kept = state
    },
  }
}

/** One piece of work at a time, first come, first served. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** Turns among the callers of one page. */
export function queueTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Turns among all tabs of one wallet (Web Locks): two tabs must not use one counter twice. */
export const lockTurns =
  (locks: LockManager, name: string): Turns =>
  (work) =>
    locks.request(name, work)
