/**
 * S1, by a proximity device: a till heard its code, its phone answers with a code of its chip. What
 * was heard only says whom to ask. The vault verifies terminal, passkey, chip and counter over
 * exactly the content that was shown (KR 2017, Kim/Kwon).
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import type { BeaconBody } from '@warifu/protocol/beacon'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest, VaultRefusal } from '@warifu/protocol/vault'
import type { VaultClient } from '#vault-client'
import type { Read } from './read.ts'

export type BeaconAsk = {
  readonly terminal: Id<'trm'>
  readonly request: SignedRequest
  readonly body: BeaconBody
  /** The device that the till's code led to. */
  readonly heard: Id<'pxd'> | undefined
}

export async function readBeacon(
  vault: Pick<VaultClient, 'call'>,
  { terminal, request, body, heard }: BeaconAsk,
): Promise<Answer<Read>> {
  const { device, content } = body.statement
  if (heard !== undefined && heard !== device) return refused('chip_mismatch')
  const reply = await vault.call('verify_chip', { terminal, request })
  if (!reply.ok) return refused(meaning(reply.refusal))
  const { card, content_digest, user_verified, signed_with, verified_with } = reply.output
  return done({
    card,
    contentDigest: fromBase64url(content_digest),
    ...(content.match_number === null ? {} : { matchNumber: content.match_number }),
    factors: user_verified ? ['terminal_signature', 'user_verification'] : ['terminal_signature'],
    signedWith: signed_with,
    openedWith: verified_with,
  })
}

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'terminal_unknown':
    case 'signature_invalid':
    case 'statement_invalid':
    case 'assertion_invalid':
    case 'card_unknown':
    case 'chip_unknown':
    case 'chip_code_invalid':
    case 'chip_replayed':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'request_malformed':
      return 'signature_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to verify_chip`)
  }
}
