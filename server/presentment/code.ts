/**
 * S0, by a code that carries a cap: what the terminal signed when it made the code. The vault
 * verifies signature, passkey, code, cap and time before it opens anything. Its no is nobody's
 * refusal here: the person is asked, as by any code.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest } from '@warifu/protocol/vault'
import type { VaultClient } from '#vault-client'
import type { Read } from './read.ts'

export type CodeAsk = {
  readonly terminal: Id<'trm'>
  readonly request: SignedRequest
  readonly code: Uint8Array
  readonly amount: number
  readonly currency: string
  readonly nowMs: number
}
export type CodeRead = Read & { readonly cardholder: Id<'chl'> }

export async function readCode(
  vault: VaultClient,
  { code, nowMs, ...ask }: CodeAsk,
): Promise<CodeRead | undefined> {
  const now = new Date(nowMs).toISOString()
  const reply = await vault.call('open_code', { ...ask, code: toBase64url(code), now })
  if (!reply.ok) return undefined
  const { card, cardholder, content_digest, signed_with, opened_with } = reply.output
  return {
    card,
    cardholder,
    contentDigest: fromBase64url(content_digest),
    factors: ['terminal_signature', 'user_verification'],
    signedWith: signed_with,
    openedWith: opened_with,
  }
}
