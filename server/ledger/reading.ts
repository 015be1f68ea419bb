/** The books as the platform's people read them: accounts, the legs of a payment, trial balance. */
import { type Id, LANES, laneOf, timeOf } from '@warifu/protocol/ids'
import { type Archived, archivesSince, type Db } from '#store'

type Page = { readonly limit: number; readonly before: string | undefined }

export type FoundAccount = {
  readonly id: Id<'acc'>
  readonly currency: string
  readonly status: 'open' | 'frozen' | 'closed'
  readonly creditLimit: bigint
  readonly creditsPosted: bigint
  readonly debitsPosted: bigint
  readonly debitsPending: bigint
  readonly createdMs: bigint
}

/** Cardholders' accounts, newest first, lane by lane. */
export const findAccounts = (db: Db, id: Id<'acc'> | undefined, { limit, before }: Page) =>
  db<FoundAccount[]>`
    select a.id, a.currency, a.status, a.credit_limit as "creditLimit",
           a.credits_posted as "creditsPosted", a.debits_posted as "debitsPosted",
           a.debits_pending as "debitsPending", a.created_ms as "createdMs"
      from generate_series(0, ${LANES - 1}) g(lane)
     cross join lateral (
       select * from ledger.account a
        where a.lane = g.lane and a.id < ${before ?? 'acc_~'} and a.id >= 'acc_0'
          and (${id ?? null}::text is null or a.id = ${id ?? null})
        order by a.id desc limit ${limit}) a
     where a.id !~ '^acc_network_'
     order by a.id desc limit ${limit}`

export type Leg = {
  readonly owner: string
  readonly entry: string
  readonly reference: string
  readonly seq: number
  readonly account: string
  readonly layer: number
  readonly currency: string
  readonly amount: bigint
  readonly createdMs: bigint
}

const DAY_MS = 86_400_000

/** Every leg that a payment left on the account that paid it, in order. */
export async function legsOf(db: Db, account: Id<'acc'>, payment: Id<'pay'>): Promise<Leg[]> {
  const archives = await archivesSince(db, 'ledger.leg', timeOf(payment))
  return [...archives.map(archivedLeg(account)), ...(await legsHere(db, account, payment))]
}

/** In the place of legs that are no longer here: the file in which they lie. */
const archivedLeg =
  (account: Id<'acc'>) =>
  ({ file, untilMs }: Archived): Leg => ({
    ...{ owner: account, entry: 'archived', reference: file, seq: 0, account, layer: 1 },
    ...{ currency: 'xxx', amount: 0n, createdMs: BigInt(untilMs - 1) },
  })

const legsHere = (db: Db, account: Id<'acc'>, payment: Id<'pay'>) => db<Leg[]>`
  select owner, entry, reference, seq, account, layer, currency, amount,
         created_ms as "createdMs"
    from ledger.leg
   where lane = ${laneOf(account)} and owner = ${account} and payment = ${payment}
     and created_ms >= ${timeOf(payment) - DAY_MS}
   order by created_ms, entry, reference, seq`

export type Balance = {
  readonly lane: number
  readonly currency: string
  readonly layer: number
  readonly account: string
  readonly amount: bigint
}

/** Sums by kind of account, lane by lane; those of one lane, currency and layer are zero. */
export const trialBalance = (db: Db, lane: number | undefined) => db<Balance[]>`
  select t.lane, t.currency, t.layer, t.account, t.amount
    from generate_series(${lane ?? 0}::int, ${lane ?? LANES - 1}::int) g(lane)
   cross join lateral ledger.trial_balance(g.lane::smallint) t
   order by 1, 2, 3, 4`
