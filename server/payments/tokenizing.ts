/**
 * A card is kept as a token, without a charge (an entry device's message) or after one (a payment).
 * A recurring consent is asked of the cardholder; the token can be used on session meanwhile.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId, laneOf } from '@warifu/protocol/ids'
import type { ConsentAsked, TokenSource } from '@warifu/protocol/merchant-objects'
import { payeeOf } from '#merchants'
import { readEntry } from '#presentment'
import type { Tx } from '#store'
import { saleOf } from './charging.ts'
import { orderDigest } from './creating.ts'
import type { At, PaymentNeeds } from './needs.ts'
import { paymentOf } from './reading.ts'

export type NewTokenAsk = {
  readonly merchant: Id<'mer'>
  readonly key: string
  readonly digest: Uint8Array
  readonly source: TokenSource
  readonly consent: ConsentAsked
  readonly metadata: Readonly<Record<string, string>>
}

type Source = { readonly card: Id<'crd'>; readonly last4: string }
type Kept = { readonly token: Id<'tok'> }

export async function createToken(
  needs: PaymentNeeds,
  ask: NewTokenAsk,
  at: At,
): Promise<Answer<Id<'tok'>>> {
  const source = await sourceOf(needs, ask, at)
  if (!source.ok) return source
  const asking = await askingOf(needs, ask, source.value)
  if (!asking.ok) return asking
  return needs.store.transaction(async (tx) => {
    const first = await claim(tx, ask, at)
    if (first !== undefined) return first
    const { merchant, metadata } = ask
    const { nowMs } = at
    const token = await needs.tokens.make(tx, { ...source.value, merchant, metadata, nowMs })
    if (asking.value !== null) await needs.tokens.askMandate(tx, { ...asking.value, token, nowMs })
    await keep(tx, ask, { token: token.id })
    return done(token.id)
  })
}

/** The card behind the message or the payment, with nothing speaking against it. */
async function sourceOf(
  needs: PaymentNeeds,
  { merchant, key, source }: NewTokenAsk,
  { nowMs }: At,
): Promise<Answer<Source>> {
  if (source.kind === 'payment') {
    const row = await paymentOf(needs.store.sql, { merchant, payment: source.payment })
    if (!row) return refused('not_found', 'source.payment')
    if (row.card === null || row.card_last4 === null || row.status === 'declined')
      return refused('payment_state')
    // A token charges accounts of ours; another company's card is entered anew each time.
    const { card, card_last4: last4 } = row
    return isOurs(card) ? done({ card, last4 }) : refused('card_not_supported')
  }
  const sale = saleOf(key)
  // A card is kept without a charge, so it may have been keyed for a phone order or not.
  const { channel = null } = source.message.context
  const nothing = { amount: null, currency: null }
  const expected = { purpose: 'token', merchant, sale, ...nothing, channel } as const
  const read = await readEntry(needs.vault, source.message, expected)
  if (!read.ok) {
    const { device } = source.message
    await needs.alarm({ merchant, device, refusal: read.refusal, nowMs })
    return read
  }
  const { card, last4, declined } = read.value
  if (declined !== null || card === null) return refused(declined ?? 'card_not_supported')
  return done({ card, last4 })
}

const isOurs = (card: Id<'crd'> | Id<'ncr'>): card is Id<'crd'> => isId('crd', card)

type Asking = Omit<Parameters<PaymentNeeds['tokens']['askMandate']>[1], 'token' | 'nowMs'>

/** Whom a recurring consent is asked of: the newest active terminal of the card's owner. */
async function askingOf(
  needs: PaymentNeeds,
  { merchant, consent }: NewTokenAsk,
  { card }: Source,
): Promise<Answer<Asking | null>> {
  if (consent.kind === 'on_session') return done(null)
  const { sql } = needs.store
  const found = await payeeOf(sql, merchant)
  if (!found) return refused('not_found')
  const { id, name, store, place } = found
  const payee = { id, name, store, place }
  const owner = await needs.ownerOf(sql, card)
  if (owner === undefined) return refused('consent_missing')
  const { terminal, cardholder } = owner
  return done({ card, payee, consent, terminal, cardholder, orderDigest: orderDigest([]) })
}

/** The first answer, a refusal, or nothing: then the key is ours to answer. */
async function claim(
  tx: Tx,
  { merchant, key, digest }: NewTokenAsk,
  { requestId, nowMs }: At,
): Promise<Answer<Id<'tok'>> | undefined> {
  const [claimed] = await tx<{ code: string; answer: Kept | null }[]>`
    select code, answer from store.once(
      ${laneOf(merchant)}::smallint, ${merchant}, ${key}, ${digest}, ${requestId}, ${nowMs})`
  if (claimed?.code === 'fresh') return undefined
  if (claimed?.code === 'seen' && claimed.answer !== null) return done(claimed.answer.token)
  return refused('idempotency_key_reused')
}

const keep = (tx: Tx, { merchant, key }: NewTokenAsk, kept: Kept) => tx`
  select store.keep(${laneOf(merchant)}::smallint, ${merchant}, ${key}, ${tx.json(kept)})`
