/**
 * Paying: open a link, show what it asks for, approve it with the card on this terminal.
 *
 * What is shown is what is signed: the statement is the approval's content as it was read, the
 * card, and the digest of what travels of it by its scheme. It is covered by the passkey's
 * assertion and, with what travels, by the terminal's signature over the request. Browser-safe.
 */
import { jcsBytes } from '@warifu/crypto/jcs'
import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { CodeContent } from '@warifu/protocol/capped-code'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import type { PaymentStatement } from '@warifu/protocol/sealed'
import { type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import { terminalSchemes } from './schemes.ts'
import { TerminalError } from './terminal-error.ts'
import { digestOf, digestOfJson, fetchBlob } from './terminal-keys.ts'
import { speakerOf } from './terminal-state.ts'
import { readVaultKey } from './vault-key.ts'

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

export async function claim(
  needs: TerminalNeeds,
  link: string,
  presentment: 'wallet' | 'sim' = 'wallet',
): Promise<Claim> {
  const secret = secretOf(link, needs.origin)
  const way = presentment === 'wallet' ? {} : { presentment }
  const claimed = await write(needs, 'claimPayment', { body: { secret, ...way } })
  const { content, lines, payment } = claimed
  if (content.order_digest !== (await digestOfJson(lines)) || content.subject.id !== payment)
    throw new TerminalError('order_mismatch', 'What would be shown is not what would be signed.')
  return claimed
}

async function installedOf({ store }: TerminalNeeds, card: Id<'crd'>) {
  const state = await store.load()
  const installed = state.cards.find((each) => each.card === card)
  if (installed === undefined)
    throw new TerminalError('card_not_installed', 'That card is not on this terminal.')
  return { state, installed }
}

/** What this terminal keeps of a card, its local layer taken off. */
export async function blobOf(needs: TerminalNeeds, card: Id<'crd'>): Promise<string> {
  const { state, installed } = await installedOf(needs, card)
  return fetchBlob(speakerOf(state).keys.local, installed)
}

/** What of the card travels to pay: what was kept, or that sealed for this payment. */
export async function shownFor(
  needs: TerminalNeeds,
  card: Id<'crd'>,
  content: PaymentContent | CodeContent,
): Promise<{ readonly scheme: Scheme; readonly blob: string }> {
  const { state, installed } = await installedOf(needs, card)
  const { keys } = speakerOf(state)
  const { scheme, payment_key } = installed
  const { show } = terminalSchemes[scheme]
  const text = await fetchBlob(keys.local, installed)
  if (!show.seals) return { scheme, blob: show.text(text) }
  const { vault_key: pinned, cardholder } = state
  if (payment_key === null || cardholder === null)
    throw new TerminalError('key_invalid', 'There is no key to seal this card to.')
  const nowMs = needs.nowMs()
  const key = await readVaultKey(payment_key, { pinned, cardholder, nowMs })
  const blob = await show.text({ card, cardholder, content, keys, text, key, nowMs })
  return { scheme, blob }
}

type Stating = {
  readonly card: Id<'crd'>
  readonly blob: string
  /** Unless told, the one in which the blob is shown as it was sealed twice. */
  readonly scheme?: Scheme
}

export const statementOf = async (
  { content }: Pick<Claim, 'content'>,
  { card, blob, scheme = 'double_sealed' }: Stating,
): Promise<PaymentStatement> => ({ scheme, content, card, blob_digest: await digestOf(blob) })

export const vouchFor = (needs: TerminalNeeds, statement: object) =>
  vouch(needs, jcsBytes(statement))

/** Approve and pay. Without user verification it may be enough for small amounts only. */
export async function present(
  needs: TerminalNeeds,
  claimed: Claim,
  { card, verifyUser }: { readonly card: Id<'crd'>; readonly verifyUser: boolean },
): Promise<Presented> {
  const { scheme, blob } = await shownFor(needs, card, claimed.content)
  const statement = await statementOf(claimed, { card, blob, scheme })
  const assertion = verifyUser ? { assertion: await vouchFor(needs, statement) } : {}
  const body = { statement, blob, ...assertion }
  return write(needs, 'presentCard', { params: { id: claimed.payment }, body })
}

const RENEW_MS = 30 * 24 * 60 * 60 * 1000

/** Asks anew for the keys that end within a month, or for this card's. */
export async function renewKeys(needs: TerminalNeeds, card?: Id<'crd'>): Promise<void> {
  const { cards, cardholder, vault_key: pinned } = await needs.store.load()
  const nowMs = needs.nowMs() + RENEW_MS
  for (const { card: id, payment_key, is_confirmed } of cards) {
    if (payment_key === null || !is_confirmed) continue
    const holds = readVaultKey(payment_key, { pinned, cardholder, nowMs }).then(
      () => true,
      () => false,
    )
    if (id === card || !(await holds)) await write(needs, 'renewPaymentKey', { params: { id } })
  }
}
