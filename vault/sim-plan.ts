/**
 * What is to stand in a SIM: which cards by record, with their companies' keys and PIN digits. It
 * is kept before anything of it leaves. Its bytes exist only until they are encrypted.
 */
import type { Command } from '@warifu/crypto/apdu'
import { EMPTY, readSelector, writeEntry } from '@warifu/crypto/credit-file'
import { companyKeys, simSections, writeCompanyKey } from '@warifu/crypto/sim-layout'
import { CARD_RECORD_BYTES, PIN_RECORD_BYTES } from '@warifu/protocol/sim'
import type { VaultInput } from '@warifu/protocol/vault'
import { openStoredCard, readStoredCards } from './cards.ts'
import { readPrefix } from './pins.ts'
import { ensureCompany } from './sim-keys.ts'
import type { SimRow } from './sim-rows.ts'
import { asBytes, type Sql } from './store.ts'
import type { World } from './world.ts'

export type Cards = VaultInput<'personalise_sim'>['cards']
export type Planning = { readonly world: World; readonly sql: Sql; readonly cards: Cards }

/** Records of one kind; the ones without an entry are emptied. */
type Section = {
  readonly sfi: number
  readonly length: number
  readonly count: number
  readonly entries: readonly (Uint8Array | undefined)[]
}

const CARDS = 4

/** Card n stands in record n. */
export const isWritten = ({ records }: SimRow, cards: Cards): boolean =>
  records.length === cards.length &&
  cards.every(({ card, selector }, i) => {
    const kept = records[i]
    return kept?.number === i + 1 && kept.card === card && kept.selector === selector
  })

/** The cards exist, once each, and belong to the SIM's owner. */
export async function cardsRefusal({ sql, cards }: Planning, { cardholder }: SimRow) {
  const ids = cards.map(({ card }) => card)
  const rows = await readStoredCards(sql, ids)
  if (new Set(ids).size !== ids.length || rows.size !== ids.length) return 'card_unknown'
  const isOwners = [...rows.values()].every((row) => row.cardholder === cardholder)
  return isOwners ? undefined : 'cardholder_mismatch'
}

/** All records, the empty ones too: a second beginning leaves nothing of the first. */
export async function keepPlan({ world, sql, cards }: Planning, { sim }: SimRow): Promise<void> {
  for (let number = 1; number <= CARDS; number += 1) {
    const { card = null, selector = 0 } = cards[number - 1] ?? {}
    await sql`
      insert into sims.record (sim, number, card, selector, written_at_ms)
      values (${sim}, ${number}, ${card}, ${selector}, ${world.nowMs()})
      on conflict (sim, number) do update
        set card = excluded.card, selector = excluded.selector,
            written_at_ms = excluded.written_at_ms`
  }
}

/** UPDATE RECORD for everything that the plan says (ETSI TS 102 221 §11.1.6). */
export async function writesOf(planning: Planning): Promise<readonly Command[]> {
  const sections = [
    await companySection(planning),
    await numberSection(planning),
    await digitSection(planning),
  ]
  return sections.flatMap(({ sfi, length, count, entries }) =>
    Array.from({ length: count }, (_, i) => ({
      cla: 0x00,
      ins: 0xdc,
      p1: i + 1,
      p2: (sfi << 3) | 0x04,
      data: entries[i] ?? new Uint8Array(length).fill(EMPTY),
      le: undefined,
    })),
  )
}

async function companySection({ world, sql, cards }: Planning): Promise<Section> {
  const selectors = [...new Set(cards.map(({ selector }) => selector))]
  const entries: Uint8Array[] = []
  for (const selector of selectors.slice(0, companyKeys.count)) {
    const { point } = await ensureCompany(world, sql, selector)
    entries.push(writeCompanyKey(asBytes(point), selector))
  }
  return { ...companyKeys, sfi: simSections.companyKeys, entries }
}

async function numberSection({ world, sql, cards }: Planning): Promise<Section> {
  const rows = await readStoredCards(
    sql,
    cards.map(({ card }) => card),
  )
  const entries = cards.map(({ card, selector }) => {
    const row = rows.get(card)
    if (row === undefined) throw new Error('a planned card is gone')
    const { pan } = openStoredCard({ hierarchy: world.hierarchy, row })
    return writeEntry({ digits: pan, selector: readSelector(selector) }, CARD_RECORD_BYTES)
  })
  return { sfi: simSections.numbers, length: CARD_RECORD_BYTES, count: CARDS, entries }
}

/** Of a card without a PIN nothing is written. */
async function digitSection({ world, sql, cards }: Planning): Promise<Section> {
  const entries: (Uint8Array | undefined)[] = []
  for (const { card, selector } of cards) {
    const digits = await readPrefix(world.hierarchy, sql, card)
    const entry = { digits: digits ?? '', selector: readSelector(selector) }
    entries.push(digits === undefined ? undefined : writeEntry(entry, PIN_RECORD_BYTES))
  }
  return { sfi: simSections.digits, length: PIN_RECORD_BYTES, count: CARDS, entries }
}
