/**
 * A code that pays up to a cap: this phone makes the code, and signs, before a till reads it, which
 * card pays how much at most until when. The code leaves it by the screen alone. Browser-safe.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import type { CodeContent } from '@warifu/protocol/capped-code'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { payCodeOf } from '@warifu/protocol/pay-code'
import { type TerminalNeeds, write } from './asking.ts'
import { shownFor, vouchFor } from './paying.ts'
import { digestOf, sha256 } from './terminal-keys.ts'

export type Cap = { readonly amount: number; readonly currency: string; readonly card: Id<'crd'> }
export type Capped = Reply<'createCappedCode'> & { readonly code: string }

const LIFE_MS = 60_000

export async function showCapped(
  needs: TerminalNeeds,
  { amount, currency, card }: Cap,
): Promise<Capped> {
  const code = needs.random(16)
  const content: CodeContent = {
    subject: { kind: 'code', digest: toBase64url(await sha256(code)) },
    amount,
    currency,
    extent: 'up_to',
    card,
    factors: ['terminal_signature', 'user_verification'],
    deadline_at: new Date(needs.nowMs() + LIFE_MS).toISOString(),
  }
  const { scheme, blob } = await shownFor(needs, card, content)
  const statement = { scheme, content, card, blob_digest: await digestOf(blob) }
  const assertion = await vouchFor(needs, statement)
  const made = await write(needs, 'createCappedCode', { body: { statement, blob, assertion } })
  return { ...made, code: payCodeOf(code) }
}
