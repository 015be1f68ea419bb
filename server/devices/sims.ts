/**
 * SIMs (S2): the maker's tool writes one, with the vault on the other end of a channel that nobody
 * here can read; and a phone of its owner takes it into use, perhaps with a card that moves to it.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { VaultInput, VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import type { Issuing } from '#issuing'
import type { Store, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import { keepLink, keepSim, readSim, type Sim } from './sim-rows.ts'

export type SimNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly issuing: Pick<Issuing, 'simCards'>
  /** Gives a card a new installation on this terminal; the one before ends at once. */
  readonly reissue: (
    tx: Tx,
    moved: { readonly card: Id<'crd'>; readonly terminal: Id<'trm'>; readonly nowMs: number },
  ) => Promise<Answer<unknown>>
}

export type Personalising = {
  readonly sim: Id<'sim'>
  readonly session: Id<'req'>
  readonly iccidLast4: string
  readonly cards: readonly Id<'crd'>[]
  readonly answers: readonly string[]
  readonly nowMs: number
}
export type Personalised = Pick<VaultOutput<'personalise_sim'>, 'commands' | 'done'>

/** One round: what the SIM answered so far, and what it is to be told next. */
export async function personalise(
  { store, vault, issuing }: SimNeeds,
  { sim: id, session, iccidLast4, cards: ids, answers, nowMs }: Personalising,
): Promise<Answer<Personalised>> {
  const found = new Map((await issuing.simCards(store.sql, ids)).map((one) => [one.card, one]))
  const cards = ids.flatMap((card, i) => {
    const one = found.get(card)
    return one === undefined ? [] : [{ ...one, number: i + 1 }]
  })
  const [first] = cards
  if (first === undefined || cards.length !== ids.length) return refused('card_unknown', 'cards')
  const reply = await vault.call('personalise_sim', {
    sim: id,
    session,
    cards: cards.map(({ card, selector }) => ({ card, selector })),
    answers: [...answers],
  } satisfies VaultInput<'personalise_sim'>)
  if (!reply.ok) return refused(personalisingMeaning(reply.refusal))
  const { commands, done: isDone } = reply.output
  const { cardholder } = first
  await store.transaction((tx) => keepSim(tx, { id, cardholder, iccidLast4, cards, isDone }, nowMs))
  return done({ commands, done: isDone })
}

export type LinkAsked = { readonly call: TerminalCall; readonly nowMs: number }
type Told = VaultOutput<'link_sim'>

/** A terminal's work: SIM and PIN stand for the yes of the phone that had the card before. */
export const link = (needs: SimNeeds, { call, nowMs }: LinkAsked): Work<Told, Sim> => ({
  gather: async () => {
    const { terminal, request } = call
    const reply = await needs.vault.call('link_sim', { terminal, request })
    return reply.ok ? done(reply.output) : refused(linkingMeaning(reply.refusal))
  },
  record: async (tx, { sim, terminal, bridge, moves: card }) => {
    const known = await readSim(tx, sim)
    if (known?.cardholder !== call.cardholder) return refused('sim_unknown')
    if (known.state !== 'personalised') return refused('sim_not_active')
    await keepLink(tx, { sim, terminal, bridge }, nowMs)
    const moved = card === null ? done(null) : await needs.reissue(tx, { card, terminal, nowMs })
    if (!moved.ok) return moved
    return done({ ...known, terminals: [...new Set([...known.terminals, terminal])] })
  },
  // The vault let the phone in, where it waited: SIM and PIN stood for the old one's yes.
  letsIn: true,
})

// ─── The vault's words in the API's vocabulary ───────────────────────────────────────────────────

function personalisingMeaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'sim_unknown':
    case 'sim_not_active':
    case 'sim_written':
    case 'sim_channel_broken':
    case 'card_unknown':
    case 'cardholder_mismatch':
      return refusal
    case 'request_malformed':
      return 'field_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to personalise_sim`)
  }
}

function linkingMeaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'terminal_unknown':
    case 'signature_invalid':
    case 'statement_invalid':
    case 'assertion_invalid':
    case 'sim_unknown':
    case 'sim_not_active':
    case 'bridge_invalid':
    case 'sim_other':
    case 'card_unknown':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'request_malformed':
      return 'statement_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to link_sim`)
  }
}
