/** One phone ends another of its owner's; what it must have signed for that is each way's own. */
import type { VaultInput } from '@warifu/protocol/vault'
import { moveHomes } from './homes.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { type LockedTerminal, lockTerminal } from './terminals.ts'
import { no, type World, yes } from './world.ts'

export type Ending = VaultInput<'recall_terminal' | 'dismiss_terminal'>
/** Why the request of that sender does not end this terminal. */
export type WhyNot<R> = (world: World, sender: Sender, ending: Ending) => R | undefined

/** Ends each of them, as far as its owner's other phone asks for it: the cards are there then. */
export async function endTerminals<R extends string>(
  { world, sql, whyNot }: { readonly world: World; readonly sql: Sql; readonly whyNot: WhyNot<R> },
  endings: readonly Ending[],
) {
  const end = async (ending: Ending) => {
    const { terminal, by } = ending
    // Of two phones that end each other one is quicker.
    const locked = new Map<string, LockedTerminal | undefined>()
    for (const id of [terminal, by].sort()) locked.set(id, await lockTerminal(sql, id))
    const sender = (await readSenders(world, sql, [by])).get(by)
    if (sender === undefined) return no('terminal_unknown')
    if (sender.state !== 'admitted') return no('terminal_not_admitted')
    const refusal = whyNot(world, sender, ending)
    if (refusal !== undefined) return no(refusal)
    const row = locked.get(terminal)
    if (row === undefined) return no('terminal_unknown')
    if (row.cardholder !== sender.cardholder || terminal === by) return no('cardholder_mismatch')
    if (row.state === 'removed') return yes({ terminal })
    await sql`update terminals.terminal set state = 'removed' where terminal = ${terminal}`
    await moveHomes(sql, { from: terminal, to: by })
    return yes({ terminal })
  }
  const answers: Awaited<ReturnType<typeof end>>[] = []
  for (const ending of endings) answers.push(await end(ending))
  return answers
}
