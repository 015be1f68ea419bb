/**
 * S0, from the wallet: the sealed card and one signed statement. The vault verifies the terminal's
 * signature and the passkey's assertion before it opens anything (JP6913237B2, figs. 4 and 5).
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest, VaultRefusal } from '@warifu/protocol/vault'
import type { VaultClient } from '#vault-client'
import type { Read } from './read.ts'

export async function readWallet(
  vault: VaultClient,
  terminal: Id<'trm'>,
  request: SignedRequest,
): Promise<Answer<Read>> {
  const reply = await vault.call('open_card', { terminal, request })
  if (!reply.ok) return refused(meaning(reply.refusal))
  const { card, content_digest, user_verified, signed_with, opened_with } = reply.output
  return done({
    card,
    contentDigest: fromBase64url(content_digest),
    factors: user_verified ? ['terminal_signature', 'user_verification'] : ['terminal_signature'],
    signedWith: signed_with,
    openedWith: opened_with,
  })
}

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal) {
  switch (refusal) {
    case 'terminal_unknown':
    case 'signature_invalid':
    case 'statement_invalid':
    case 'assertion_invalid':
    case 'blob_mismatch':
    case 'cardholder_mismatch':
    case 'card_unknown':
    case 'card_moved':
    case 'scheme_mismatch':
    case 'card_not_activated':
    case 'payment_key_expired':
    case 'blob_invalid':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'request_malformed':
      return 'signature_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to open_card`)
  }
}
