/**
 * PINs, as far as the server sees them: it carries what is sealed, keeps no digit and no try, and
 * sends the codes that unblock one. Whether a PIN is set, wrong or blocked is the vault's to say.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { EventType } from '@warifu/protocol/event-types'
import { type Id, timeOf } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import type { VaultOutput } from '@warifu/protocol/vault'
import { append } from '#events'
import { maskPhone, messageText, queueMessage } from '#people'
import type { Db, Tx } from '#store'
import { idOfCall, type TerminalCall, type Work } from '#terminals'
import { readCard } from './card.ts'
import type { Needs } from './needs.ts'
import { vaultRefusal } from './vault-words.ts'

const CODE_MS = 10 * 60 * 1000
const CODE_TRIES = 5
/** How many codes a card may have made for it in a day. */
const CODES_A_DAY = 5
const DAY_MS = 24 * 60 * 60 * 1000

export type OnPin = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly nowMs: number
}

export type PinCode = {
  readonly verification: Id<'ver'>
  readonly channel: 'sms' | 'operator'
  readonly destination: string | null
  readonly deadlineMs: bigint
}
export type PinView = VaultOutput<'pin_state'> & { readonly unblocking: PinCode | null }

export async function pinOf(
  { store: { sql }, vault }: Needs,
  { card, cardholder, nowMs }: { card: Id<'crd'>; cardholder: Id<'chl'>; nowMs: number },
): Promise<Answer<PinView>> {
  if ((await readCard(sql, card))?.cardholder !== cardholder) return refused('not_found')
  const reply = await vault.call('pin_state', { card })
  if (!reply.ok) return refused(vaultRefusal(reply.refusal))
  return done({ ...reply.output, unblocking: await codeOnItsWay(sql, card, nowMs) })
}

async function codeOnItsWay(db: Db, card: Id<'crd'>, nowMs: number): Promise<PinCode | null> {
  const [row] = await db<PinCode[]>`
    select verification, channel, destination, deadline_ms as "deadlineMs"
      from issuing.pin_code where card = ${card} and deadline_ms > ${nowMs}
     order by created_ms desc limit 1`
  return row ?? null
}

type Changing = {
  readonly operation: 'set_pin' | 'unblock_pin'
  readonly event: Extract<EventType, `card.pin_${string}`>
}

export const setPin = (needs: Needs, asked: OnPin) =>
  change(needs, asked, { operation: 'set_pin', event: 'card.pin_changed' })
export const unblockPin = (needs: Needs, asked: OnPin) =>
  change(needs, asked, { operation: 'unblock_pin', event: 'card.pin_unblocked' })

/** The vault does it, or says why not; the owner is told in either of the two cases it happened. */
const change = (
  needs: Needs,
  { call, card, nowMs }: OnPin,
  { operation, event }: Changing,
): Work<VaultOutput<'pin_state'>, PinView> => ({
  gather: async () => {
    const found = await readCard(needs.store.sql, card)
    if (found?.cardholder !== call.cardholder) return refused('not_found')
    const { terminal, request } = call
    const now = new Date(nowMs).toISOString()
    const reply = await needs.vault.call(operation, { terminal, request, now })
    return reply.ok ? done(reply.output) : refused(vaultRefusal(reply.refusal))
  },
  record: async (tx, state) => {
    await tell(needs, tx, { card, cardholder: call.cardholder, event, nowMs })
    return done({ ...state, unblocking: null })
  },
})

type Telling = {
  readonly card: Id<'crd'>
  readonly cardholder: Id<'chl'>
  readonly event: EventType
  readonly nowMs: number
}

async function tell(
  { mint }: Needs,
  tx: Tx,
  { card, cardholder: audience, event: type, nowMs }: Telling,
): Promise<void> {
  const [row] = await tx<{ version: number; last4: string | null }[]>`
    update issuing.card set version = version + 1 where id = ${card} returning version, last4`
  if (row === undefined) throw new Error('the card is not there')
  const { version: sequence, last4 } = row
  const event = { id: mint('evt'), audience, type, subject: card, sequence, data: { last4 } }
  await append(tx, [event], nowMs)
}

type Coded = { readonly id: Id<'ver'>; readonly code: string; readonly destination: string }

export type Unblocking = OnPin & { readonly language: Language }

/** A code to the phone number that its owner has verified, and to no other. */
export const startUnblock = (needs: Needs, asked: Unblocking): Work<Coded, PinView> => ({
  gather: async () => {
    const { call, card, nowMs } = asked
    const pin = await pinOf(needs, { card, cardholder: call.cardholder, nowMs })
    if (!pin.ok) return pin
    if (pin.value.status !== 'blocked') return refused('pin_not_blocked')
    const destination = await verifiedPhone(needs.store.sql, call.cardholder)
    if (destination === undefined) return refused('no_verified_phone')
    const id = idOfCall('ver', call, timeOf(card))
    const code = await makeCode(needs, { id, card, nowMs })
    return code.ok ? done({ id, destination, code: code.value }) : code
  },
  record: async (tx, { id, code, destination }) => {
    const { card, language, nowMs } = asked
    const body = messageText('pin_code', language, { code })
    const message = { channel: 'sms', recipient: destination, body } as const
    await queueMessage(tx, { id: needs.mint('msg'), ...message }, nowMs)
    const shown = maskPhone(destination)
    await keepCode(tx, { id, card, channel: 'sms', destination: shown, by: null, nowMs })
    const unblocking = await codeOnItsWay(tx, card, nowMs)
    return done({ card, status: 'blocked', tries_left: 0, unblocking })
  },
})

type Making = { readonly id: Id<'ver'>; readonly card: Id<'crd'>; readonly nowMs: number }

async function makeCode(
  { store, vault }: Needs,
  { id, card, nowMs }: Making,
): Promise<Answer<string>> {
  const [{ made } = { made: 0 }] = await store.sql<{ made: number }[]>`
    select count(*)::int as made from issuing.pin_code
     where card = ${card} and created_ms > ${nowMs - DAY_MS} and verification <> ${id}`
  if (made >= CODES_A_DAY) return refused('code_exhausted')
  const expires_at = new Date(nowMs + CODE_MS).toISOString()
  const asked = { verification: id, card, tries: CODE_TRIES, expires_at }
  const reply = await vault.call('make_pin_code', asked)
  return reply.ok ? done(reply.output.code) : refused(vaultRefusal(reply.refusal))
}

type Keeping = Making & {
  readonly channel: PinCode['channel']
  readonly destination: string | null
  readonly by: string | null
}

async function keepCode(db: Db, keeping: Keeping): Promise<void> {
  const { id, card, channel, destination, by, nowMs } = keeping
  await db`
    insert into issuing.pin_code
      (verification, card, channel, destination, by, created_ms, deadline_ms)
    values (${id}, ${card}, ${channel}, ${destination}, ${by}, ${nowMs}, ${nowMs + CODE_MS})`
}

/** The number that was verified last, of any application of this person. */
export async function verifiedPhone(db: Db, cardholder: Id<'chl'>): Promise<string | undefined> {
  const [row] = await db<{ destination: string }[]>`
    select v.destination from issuing.verification v
      join issuing.application a on a.id = v.application
     where a.cardholder = ${cardholder} and v.method = 'phone' and v.state = 'verified'
     order by v.created_ms desc limit 1`
  return row?.destination
}

export type HandingOut = {
  readonly card: Id<'crd'>
  readonly operator: Id<'opr'>
  readonly nowMs: number
}

/** An operator tells it to the person before them; who gave it out is written down. */
export async function handOutCode(
  needs: Needs,
  { card, operator: by, nowMs }: HandingOut,
): Promise<Answer<PinCode & { readonly code: string }>> {
  if ((await readCard(needs.store.sql, card)) === undefined) return refused('not_found')
  const id = needs.mint('ver')
  const code = await makeCode(needs, { id, card, nowMs })
  if (!code.ok) return code
  const channel = 'operator'
  await keepCode(needs.store.sql, { id, card, channel, destination: null, by, nowMs })
  const deadlineMs = BigInt(nowMs + CODE_MS)
  return done({ verification: id, channel, destination: null, deadlineMs, code: code.value })
}
