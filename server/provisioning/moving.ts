/**
 * A card moves to another terminal of its owner. The installation of before ends in the same
 * transaction (in the vault it has ended already); the other terminal pulls the card, sealed to its
 * own key, and says, signed, what it keeps.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { VaultOutput } from '@warifu/protocol/vault'
import type { CardView, Issuing } from '#issuing'
import type { Db, Store, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import { type Installation, installationAt, offer, type Placed } from './installation.ts'

type Needs = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  readonly issuing: Pick<Issuing, 'cardOf'>
}

export type Moving = Placed & { readonly nowMs: number }

/** Gives a card a home on this terminal; refused where the card is not alive. */
export async function reissue(
  { issuing }: Pick<Needs, 'issuing'>,
  tx: Tx,
  { card, terminal, nowMs }: Moving,
): Promise<Answer<CardView>> {
  const view = await issuing.cardOf(tx, card, nowMs)
  if (view.state !== 'active' && view.state !== 'suspended') return refused('card_not_active')
  const from = await homeOf(tx, card)
  if (from === terminal) return done(view)
  await tx`
    update provisioning.installation set state = 'ended', confirmed_ms = null
     where card = ${card} and terminal <> ${terminal} and state <> 'ended'`
  await tx`
    insert into provisioning.place (card, terminal, from_terminal, since_ms)
    values (${card}, ${terminal}, ${from ?? ''}, ${nowMs})
    on conflict (card) do update
      set terminal = excluded.terminal, from_terminal = excluded.from_terminal,
          since_ms = excluded.since_ms`
  return done(view)
}

/** Back where it came from: what was installed there is good again, as it was. */
export async function moveBack(
  needs: Pick<Needs, 'issuing'>,
  tx: Tx,
  moving: Moving,
): Promise<void> {
  const moved = await reissue(needs, tx, moving)
  if (!moved.ok) return
  const { card, terminal, nowMs } = moving
  await tx`
    update provisioning.installation set state = 'confirmed', confirmed_ms = ${nowMs}
     where card = ${card} and terminal = ${terminal} and state = 'ended'`
}

async function homeOf(db: Db, card: Id<'crd'>): Promise<Id<'trm'> | undefined> {
  const [row] = await db<{ terminal: Id<'trm'> }[]>`
    select terminal from provisioning.installation
     where card = ${card} and state <> 'ended' order by created_ms desc limit 1`
  return row?.terminal
}

/** True where this terminal is the card's home because it moved there. */
export async function isPlaced(db: Db, { card, terminal }: Placed): Promise<boolean> {
  const rows = await db`
    select 1 from provisioning.place where card = ${card} and terminal = ${terminal}`
  return rows.length === 1
}

/** The cards that live on a terminal, and those that wait there to be pulled. */
export async function cardsOn(db: Db, terminal: Id<'trm'>): Promise<Id<'crd'>[]> {
  const rows = await db<{ card: Id<'crd'> }[]>`
    select card from provisioning.installation where terminal = ${terminal} and state = 'confirmed'
    union select card from provisioning.place where terminal = ${terminal}`
  return rows.map(({ card }) => card)
}
export async function cardsToPull(db: Db, terminal: Id<'trm'>): Promise<Id<'crd'>[]> {
  const rows = await db<{ card: Id<'crd'> }[]>`
    select p.card from provisioning.place p
     where p.terminal = ${terminal} and not exists (
       select 1 from provisioning.installation i
        where i.card = p.card and i.terminal = p.terminal and i.state = 'confirmed')
     order by p.card`
  return rows.map(({ card }) => card)
}

export type InstallingMoved = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly nowMs: number
}
type Sealed = { readonly before: Installation; readonly made: VaultOutput<'seal_card'> | null }
type View = Installation & { readonly last4: string; readonly expires: string }

const DAY_MS = 24 * 60 * 60 * 1000

/** As an installation of an application, of a card that has moved here. */
export const installMoved = (needs: Needs, asked: InstallingMoved): Work<Sealed, View> => ({
  gather: async () => {
    const { sql } = needs.store
    const { call, card, nowMs } = asked
    const { terminal } = call
    if (!(await isPlaced(sql, { card, terminal }))) return refused('not_found')
    const own = await installationAt(sql, { card, terminal })
    if (own?.state === 'offered' && own.expiresMs > nowMs) return done({ before: own, made: null })
    const before = own ?? (await newestOf(sql, card))
    if (before === undefined) throw new Error('a card that has moved and was never installed')
    const now = new Date(nowMs - (nowMs % DAY_MS)).toISOString()
    const asking = { card, terminal, scheme: before.scheme, now }
    const reply = await needs.vault.call('seal_card', asking)
    if (reply.ok) return done({ before, made: reply.output })
    if (reply.refusal === 'terminal_unknown' || reply.refusal === 'terminal_not_admitted')
      return refused('terminal_not_active')
    throw new Error(`the vault does not seal a card that has moved: ${reply.refusal}`)
  },
  record: async (tx, { before, made }) => {
    const { call, card, nowMs } = asked
    const { terminal, cardholder } = call
    if (made !== null) await offerMoved(needs, tx, { before, made, terminal, cardholder, nowMs })
    const kept = await installationAt(tx, { card, terminal })
    const { last4, expires } = await needs.issuing.cardOf(tx, card, nowMs)
    if (kept === undefined || last4 === null || expires === null)
      throw new Error('the installation just made is not there')
    return done({ ...kept, last4, expires })
  },
})

type OfferingMoved = Pick<Installation, 'terminal' | 'cardholder'> & {
  readonly before: Installation
  readonly made: VaultOutput<'seal_card'>
  readonly nowMs: number
}

async function offerMoved({ mint }: Needs, tx: Tx, offering: OfferingMoved): Promise<void> {
  const { before, made, terminal, cardholder, nowMs } = offering
  const { application, card, scheme } = before
  // A phone to which it comes back begins anew: what it kept before is not offered again.
  await tx`
    update provisioning.installation set state = 'offered', confirmed_ms = null, expires_ms = 0
     where card = ${card} and terminal = ${terminal} and state <> 'offered'`
  const { inner_digest: innerDigest, delivery, expires_at } = made
  const about = { application, card, terminal, cardholder, scheme, innerDigest, delivery }
  const expiresMs = BigInt(Date.parse(expires_at))
  await offer(tx, { id: mint('ins'), ...about, expiresMs }, nowMs)
}

async function newestOf(db: Db, card: Id<'crd'>): Promise<Installation | undefined> {
  const [row] = await db<{ terminal: Id<'trm'> }[]>`
    select terminal from provisioning.installation where card = ${card}
     order by created_ms desc limit 1`
  return row && installationAt(db, { card, terminal: row.terminal })
}
