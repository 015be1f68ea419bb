/**
 * Codes that pay up to a cap. Making one keeps what was signed; whether it stands, the vault says
 * when a till has read it. The code itself we are not told before: the digest is what was signed.
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import type { CappedCodeBody } from '@warifu/protocol/capped-code'
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest } from '@warifu/protocol/vault'
import type { Db } from '#store'
import type { TerminalCall } from './call.ts'
import type { Work } from './once.ts'

/** How far a phone's clock may be ahead of ours; a code is good for a minute of ours at most. */
const SKEW_MS = 60_000

/** Work of `terminals.once`; answers with the deadline. */
export const newCapped = (
  { terminal, cardholder, request }: TerminalCall,
  { statement: { content } }: CappedCodeBody,
  { codeMs, nowMs }: { readonly codeMs: number; readonly nowMs: number },
): Work<null, number> => ({
  gather: async () => done(null),
  record: async (tx) => {
    const signedMs = Date.parse(content.deadline_at)
    if (!(signedMs > nowMs && signedMs <= nowMs + codeMs + SKEW_MS))
      return refused('field_invalid', 'statement.content.deadline_at', 'within a minute expected')
    const deadlineMs = Math.min(signedMs, nowMs + codeMs)
    const kept = await tx`
      insert into terminals.code (hash, terminal, cardholder, deadline_ms, cap, currency, request)
      values (${fromBase64url(content.subject.digest)}, ${terminal}, ${cardholder}, ${deadlineMs},
              ${content.amount}, ${content.currency}, ${tx.json(request)})
      on conflict do nothing returning 1`
    return kept.length === 1
      ? done(deadlineMs)
      : refused('field_invalid', 'statement.content.subject.digest', 'a new code expected')
  },
})

/** What was signed when the code was made. */
export type Capped = { readonly terminal: Id<'trm'>; readonly request: SignedRequest }

type Reading = {
  readonly hash: Uint8Array
  readonly amount: number
  readonly currency: string
  readonly nowMs: number
}

/** A code that looks good for this payment; undefined where its person is asked, or nobody is. */
export async function cappedFor(
  db: Db,
  { hash, amount, currency, nowMs }: Reading,
): Promise<Capped | undefined> {
  const [found] = await db<Capped[]>`
    select terminal, request from terminals.code
     where hash = ${hash} and payment is null and deadline_ms > ${nowMs}
       and ${amount} <= cap and currency = ${currency}`
  return found
}
