/** The cardholder's own bounds: narrower than the program's, in force with the next payment. */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import { append } from '#events'
import type { TerminalCall, Work } from '#terminals'
import { readCard } from './card.ts'
import type { CardView } from './card-view.ts'
import { viewOne } from './holding.ts'
import type { Needs } from './needs.ts'
import { readProgram } from './program.ts'
import { tellLedger } from './telling.ts'

export type Controlling = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  /** In place of all that were set before. */
  readonly own: ControlsObject
  readonly nowMs: number
}

export const control = (
  { mint }: Needs,
  { call, card: id, own, nowMs }: Controlling,
): Work<undefined, CardView> => ({
  gather: async () => done(undefined),
  record: async (tx, _) => {
    const card = await readCard(tx, id)
    if (card?.cardholder !== call.cardholder) return refused('not_found')
    if (card.state !== 'active' && card.state !== 'suspended') return refused('card_not_active')
    const [kept] = await tx<{ version: number }[]>`
      update issuing.card set own = ${tx.json(own)}, version = version + 1
       where id = ${id} and state = ${card.state} returning version`
    if (kept === undefined) return refused('card_not_active')
    const program = await readProgram(tx, card.program)
    if (program === undefined) throw new Error('a card without program')
    await tellLedger(tx, program, [{ id, own }])
    const data = { last4: card.last4 }
    const about = { audience: card.cardholder, type: 'card.controls_changed', subject: id } as const
    await append(tx, [{ id: mint('evt'), ...about, sequence: kept.version, data }], nowMs)
    return done(await viewOne(tx, id, nowMs))
  },
})
