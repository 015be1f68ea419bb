/**
 * A cardholder orders plastic for a card: the vault verifies the order that terminal and passkey
 * signed, and seals the job to the bureau; here it waits until the bureau pulls it.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, timeOf } from '@warifu/protocol/ids'
import type { VaultOutput } from '@warifu/protocol/vault'
import { idOfCall, type TerminalCall, type Work } from '#terminals'
import { chooseBureau } from './bureau.ts'
import { readCard } from './card.ts'
import type { Needs } from './needs.ts'
import { insertPlastic, type PlasticView, plasticsOf, viewPlastic } from './plastic.ts'
import { vaultRefusal } from './vault-words.ts'

export type Ordering = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly nowMs: number
}

type Made = VaultOutput<'make_plastic'> & { readonly bureau: Id<'bur'> }
const living = new Set(['ordered', 'accepted', 'produced', 'shipped', 'delivered', 'active'])

export const orderPlastic = (needs: Needs, ordering: Ordering): Work<Made, PlasticView> => ({
  gather: async () => {
    const { call, card, nowMs } = ordering
    const bureau = await mayOrder(needs, ordering)
    if (!bureau.ok) return bureau
    const plastic = idOfCall('pls', call, timeOf(card))
    const { terminal, request } = call
    const asked = { plastic, bureau: bureau.value, terminal, request }
    const now = new Date(nowMs).toISOString()
    const reply = await needs.vault.call('make_plastic', { ...asked, now })
    if (!reply.ok) return refused(vaultRefusal(reply.refusal))
    return done({ ...reply.output, bureau: bureau.value })
  },
  record: async (tx, { plastic: id, bureau, sealed }) => {
    const { call, card, nowMs } = ordering
    const { cardholder, terminal } = call
    const cause = { reason: 'cardholder_asked', actor: 'cardholder', nowMs } as const
    await insertPlastic(needs, tx, { id, card, cardholder, terminal, bureau, sealed }, cause)
    return done(await viewPlastic(tx, id))
  },
})

async function mayOrder(
  { store: { sql } }: Needs,
  { call, card: id }: Ordering,
): Promise<Answer<Id<'bur'>>> {
  const card = await readCard(sql, id)
  if (card?.cardholder !== call.cardholder) return refused('not_found')
  if (card.state !== 'active') return refused('card_not_active')
  const [program] = await sql<{ plastic: boolean }[]>`
    select plastic from issuing.program where id = ${card.program}`
  if (program?.plastic !== true) return refused('program_closed')
  if ((await plasticsOf(sql, id)).some(({ state }) => living.has(state)))
    return refused('plastic_exists')
  const bureau = await chooseBureau(sql)
  return bureau === undefined ? refused('bureau_unknown') : done(bureau)
}
