/** One signed request of a terminal, as the authentication door hands it on. */
import { type Id, mintId, type Prefix } from '@warifu/protocol/ids'
import type { SignedRequest } from '@warifu/protocol/vault'

/** One signed request of a terminal, its signature verified (or left to the vault). */
export type TerminalCall = {
  readonly terminal: Id<'trm'>
  /** Whose terminal it is; empty where the vault is yet to verify. */
  readonly cardholder: Id<'chl'>
  readonly counter: bigint
  /** SHA-256 of the signature base, in which the body's digest stands: “the same bytes”. */
  readonly digest: Uint8Array
  /** The request as it came: the evidence. */
  readonly request: SignedRequest
}

/**
 * An id that the same bytes always give: a retry asks the vault with the same words. Its time is
 * that of the object it belongs to, since the terminal's own clock is not ours to believe.
 */
export const idOfCall = <P extends Prefix>(prefix: P, call: TerminalCall, ofMs: number): Id<P> =>
  mintId({ prefix, lane: 0, nowMs: ofMs, chance: call.digest })
