/**
 * A key of the vault's that this terminal seals to: a JWS (RFC 7515) by the vault's signing key,
 * which was pinned at enrolment. Unsigned, another's, over, or of an older epoch than the one kept:
 * refused, whoever brings it. Browser-safe.
 */
import type { PublicJwk } from '@warifu/crypto/jwk-thumbprint'
import { KEY_TYPE, type SignedKey } from '@warifu/protocol/delivery'
import { TerminalError } from './terminal-error.ts'
import { thumbprintOfJwk } from './terminal-keys.ts'

export type Reading = {
  readonly pinned: PublicJwk | null
  readonly cardholder: string | null
  readonly nowMs: number
  /** The key kept before, if any. */
  readonly kept?: string | null
}

/** The key, where it may be sealed to. */
export async function readVaultKey(jws: string, reading: Reading): Promise<SignedKey> {
  const { pinned, cardholder, nowMs, kept = null } = reading
  const key = await verified(jws, pinned)
  const isOurs = key.cardholder === null || key.cardholder === cardholder
  if (key.use !== 'card-pay' || !isOurs || key.kid !== (await thumbprintOfJwk(key.key)))
    throw new TerminalError('key_invalid', 'This key of the vault’s is not for this card.')
  if (Date.parse(key.exp) <= nowMs)
    throw new TerminalError('key_expired', 'The vault’s key for this card is over: renew it.')
  const before = kept === null ? null : await verified(kept, pinned)
  if (before !== null && key.epoch < before.epoch)
    throw new TerminalError('key_invalid', 'This key is older than the one that is here.')
  return key
}

async function verified(jws: string, pinned: PublicJwk | null): Promise<SignedKey> {
  if (pinned === null)
    throw new TerminalError('not_enrolled', 'This wallet knows no vault yet: register it again.')
  // Loaded when there is a key to read, so that a page shows itself before.
  const { compactVerify, importJWK } = await import('jose')
  try {
    const verifying = await importJWK({ ...pinned }, 'ES256')
    const { payload, protectedHeader } = await compactVerify(jws, verifying, {
      algorithms: ['ES256'],
    })
    if (protectedHeader.typ !== KEY_TYPE) throw new TypeError('another kind of JWS')
    // The vault wrote it: its signature stands, so its form does.
    return JSON.parse(new TextDecoder().decode(payload)) as SignedKey
  } catch (cause) {
    throw new TerminalError('key_invalid', 'This key is not signed by the vault that we know.', {
      cause,
    })
  }
}
