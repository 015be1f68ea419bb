/**
 * The cardholder's terminals: registered with two keys that the vault bound, and the counter that
 * makes each of their writes happen once.
 */

import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest } from '@warifu/protocol/vault'

/** One signed request of a terminal, its signature verified (or left to the vault). */
export type TerminalCall = {
  readonly terminal: Id<'trm'>
  /** Whose terminal it is; empty where the vault is yet to verify. */
  readonly cardholder: Id<'chl'>
  readonly counter: bigint
  /** SHA-256 of the signature base and the body: “the same bytes”. */
  readonly digest: Uint8Array
  /** The request as it came: the evidence. */
  readonly request: SignedRequest
}
