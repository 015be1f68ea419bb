/**
 * Paying: open a link, show what it asks for, approve it with the card on this terminal.
 *
 * What is shown is what is signed: the statement is the approval's content as it was read, the card
 * and the digest of its blob. It is covered by the passkey's assertion and, with the blob, by the
 * terminal's signature over the request. Browser-safe.
 */
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { PaymentStatement } from '@warifu/protocol/sealed'
import { type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import { TerminalError } from './terminal-error.ts'
import { digestOf, digestOfJson, fetchBlob } from './terminal-keys.ts'
import { speakerOf } from './terminal-state.ts'

export type Claim = Reply<'claimPayment'>
export type Presented = Reply<'presentCard'>

/** The secret of a payment link; it must lead to this wallet. */
export function secretOf(link: string, origin: string): string {
  const url = URL.parse(link)
  const secret = url?.hash.slice(1) ?? ''
  if (url?.origin !== origin || url.pathname !== '/pay' || !/^[A-Za-z0-9_-]{43}$/.test(secret))
    throw new TerminalError('link_invalid', `This is not a payment link of ${origin}.`)
  return secret
}

export async function claim(needs: TerminalNeeds, link: string): Promise<Claim> {
  const secret = secretOf(link, needs.origin)
  const claimed = await write(needs, 'claimPayment', { body: { secret } })
  const { content, lines, payment } = claimed
  if (content.order_digest !== (await digestOfJson(lines)) || content.subject.id !== payment)
    throw new TerminalError('order_mismatch', 'What would be shown is not what would be signed.')
  return claimed
}

/** The blob of an installed card, as it travels to the vault. Not readable by this terminal. */
export async function blobOf({ store }: TerminalNeeds, card: Id<'crd'>): Promise<string> {
  const state = await store.load()
  const installed = state.cards.find((each) => each.card === card)
  if (installed === undefined)
    throw new TerminalError('card_not_installed', 'That card is not on this terminal.')
  return fetchBlob(speakerOf(state).keys.local, installed)
}

export const statementOf = async (
  { content }: Claim,
  { card, blob }: { readonly card: Id<'crd'>; readonly blob: string },
): Promise<PaymentStatement> => ({ content, card, blob_digest: await digestOf(blob) })

export const vouchFor = (needs: TerminalNeeds, statement: PaymentStatement) =>
  vouch(needs, jcsBytes(statement))

/** Approve and pay. Without user verification it may be enough for small amounts only. */
export async function present(
  needs: TerminalNeeds,
  claimed: Claim,
  { card, verifyUser }: { readonly card: Id<'crd'>; readonly verifyUser: boolean },
): Promise<Presented> {
  const blob = await blobOf(needs, card)
  const statement = await statementOf(claimed, { card, blob })
  const assertion = verifyUser ? { assertion: await vouchFor(needs, statement) } : {}
  const body = { statement, blob, ...assertion }
  return write(needs, 'presentCard', { params: { id: claimed.payment }, body })
}
