/** What the owner does with a plastic: opens its page, activates it, says that it is gone. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { plasticMoves } from '@warifu/protocol/moves'
import type { LossReason } from '@warifu/protocol/plastic-objects'
import type { VaultOutput } from '@warifu/protocol/vault'
import type { Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { Needs } from './needs.ts'
import {
  movePlastic,
  type PlasticRow,
  type PlasticView,
  readPlastic,
  viewPlastic,
} from './plastic.ts'
import { vaultRefusal } from './vault-words.ts'

export type OnPlastic = {
  readonly call: TerminalCall
  readonly plastic: Id<'pls'>
  readonly nowMs: number
}

async function own({ store }: Needs, { call, plastic }: OnPlastic): Promise<Answer<PlasticRow>> {
  const row = await readPlastic(store.sql, plastic)
  return row?.cardholder === call.cardholder ? done(row) : refused('not_found')
}

/** In the post or at its door: before, there is nothing to hold in a hand. */
const mayArrive = new Set(['shipped', 'delivered'])

type Page = VaultOutput<'open_plastic_page'>

export const openPage = (needs: Needs, asked: OnPlastic): Work<Page, Page> => ({
  gather: async () => {
    const row = await own(needs, asked)
    if (!row.ok) return row
    const { plastic, call, nowMs } = asked
    if (row.value.terminal !== call.terminal) return refused('plastic_elsewhere')
    if (!mayArrive.has(row.value.state)) return refused('plastic_state')
    const now = new Date(nowMs).toISOString()
    const reply = await needs.vault.call('open_plastic_page', {
      plastic,
      terminal: call.terminal,
      now,
    })
    return reply.ok ? done(reply.output) : refused(vaultRefusal(reply.refusal))
  },
  record: async (_, page) => done(page),
})

export const activatePlastic = (needs: Needs, asked: OnPlastic): Work<PlasticRow, PlasticView> => ({
  gather: async () => {
    const row = await own(needs, asked)
    if (!row.ok) return row
    const { call, nowMs } = asked
    if (!mayArrive.has(row.value.state)) return refused('plastic_state')
    const { terminal, request } = call
    const now = new Date(nowMs).toISOString()
    const reply = await needs.vault.call('activate_plastic', { terminal, request, now })
    if (!reply.ok) return refused(vaultRefusal(reply.refusal))
    if (reply.output.plastic !== asked.plastic) throw new Error('another plastic than was asked')
    return row
  },
  record: async (tx, row) => {
    const cause = { reason: 'in_hand', actor: 'terminal', nowMs: asked.nowMs } as const
    // What was activated has arrived, whatever the post has said so far.
    if (row.state === 'shipped')
      await movePlastic(needs, tx, { plastic: row, to: 'delivered' }, cause)
    return moved(tx, row.id, await movePlastic(needs, tx, { plastic: row, to: 'active' }, cause))
  },
})

export type Losing = OnPlastic & { readonly reason: LossReason }

export const losePlastic = (needs: Needs, asked: Losing): Work<PlasticRow, PlasticView> => ({
  gather: async () => {
    const row = await own(needs, asked)
    if (!row.ok) return row
    const moves: readonly string[] = plasticMoves[row.value.state]
    if (!moves.includes('lost')) return refused('plastic_state')
    await endInVault(needs, asked.plastic)
    return row
  },
  record: async (tx, row) => {
    const cause = { reason: asked.reason, actor: 'cardholder', nowMs: asked.nowMs } as const
    return moved(tx, row.id, await movePlastic(needs, tx, { plastic: row, to: 'lost' }, cause))
  },
})

const moved = async (tx: Tx, id: Id<'pls'>, isMoved: boolean): Promise<Answer<PlasticView>> =>
  isMoved ? done(await viewPlastic(tx, id)) : refused('plastic_state')

/** Dead before anybody is told: a plastic that is gone pays nothing, whatever happens next. */
export async function endInVault({ vault }: Needs, plastic: Id<'pls'>): Promise<void> {
  const reply = await vault.call('end_plastic', { plastic })
  if (!reply.ok) throw new Error(`the vault does not know a plastic: ${reply.refusal}`)
}
