/** Handlers: the ledger as the platform's people read it. */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Balance, FoundAccount, Leg } from '#ledger'
import type { Payments } from '#payments'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
export type Books = {
  readonly accounts: (id: Id<'acc'> | undefined, page: Page) => Promise<FoundAccount[]>
  readonly legsOf: (account: Id<'acc'>, payment: Id<'pay'>) => Promise<Leg[]>
  readonly trialBalance: (lane: number | undefined) => Promise<Balance[]>
}
type Rooms = { readonly books: Books; readonly payments: Pick<Payments, 'any'> }
type Names = 'findAccounts' | 'readLegs' | 'readTrialBalance'

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()
const layerOf = (layer: number) => (layer === 0 ? ('pending' as const) : ('posted' as const))

export const bookHandlers = ({ books, payments }: Rooms): Handlers<Names> => ({
  findAccounts: async ({ query: { id, ...asked } }) =>
    done(
      await pageOf('/v1/operator/accounts', asked, async (page) =>
        (await books.accounts(id, page)).map(accountObject),
      ),
    ),
  readLegs: async ({ params: { id } }) => {
    const payment = await payments.any(id)
    if (payment === undefined) return refused('not_found')
    const legs = payment.account === null ? [] : await books.legsOf(payment.account, id)
    const url = `/v1/operator/payments/${id}/legs`
    const data = legs.map((leg) => ({
      object: 'ledger_leg' as const,
      at: instantOf(leg.createdMs),
      entry: leg.entry,
      reference: leg.reference,
      account: leg.account,
      layer: layerOf(leg.layer),
      currency: leg.currency,
      amount: Number(leg.amount),
    }))
    return done({ object: 'list' as const, url, has_more: false, next_cursor: null, data })
  },
  readTrialBalance: async ({ query: { lane }, nowMs }) => {
    const rows = await books.trialBalance(lane)
    return done({
      object: 'trial_balance' as const,
      at: instantOf(nowMs),
      balances: rows.map(balanceObject),
      unbalanced: unbalanced(rows).map(balanceObject),
    })
  },
})

const accountObject = (row: FoundAccount) => ({
  id: row.id,
  object: 'found_account' as const,
  created_at: instantOf(row.createdMs),
  currency: row.currency,
  status: row.status,
  credit_limit: Number(row.creditLimit),
  credits_posted: Number(row.creditsPosted),
  debits_posted: Number(row.debitsPosted),
  debits_pending: Number(row.debitsPending),
  available: Number(row.creditsPosted + row.creditLimit - row.debitsPosted - row.debitsPending),
})

const balanceObject = ({ lane, currency, layer, account, amount }: Balance) => ({
  lane,
  currency,
  layer: layerOf(layer),
  account,
  amount: Number(amount),
})

/** What a lane, currency and layer come to, where it is not zero. */
export function unbalanced(rows: readonly Balance[]): Balance[] {
  const sums = new Map<string, Balance>()
  for (const row of rows) {
    const { lane, currency, layer } = row
    const name = `${lane} ${currency} ${layer}`
    const before = sums.get(name)?.amount ?? 0n
    sums.set(name, { lane, currency, layer, account: 'sum', amount: before + row.amount })
  }
  return [...sums.values()].filter(({ amount }) => amount !== 0n)
}
