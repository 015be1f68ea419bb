/** Money that is put on a debit card's account by the issuer; above a threshold by two persons. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { append } from '#events'
import { fundAccount } from '#ledger'
import { askSecond, type Waiting } from '#people'
import { readCard } from './card.ts'
import type { CardView } from './card-view.ts'
import { viewOne } from './holding.ts'
import type { Needs } from './needs.ts'
import { readProgram } from './program.ts'

export type Funding = {
  readonly card: Id<'crd'>
  readonly amount: number
  readonly currency: string
  /** Names what was paid in: the same one again adds nothing. */
  readonly reference: string
  readonly by: Id<'opr'> | null
  readonly nowMs: number
}

export type Funded = { readonly card: CardView; readonly waiting: Waiting | null }

export async function fund(needs: Needs, funding: Funding): Promise<Answer<Funded>> {
  const { card: id, amount, currency, reference, by, nowMs } = funding
  return needs.store.transaction(async (tx): Promise<Answer<Funded>> => {
    const card = await readCard(tx, id)
    const program = card && (await readProgram(tx, card.program))
    if (card === undefined || program === undefined) return refused('not_found')
    if (program.funding !== 'debit') return refused('card_not_fundable')
    const above = program.secondAbove
    if (by !== null && above !== null && amount > above) {
      const content = { card: id, amount, currency, reference }
      const asked = { id: needs.mint('req'), act: 'account.fund', subject: card.account, content }
      const waiting = await askSecond(tx, { ...asked, by, nowMs })
      if (waiting !== undefined) return done({ card: await viewOne(tx, id, nowMs), waiting })
    }
    const { account } = card
    const code = await fundAccount(tx, { account, reference, amount, currency, nowMs })
    if (code !== 'ok' && code !== 'seen') return refused(code)
    if (code === 'ok') {
      const [row] = await tx<{ version: number }[]>`
        update issuing.card set version = version + 1 where id = ${id} returning version`
      const about = { audience: card.cardholder, type: 'account.funded', subject: id } as const
      const sequence = row?.version ?? 0
      const data = { amount, currency, last4: card.last4 }
      await append(tx, [{ id: needs.mint('evt'), ...about, sequence, data }], nowMs)
    }
    return done({ card: await viewOne(tx, id, nowMs), waiting: null })
  })
}
