/**
 * A phone asks to be let in, by its owner's log-in: a passkey that was synced can do just this. The
 * old phone is asked for its yes; or, without it, two proofs are, and a time goes by in which the
 * old phone can say that it is nobody it knows.
 */
import type { TerminalContent } from '@warifu/protocol/approval-content'
import type { Arrival } from '@warifu/protocol/arrival-contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import { ask, type GoOn, type Heard } from '#approvals'
import type { Issuing } from '#issuing'
import { type MessageName, messageText, queueMessage } from '#people'
import type { Db, Store, Tx } from '#store'
import { letIn, listTerminals, readTerminal, replaceTerminal, type Terminal } from '#terminals'
import type { VaultClient } from '#vault-client'
import {
  type ArrivalRow,
  type ArrivalView,
  insertArrival,
  moveArrival,
  readArrival,
  viewArrival,
} from './arrival.ts'
import { cardsOn, reissue } from './moving.ts'

export type ArrivalNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  readonly issuing: Pick<Issuing, 'cardOf'>
  readonly receiptMs: number
  /** The number that this person has verified; where codes and warnings go. */
  readonly verifiedPhone: (db: Db, cardholder: Id<'chl'>) => Promise<string | undefined>
  /** How long proofs lie, how long the low limit holds, and what it is. */
  readonly waits: { readonly waitMs: number; readonly limitedMs: number; readonly cap: bigint }
}

const ANSWER_MS = 10 * 60 * 1000
const PROVING_MS = 24 * 60 * 60 * 1000

export type Starting = Pick<Arrival, 'terminal' | 'purpose' | 'way'> & {
  readonly cardholder: Id<'chl'>
  readonly language: Language
  readonly nowMs: number
}

const over: ReadonlySet<string> = new Set(['denied', 'expired'])

export async function startArrival(
  needs: ArrivalNeeds,
  asked: Starting,
): Promise<Answer<ArrivalView>> {
  const { sql } = needs.store
  const { terminal: id, cardholder, way } = asked
  const terminal = await readTerminal(sql, id)
  if (terminal?.cardholder !== cardholder) return refused('not_found')
  const before = await readArrival(sql, id)
  const isAgain = before === undefined || over.has(before.state) || before.state === 'asked'
  if (before !== undefined && (!isAgain || (before.state === 'asked' && way === 'approval')))
    return done(await viewArrival(sql, before))
  if (terminal.status !== 'waiting') return refused('arrival_state')
  const others = (await listTerminals(sql, cardholder)).filter((one) => one.id !== id)
  return way === 'approval'
    ? askOld(needs, asked, { terminal, others })
    : beginProofs(needs, asked, others)
}

type Phones = { readonly terminal: Terminal; readonly others: readonly Terminal[] }

/** Asked of the newest phone that is in: what it is shown names the new one's keys. */
async function askOld(
  needs: ArrivalNeeds,
  { purpose, language, nowMs }: Starting,
  { terminal, others }: Phones,
): Promise<Answer<ArrivalView>> {
  const old = others.find(({ status }) => status === 'active')
  if (old === undefined) return refused('no_other_phone')
  const { id, cardholder } = terminal
  const approval = needs.mint('apr', laneOf(id))
  const content: TerminalContent = {
    approval,
    subject: { kind: 'terminal', id },
    sealing_thumbprint: terminal.sealingThumbprint,
    signing_thumbprint: terminal.signingThumbprint,
    registered_at: new Date(Number(terminal.createdMs)).toISOString(),
    replaces: purpose === 'replace' ? old.id : null,
    factors: ['terminal_signature', 'user_verification'],
    deadline_at: new Date(nowMs + ANSWER_MS).toISOString(),
  }
  const row: ArrivalRow = {
    ...{ terminal: id, cardholder, from: old.id, purpose, way: 'approval', state: 'asked' },
    ...{ approval, dueMs: null, createdMs: BigInt(nowMs), language },
  }
  return needs.store.transaction(async (tx) => {
    await insertArrival(tx, needs, row)
    const asking = { content, terminal: old.id, cardholder, number: null, nowMs }
    await ask(tx, needs, { ...asking, receiptDueMs: nowMs + needs.receiptMs })
    return done(await viewArrival(tx, row))
  })
}

/** Told on every channel at once: its owner may be somebody else than who logged in. */
async function beginProofs(
  needs: ArrivalNeeds,
  { terminal, cardholder, language, nowMs }: Starting,
  others: readonly Terminal[],
): Promise<Answer<ArrivalView>> {
  const old = others.find(({ status }) => status === 'active' || status === 'suspended')
  const row: ArrivalRow = {
    ...{ terminal, cardholder, from: old?.id ?? null, purpose: 'replace', way: 'recovery' },
    ...{ state: 'proving', approval: null, dueMs: BigInt(nowMs + PROVING_MS) },
    ...{ createdMs: BigInt(nowMs), language },
  }
  return needs.store.transaction(async (tx) => {
    await insertArrival(tx, needs, row)
    await warn(tx, needs, { cardholder, name: 'phone_asks', language, nowMs })
    return done(await viewArrival(tx, row))
  })
}

type Warning = {
  readonly cardholder: Id<'chl'>
  readonly name: MessageName
  readonly language: Language
  readonly nowMs: number
  /** The instant that it tells of. */
  readonly atMs?: number
}

/** By SMS, beside the notice that every open wallet gets. */
export async function warn(
  tx: Tx,
  { mint, verifiedPhone }: Pick<ArrivalNeeds, 'mint' | 'verifiedPhone'>,
  { cardholder, name, language, nowMs, ...told }: Warning,
): Promise<void> {
  const recipient = await verifiedPhone(tx, cardholder)
  if (recipient === undefined) return
  const body = messageText(name, language, told)
  await queueMessage(tx, { id: mint('msg'), channel: 'sms', recipient, body }, nowMs)
}

/** After the old phone's answer, or its silence. */
export async function resumeArrival(needs: ArrivalNeeds, heard: Heard): Promise<Answer<GoOn>> {
  const { approval, said, request, nowMs } = heard
  const { content } = approval
  if (content.subject.kind !== 'terminal' || !('replaces' in content))
    throw new Error('an approval of another kind')
  const { id } = content.subject
  if (said === 'undeliverable') return done(async () => {})
  if (said !== 'approve') {
    const to = said === 'expired' ? 'expired' : 'denied'
    return done(async (tx) => {
      await moveArrival(tx, needs, id, { to, dueMs: null }, nowMs)
    })
  }
  if (request === undefined) throw new Error('a yes that nobody signed')
  const yes = { terminal: approval.terminal, content, request }
  const asked = { terminal: id, replaces: content.replaces, yes }
  const reply = await needs.vault.call('release_terminal', asked)
  if (!reply.ok) return refused('arrival_state')
  return done(async (tx) => {
    const row = await moveArrival(tx, needs, id, { to: 'done', dueMs: null }, nowMs)
    if (row !== undefined) await takePlace(needs, tx, row, nowMs)
  })
}

/** The new phone is in, the old one's installations end: one transaction, one instant. */
export async function takePlace(
  needs: Pick<ArrivalNeeds, 'mint' | 'issuing'>,
  tx: Tx,
  { terminal, from, purpose }: ArrivalRow,
  nowMs: number,
): Promise<Id<'crd'>[]> {
  await letIn(tx, needs, terminal, nowMs)
  if (from === null || purpose !== 'replace') return []
  await replaceTerminal(tx, needs, from, nowMs)
  const cards = await cardsOn(tx, from)
  for (const card of cards) await reissue(needs, tx, { card, terminal, nowMs })
  return cards
}
