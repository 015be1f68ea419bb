/**
 * The phones of one person, and one of them ending another: its installations end in that instant,
 * in the vault first, and its cards are the other's to pull.
 */
import { done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import type { VaultRefusal } from '@warifu/protocol/vault'
import type { Db, Tx } from '#store'
import {
  endedAs,
  type Phone,
  phonesOf,
  readTerminal,
  removeTerminal,
  type TerminalCall,
  type Work,
} from '#terminals'
import { readArrival } from './arrival.ts'
import { type ArrivalNeeds, warn } from './arriving.ts'
import { cardsOn, cardsToPull, reissue } from './moving.ts'

export type PhoneView = Phone & {
  readonly cards: readonly Id<'crd'>[]
  readonly coming: readonly Id<'crd'>[]
}

const viewOf = async (db: Db, phone: Phone): Promise<PhoneView> => ({
  ...phone,
  cards: await cardsOn(db, phone.id),
  coming: await cardsToPull(db, phone.id),
})

export const listPhones = async (db: Db, cardholder: Id<'chl'>): Promise<PhoneView[]> =>
  Promise.all((await phonesOf(db, cardholder)).map((phone) => viewOf(db, phone)))

export type Removing = {
  readonly call: TerminalCall
  readonly terminal: Id<'trm'>
  readonly language: Language
  readonly nowMs: number
}

/** Answers with the phone that removed it: its cards have come there. */
export const removePhone = (needs: ArrivalNeeds, asked: Removing): Work<null, PhoneView> => ({
  gather: async () => {
    const { sql } = needs.store
    const { call, terminal } = asked
    const by = call.terminal
    const found = await readTerminal(sql, terminal)
    if (found?.cardholder !== call.cardholder || terminal === by) return refused('not_found')
    const ended = endedAs(found.status)
    if (ended !== undefined) return refused(ended)
    // One that is not in yet is called back; so is one at its low limit, which ends with that.
    const arrival = await readArrival(sql, terminal)
    const isIn = found.status === 'active' || found.status === 'suspended'
    if (!isIn || arrival?.state === 'limited') return refused('arrival_state')
    const reply = await needs.vault.call('dismiss_terminal', {
      terminal,
      by,
      request: call.request,
    })
    return reply.ok ? done(null) : refused(meanings[reply.refusal] ?? 'terminal_not_active')
  },
  record: async (tx) => {
    await endPhone(needs, tx, asked)
    const phones = await phonesOf(tx, asked.call.cardholder)
    const own = phones.find(({ id }) => id === asked.call.terminal)
    if (own === undefined) throw new Error('a phone that acts is not among its owner’s')
    return done(await viewOf(tx, own))
  },
})

const meanings: Partial<Record<VaultRefusal, Refusal>> = {
  terminal_unknown: 'not_found',
  cardholder_mismatch: 'not_found',
  signature_invalid: 'signature_invalid',
  statement_invalid: 'statement_invalid',
  assertion_invalid: 'passkey_invalid',
}

async function endPhone(needs: ArrivalNeeds, tx: Tx, asked: Removing): Promise<void> {
  const { call, terminal, language, nowMs } = asked
  const { terminal: by, cardholder } = call
  const cards = await cardsOn(tx, terminal)
  await removeTerminal(tx, needs, { id: terminal, by }, nowMs)
  for (const card of cards) await reissue(needs, tx, { card, terminal: by, nowMs })
  await warn(tx, needs, { cardholder, name: 'phone_removed', language, nowMs })
}
