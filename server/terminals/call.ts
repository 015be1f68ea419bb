/** One signed request of a terminal, as the authentication door hands it on. */
import { readSignatureInput } from '@warifu/crypto/http-signature'
import { type Id, mintId, type Prefix } from '@warifu/protocol/ids'
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

/** When the terminal signed; within 60 seconds of our clock where the call was let in. */
export function signedAtMs({ request }: TerminalCall): number {
  const input = readSignatureInput(request.signature_input)
  if (input === undefined) throw new TypeError('a call without the profile’s signature input')
  return input.createdS * 1000
}

/** An id that the same bytes always give: a retry asks the vault with the same words. */
export const idOfCall = <P extends Prefix>(prefix: P, call: TerminalCall): Id<P> =>
  mintId({ prefix, lane: 0, nowMs: signedAtMs(call), chance: call.digest })
