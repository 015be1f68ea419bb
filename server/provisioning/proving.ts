/** Without the old phone: codes by two methods; and what the clock does afterwards. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ProofMethod } from '@warifu/protocol/vault-arrivals'
import { holdBack, letGo } from '#ledger'
import { messageText, queueMessage } from '#people'
import { letIn, removeTerminal, type TerminalCall } from '#terminals'
import {
  type ArrivalRow,
  type ArrivalView,
  dueArrivals,
  moveArrival,
  readArrival,
  toForget,
  viewArrival,
} from './arrival.ts'
import { type ArrivalNeeds, takePlace, warn } from './arriving.ts'
import { cardsOn, moveBack } from './moving.ts'

const CODE_MS = 10 * 60 * 1000
const CODE_TRIES = 5
const CODES_A_DAY = 6
const DAY_MS = 24 * 60 * 60 * 1000
const PROOFS = 2

export type OnArrival = {
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly nowMs: number
}

async function ownProving(
  { store }: ArrivalNeeds,
  { terminal, cardholder }: Pick<OnArrival, 'terminal' | 'cardholder'>,
): Promise<Answer<ArrivalRow>> {
  const row = await readArrival(store.sql, terminal)
  if (row?.cardholder !== cardholder) return refused('not_found')
  return row.state === 'proving' ? done(row) : refused('arrival_state')
}

const ways = {
  phone: ['sms', 'phone_code'],
  voice: ['voice', 'phone_code_spoken'],
} as const

export async function sendCode(
  needs: ArrivalNeeds,
  asked: OnArrival & { readonly method: 'phone' | 'voice' },
): Promise<Answer<ArrivalView>> {
  const { cardholder, method, nowMs } = asked
  const row = await ownProving(needs, asked)
  if (!row.ok) return row
  const recipient = await needs.verifiedPhone(needs.store.sql, cardholder)
  if (recipient === undefined) return refused('no_verified_phone')
  const code = await makeCode(needs, { row: row.value, method, by: null, nowMs })
  if (!code.ok) return code
  const [channel, name] = ways[method]
  const body = messageText(name, row.value.language, { code: code.value })
  const message = { id: needs.mint('msg'), channel, recipient, body } as const
  await queueMessage(needs.store.sql, message, nowMs)
  return done(await viewArrival(needs.store.sql, row.value))
}

export type HandingCode = {
  readonly terminal: Id<'trm'>
  readonly operator: Id<'opr'>
  readonly nowMs: number
}

/** To somebody whose papers an operator has seen; who it was is written down. */
export async function handOutProof(
  needs: ArrivalNeeds,
  { terminal, operator: by, nowMs }: HandingCode,
): Promise<Answer<{ readonly code: string; readonly deadlineMs: number }>> {
  const row = await readArrival(needs.store.sql, terminal)
  if (row === undefined) return refused('not_found')
  if (row.state !== 'proving') return refused('arrival_state')
  const code = await makeCode(needs, { row, method: 'operator', by, nowMs })
  return code.ok ? done({ code: code.value, deadlineMs: nowMs + CODE_MS }) : code
}

type Making = {
  readonly row: ArrivalRow
  readonly method: ProofMethod
  readonly by: string | null
  readonly nowMs: number
}

async function makeCode(
  { store: { sql }, vault, mint }: ArrivalNeeds,
  { row: { terminal }, method, by, nowMs }: Making,
): Promise<Answer<string>> {
  const [{ made } = { made: 0 }] = await sql<{ made: number }[]>`
    select count(*)::int as made from provisioning.proof
     where terminal = ${terminal} and created_ms > ${nowMs - DAY_MS}`
  if (made >= CODES_A_DAY) return refused('code_exhausted')
  const verification = mint('ver')
  const expires_at = new Date(nowMs + CODE_MS).toISOString()
  const asked = { verification, terminal, method, tries: CODE_TRIES, expires_at }
  const reply = await vault.call('make_proof_code', asked)
  if (!reply.ok) return refused('arrival_state')
  await sql`
    insert into provisioning.proof (verification, terminal, method, by, created_ms)
    values (${verification}, ${terminal}, ${method}, ${by}, ${nowMs})`
  return done(reply.output.code)
}

export type AnsweringProof = OnArrival & { readonly method: ProofMethod; readonly code: string }

/** The second proof of another method begins the waiting time, and its owner is warned. */
export async function answerProof(
  needs: ArrivalNeeds,
  answering: AnsweringProof,
): Promise<Answer<ArrivalView>> {
  const { store, vault, mint, waits } = needs
  const { terminal, cardholder, method, code, nowMs } = answering
  const row = await ownProving(needs, answering)
  if (!row.ok) return row
  const [proof] = await store.sql<{ verification: Id<'ver'> }[]>`
    select verification from provisioning.proof
     where terminal = ${terminal} and method = ${method} and not passed
     order by created_ms desc limit 1`
  if (proof === undefined) return refused('code_expired')
  const { verification } = proof
  const typed = { verification, attempt: mint('req'), code, now: new Date(nowMs).toISOString() }
  const reply = await vault.call('check_proof_code', typed)
  if (!reply.ok) return refused(meaning(reply.refusal))
  return store.transaction(async (tx) => {
    await tx`update provisioning.proof set passed = true where verification = ${verification}`
    const dueMs = nowMs + waits.waitMs
    if (reply.output.passed >= PROOFS) {
      await moveArrival(tx, needs, terminal, { to: 'waiting', dueMs }, nowMs)
      const { language } = row.value
      await warn(tx, needs, { cardholder, name: 'phone_due', language, nowMs, atMs: dueMs })
    }
    const kept = await readArrival(tx, terminal)
    if (kept === undefined) throw new Error('the arrival is not there')
    return done(await viewArrival(tx, kept))
  })
}

const meaning = (refusal: string) =>
  refusal === 'code_expired' || refusal === 'code_exhausted' ? refusal : 'code_wrong'

/** What the clock does: lets in, lifts the low limit, lets the vault forget whom nobody uses. */
export async function tickArrivals(needs: ArrivalNeeds, nowMs: number): Promise<void> {
  for (const row of await dueArrivals(needs.store.sql, nowMs)) {
    if (row.state === 'proving') await end(needs, row, nowMs)
    else if (row.state === 'waiting') await takeIn(needs, row, nowMs)
    else await lift(needs, row, nowMs)
  }
  for (const { terminal, from } of await toForget(needs.store.sql)) {
    if (from !== null) await needs.vault.call('remove_terminal', { terminal: from })
    await needs.store.sql`
      update provisioning.arrival set forgotten = true where terminal = ${terminal}`
  }
}

const end = ({ store, mint }: ArrivalNeeds, { terminal }: ArrivalRow, nowMs: number) =>
  store.transaction((tx) =>
    moveArrival(tx, { mint }, terminal, { to: 'expired', dueMs: null }, nowMs),
  )

async function takeIn(needs: ArrivalNeeds, row: ArrivalRow, nowMs: number): Promise<void> {
  const { terminal, from } = row
  const { cap, limitedMs } = needs.waits
  const asked = { terminal, replaces: from, yes: null }
  const reply = await needs.vault.call('release_terminal', asked)
  // The vault's clock and waiting time are its own: until they agree, nobody is let in.
  if (!reply.ok) return
  await needs.store.transaction(async (tx) => {
    const dueMs = nowMs + limitedMs
    const moved = await moveArrival(tx, needs, terminal, { to: 'limited', dueMs }, nowMs)
    if (moved === undefined) return
    for (const card of await takePlace(needs, tx, moved, nowMs)) await holdBack(tx, card, cap)
    const { cardholder, language } = row
    await warn(tx, needs, { cardholder, name: 'phone_in', language, nowMs })
  })
}

async function lift(needs: ArrivalNeeds, { terminal }: ArrivalRow, nowMs: number): Promise<void> {
  await needs.store.transaction(async (tx) => {
    const moved = await moveArrival(tx, needs, terminal, { to: 'done', dueMs: null }, nowMs)
    if (moved === undefined) return
    for (const card of await cardsOn(tx, terminal)) await letGo(tx, card)
  })
}

export type Cancelling = {
  readonly call: TerminalCall
  readonly terminal: Id<'trm'>
  readonly nowMs: number
}

/**
 * From the old phone, also where its place was taken: its signature alone says so, and saying it
 * again changes nothing. The new phone is out, and the cards are here as they were.
 */
export async function cancelArrival(
  needs: ArrivalNeeds,
  { call, terminal, nowMs }: Cancelling,
): Promise<Answer<ArrivalView>> {
  const { store, vault } = needs
  const by = call.terminal
  const row = await readArrival(store.sql, terminal)
  if (row?.cardholder !== call.cardholder || row.from !== by) return refused('not_found')
  if (row.state === 'cancelled') return done(await viewArrival(store.sql, row))
  if (!['asked', 'proving', 'waiting', 'limited'].includes(row.state))
    return refused('arrival_state')
  const reply = await vault.call('recall_terminal', { terminal, by, request: call.request })
  if (!reply.ok) return refused('arrival_state')
  return store.transaction(async (tx) => {
    const moved = await moveArrival(tx, needs, terminal, { to: 'cancelled', dueMs: null }, nowMs)
    if (moved === undefined) return refused('arrival_state')
    await removeTerminal(tx, needs, { id: terminal, by }, nowMs)
    if (row.state === 'limited') {
      await letIn(tx, needs, by, nowMs)
      for (const card of await cardsOn(tx, terminal)) {
        await letGo(tx, card)
        await moveBack(needs, tx, { card, terminal: by, nowMs })
      }
    }
    return done(await viewArrival(tx, moved))
  })
}
