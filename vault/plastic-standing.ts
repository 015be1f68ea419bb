/**
 * Whether the plastic at hand is the living one of its card: made, activated, not lost, and by its
 * PAN sequence number not an earlier one. A card that never had plastic has nothing against it.
 */
import { entryTags } from '@warifu/protocol/entry-device'
import type { Entered } from './entry-data.ts'
import { sequenceText } from './plastic-rows.ts'
import type { Sql } from './store.ts'

export type Standing = {
  readonly plastic: 'none' | 'waiting' | 'active'
  readonly sequence: number | null
}

/** A chip or stripe of an earlier plastic tells so by its sequence number. */
export function standingOf(
  { plastic, sequence }: Standing,
  { chip, stripe }: Pick<Entered, 'chip' | 'stripe'>,
): Standing['plastic'] {
  if (plastic !== 'active' || sequence === null) return plastic
  const tag = chip?.get(Number.parseInt(entryTags.panSequence, 16))
  const ofChip = tag === undefined ? undefined : Buffer.from(tag).toString('hex')
  const ofStripe = chip === undefined ? stripe?.discretionary.slice(3, 5) : undefined
  const isLiving = [ofChip, ofStripe].every(
    (one) => one === undefined || one === sequenceText(sequence),
  )
  return isLiving ? 'active' : 'waiting'
}

/** True for a plastic that is not alive: its chip and stripe are to be taken for false. */
export async function isDead(sql: Sql, card: string, entered: Entered): Promise<boolean> {
  const [row] = await sql<Standing[]>`
    select s.state as plastic, s.sequence from plastics.standing(${card}) s`
  if (row === undefined) throw new Error('plastics.standing gave no answer')
  return standingOf(row, entered) === 'waiting'
}
