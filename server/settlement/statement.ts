/** A cardholder's month: what stood before, what was spent, came back, was repaid, is owed. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db } from '#store'

export type StatementEntry = {
  readonly entry: string
  readonly reference: string
  readonly payment: string
  readonly payee: string | null
  /** Above zero it was spent or taken. */
  readonly amount: bigint
  readonly at_ms: bigint
}

export type Statement = {
  readonly card: Id<'crd'>
  readonly month: string
  readonly currency: string
  readonly opening: bigint
  readonly spent: bigint
  readonly givenBack: bigint
  readonly repaid: bigint
  readonly adjustments: bigint
  readonly closing: bigint
  /** A day; null where nothing is to be repaid, or the month runs yet. */
  readonly due: string | null
  readonly entries: readonly StatementEntry[]
  /** Its entries lie in an archive; its sums are whole all the same. */
  readonly archived: boolean
}

type Asked = { readonly card: Id<'crd'>; readonly month: string; readonly nowMs: number }

/** Of a credit account, repaid by this day of the next month. */
const DUE_DAY = 27

/** Undefined where there is no such card. Months are UTC's. */
export async function statementOf(
  db: Db,
  { card, month, nowMs }: Asked,
): Promise<Statement | undefined> {
  const [account] = await db<{ account: string; currency: string; credit_limit: bigint }[]>`
    select account, currency, credit_limit from ledger.account_of(${card})`
  if (account === undefined) return undefined
  const lane = laneOf(card)
  const { fromMs, untilMs, dueDay } = spanOf(month)
  // One statement: what stood before and what moved are of the same instant.
  const rows = await db<(StatementEntry & { opening: bigint; carried: boolean })[]>`
    select o.opening, e.entry, e.reference, e.payment, e.amount, e.at_ms, e.carried,
           case when e.payment like 'pay_%' then payments.payee_of(e.payment) end as payee
      from (select ledger.owed_at(${lane}::smallint, ${account.account}, ${fromMs}) as opening) o
      left join (
        select p.entry, p.reference, p.payment, p.amount, p.at_ms, false as carried
          from ledger.posted(${lane}::smallint, ${account.account}, ${fromMs}, ${untilMs}) p
        union all
        select c.entry, '', '', c.amount, null, true
          from ledger.carried_in(${lane}::smallint, ${account.account}, ${fromMs}, ${untilMs}) c
      ) e on true`
  const moved = rows.filter(({ entry }) => entry !== null)
  const entries = moved.filter((row) => !row.carried).map(({ opening: _, carried: __, ...e }) => e)
  const sum = (...names: readonly string[]) =>
    moved.reduce((total, { entry, amount }) => total + (names.includes(entry) ? amount : 0n), 0n)
  const opening = rows[0]?.opening ?? 0n
  const closing = opening + moved.reduce((total, { amount }) => total + amount, 0n)
  const { currency, credit_limit: limit } = account
  return {
    ...{ card, month, currency, opening, closing, entries },
    spent: sum('capture'),
    givenBack: -sum('refund'),
    repaid: -sum('repay', 'fund'),
    adjustments: -sum('adjustment'),
    archived: moved.some(({ carried }) => carried),
    due: limit > 0n && closing > 0n && nowMs >= untilMs ? dueDay : null,
  }
}

function spanOf(month: string) {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const untilMs = Date.UTC(year, number, 1)
  const dueDay = new Date(Date.UTC(year, number, DUE_DAY)).toISOString().slice(0, 10)
  return { fromMs: Date.UTC(year, number - 1, 1), untilMs, dueDay }
}
