/** Makes a card's token at one merchant, and asks the cardholder for a consent to go with it. */
import type { MandateContent } from '@warifu/protocol/approval-content'
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { ConsentAsked } from '@warifu/protocol/merchant-objects'
import { ask } from '#approvals'
import { append } from '#events'
import type { Tx } from '#store'
import { drawToken, laneOfToken } from './digits.ts'
import type { TokenRow } from './row.ts'

export type MakeNeeds = {
  readonly mint: Mint
  readonly random: (size: number) => Uint8Array
  /** How long a terminal may take to sign that it showed a question. */
  readonly receiptMs: number
}

export type NewToken = {
  readonly merchant: Id<'mer'>
  readonly card: Id<'crd'>
  readonly last4: string
  readonly metadata: Readonly<Record<string, string>>
  readonly nowMs: number
}

/** How often digits already taken are drawn again; 10¹³ numbers make the second draw rare. */
const DRAWS = 16

/** The living token of this card at this merchant, made where there is none. */
export async function makeToken(
  tx: Tx,
  { mint, random }: MakeNeeds,
  { merchant, card, last4, metadata, nowMs }: NewToken,
): Promise<TokenRow> {
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const token = drawToken(random)
    const lane = laneOfToken(token)
    const id = mint('tok', lane)
    const row = { lane, token, id, merchant, card, last4, metadata, turn: 0, spent: 0, version: 1 }
    const [made] = await tx<{ code: string; token: TokenRow }[]>`
      select code, token from tokens.make(
        ${laneOf(merchant)}::smallint, ${tx.json({ ...row, created_ms: nowMs })})`
    if (made === undefined) throw new Error('tokens.make answered nothing')
    if (made.code === 'collision') continue
    if (made.code === 'made') {
      const subject = made.token.id
      const event = { id: mint('evt', laneOf(merchant)), audience: merchant, subject, sequence: 1 }
      await append(tx, [{ ...event, type: 'token.created', data: { last4 } }], nowMs)
    }
    return made.token
  }
  throw new Error('no free digits for a token: is chance broken?')
}

export type Asking = {
  readonly token: TokenRow
  readonly card: Id<'crd'>
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly payee: MandateContent['payee']
  readonly consent: Extract<ConsentAsked, { readonly kind: 'recurring' }>
  readonly orderDigest: string
  readonly nowMs: number
}

/** How long a cardholder may take to answer. */
const ANSWER_MS = 24 * 3_600_000

/** Opens the approval and the mandate that waits for it; until a yes it allows nothing. */
export async function askMandate(tx: Tx, needs: MakeNeeds, asking: Asking): Promise<void> {
  const { mint } = needs
  const { token, consent, terminal, cardholder, nowMs } = asking
  const mandate = mint('mdt', token.lane)
  const approval = mint('apr', token.lane)
  const deadlineMs = nowMs + ANSWER_MS
  const content: MandateContent = {
    approval,
    subject: { kind: 'mandate', id: mandate },
    amount: consent.cap,
    currency: consent.currency,
    extent: 'up_to',
    payee: asking.payee,
    order_digest: asking.orderDigest,
    card: asking.card,
    presentment: 'token',
    factors: ['terminal_signature', 'user_verification'],
    match_number: null,
    mandate: { period: consent.period, until: consent.until },
    deadline_at: new Date(deadlineMs).toISOString(),
  }
  const receiptDueMs = nowMs + needs.receiptMs
  await ask(tx, needs, { content, terminal, cardholder, number: null, receiptDueMs, nowMs })
  await tx`
    insert into tokens.mandate
      (lane, id, token, approval, state, cap, currency, period, until_ms, created_ms, deadline_ms)
    values (${token.lane}, ${mandate}, ${token.token}, ${approval}, 'asked', ${consent.cap},
            ${consent.currency}, ${consent.period}, ${Date.parse(consent.until)}, ${nowMs},
            ${deadlineMs})`
  await tx`
    update tokens.token set latest = ${mandate}
     where lane = ${token.lane} and token = ${token.token}`
  const told = { mandate, amount: consent.cap, currency: consent.currency, period: consent.period }
  const event = { audience: cardholder, type: 'token.consent_asked', data: told } as const
  await append(tx, [{ ...event, id: mint('evt'), subject: mandate, sequence: 1 }], nowMs)
}
