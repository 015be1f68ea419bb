/**
 * For tests of money after the yes: what was refused, what is waited for, the next morning, and
 * what the ledger's own rows say.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, callApi } from '@warifu/sdk/api-call'
import type { Settlement } from '@warifu/sdk/sdk'
import type { Sql } from 'postgres'
import type { House } from './house.ts'
import type { Holder, People } from './people.ts'
import { cutAt, doneAfter, type Frame } from './relay.ts'

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no refusal'
  } catch (error) {
    if (error instanceof ApiError) return error.code
    throw error
  }
}

export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let patience = 1200; patience > 0; patience -= 1) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(25)
  }
  throw new Error(`not seen: ${what}`)
}

/** Sets the clock ahead to a quarter past midnight of the next day: the day before is settled. */
export async function nextMorning({ api }: Pick<People, 'api'>, days = 1): Promise<void> {
  const { now } = await callApi(api, 'getTestClock', {})
  const at = new Date(now)
  at.setUTCHours(24 * days, 15, 0, 0)
  await callApi(api, 'advanceTestClock', { body: { to: at.toISOString() } })
}

/** What the ledger's own legs say of this settlement's movements. */
export async function inTheLedger(sql: Sql, { id }: Settlement) {
  const [row] = await sql<{ moved: number; fees: number; count: number }[]>`
    select coalesce(sum(m.amount), 0)::int as moved, count(*)::int as count,
           coalesce(sum((select sum(l.amount) from ledger.leg l
                          where l.lane = m.lane and l.entry = 'fee' and l.reference = m.reference
                            and l.account like 'payable:%')), 0)::int as fees
      from ledger.movement m where m.settlement = ${id}`
  assert(row)
  return row
}

export const standingOf = async (sql: Sql, { card }: Holder) => {
  const [row] = await sql<{ available: number; receivable: number }[]>`
    select ledger.free_of(a)::int as available,
           a.receivable::int as receivable
      from ledger.card k join ledger.account a on a.lane = k.lane and a.id = k.account
     where k.id = ${card}`
  assert(row)
  return [row] as const
}

/** 250 movements of one morning; the same of each day, but for their names. */
export const sell = (sql: Sql, merchant: string, day: string) => sql`
  select ledger.correct_payable(store.lane_of(${merchant}), ${merchant},
           ${merchant} || '_' || lpad(n::text, 3, '0'), 7 + n, 'jpy',
           ${Date.parse(`${day}T10:00:00Z`)}::bigint + n)
    from generate_series(1, 250) n`

/** Every item as CSV, without what names this shop and this day. */
export async function itemsOf(
  { url }: Pick<House, 'url'>,
  key: string,
  { id, merchant, day, ...of }: Settlement,
) {
  const headers = { authorization: `Bearer ${key}`, accept: 'text/csv' }
  const csv = await (await fetch(`${url}/v1/settlements/${id}/items`, { headers })).text()
  const { gross, refunds, fees, adjustments, carried, net, status, progress } = of
  const plain = csv.replaceAll(id, 'stl').replaceAll(merchant, 'mer').replaceAll(day, 'day')
  return { plain, sums: { gross, refunds, fees, adjustments, carried, net, status, progress } }
}

/** SIGKILL as PostgreSQL is asked for something that names all of these, or when it has done it. */
export function killAt(
  house: House,
  when: 'asked' | 'done',
  words: readonly string[],
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = ({ direction, bytes }: Frame) =>
    direction === 'up' && words.every((word) => bytes.includes(word))
  const wanted = when === 'asked' ? asked : doneAfter(asked)
  let isOver = false
  const kill = async () => {
    isOver = true
    await house.kill('server')
    resolve()
  }
  house.relay('database').hook(cutAt((frame) => !isOver && wanted(frame), kill))
  return promise
}
