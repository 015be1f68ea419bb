/** What the hot path is told of cards: a program’s terms, and its bounds with each one’s own. */
import type { Id } from '@warifu/protocol/ids'
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import { setControls, setTerms } from '#ledger'
import type { Tx } from '#store'
import { controlsOf } from './controls.ts'
import type { Program } from './program.ts'

type Told = { readonly id: Id<'crd'>; readonly own: ControlsObject | null }

export async function tellLedger(tx: Tx, program: Program, cards: readonly Told[]): Promise<void> {
  const ids = cards.map(({ id }) => id)
  await setTerms(tx, ids, program)
  await setControls(
    tx,
    cards.map(({ id, own }) => ({ card: id, ...controlsOf(program, own) })),
  )
}
