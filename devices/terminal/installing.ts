/** Pulling a card and saying, signed, what was installed; safe to begin again. Browser-safe. */
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { type TerminalNeeds, write } from './asking.ts'
import { TerminalError } from './terminal-error.ts'
import { fetchBlob } from './terminal-keys.ts'
import { speakerOf } from './terminal-state.ts'

type Card = Reply<'getCard'>

/** The card that was applied for. */
export async function install(needs: TerminalNeeds, application: Id<'app'>): Promise<Card> {
  const { id } = await write(needs, 'installCard', { params: { id: application } })
  return confirm(needs, id)
}

/** A card that has moved here from another phone. */
export async function installMoved(needs: TerminalNeeds, card: Id<'crd'>): Promise<Card> {
  const { id } = await write(needs, 'installMovedCard', { params: { id: card } })
  return confirm(needs, id)
}

async function confirm(needs: TerminalNeeds, id: Id<'ins'>): Promise<Card> {
  const state = await needs.store.load()
  const kept = state.cards.find(({ installation }) => installation === id)
  if (kept === undefined)
    throw new TerminalError('card_not_installed', 'The card could not be kept.')
  const { card, inner_digest, number } = kept
  const returned =
    number === null
      ? {}
      : { activation_number: await fetchBlob(speakerOf(state).keys.local, { card, kept: number }) }
  const body = { inner_digest, ...returned }
  return write(needs, 'confirmInstallation', { params: { id }, body })
}
