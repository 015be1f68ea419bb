/**
 * How long rows stay in the database, table by table, and what must be done before they leave. The
 * legs of a period are carried first, so that the books are proved without them (0019-carried.sql).
 */
import { LANES } from '@warifu/protocol/ids'
import { type Archiving, archive, listPartitions, type Partition } from '#store'

const DAY_MS = 86_400_000

/** Days after the end of a partition; of an event no longer than what was delivered of it. */
export const defaultDays = {
  'ledger.leg': 760,
  'payments.timeline': 400,
  'events.event': 100,
  'events.delivery': 100,
  'events.attempt': 100,
  'merchants.request': 35,
} as const
export type Timed = keyof typeof defaultDays
export type Days = Readonly<Record<Timed, number>>

const isTimed = (name: string): name is Timed => Object.hasOwn(defaultDays, name)
/** The shortest that is kept: what people may still ask for by themselves. */
const LEAST_DAYS = 7

/** `RETENTION_DAYS=ledger.leg=1100,merchants.request=14`; the others as they are here. */
export function readDays(text: string): Days {
  const days: Record<Timed, number> = { ...defaultDays }
  for (const pair of text.split(',').filter((one) => one.trim() !== '')) {
    const [name = '', number = ''] = pair.trim().split('=')
    if (!isTimed(name) || !/^[0-9]{1,5}$/.test(number) || Number(number) < LEAST_DAYS)
      throw new RangeError(
        `RETENTION_DAYS: ${Object.keys(defaultDays).join(' | ')} = ${LEAST_DAYS} to 99999 expected`,
      )
    days[name] = Number(number)
  }
  if (
    days['events.delivery'] < days['events.event'] ||
    days['events.attempt'] < days['events.event']
  )
    throw new RangeError('RETENTION_DAYS: deliveries and attempts stay as long as their events do')
  return days
}

/** Is it old enough? */
export const isDue = ({ of, untilMs, state }: Partition, days: Days, nowMs: number): boolean =>
  state !== 'dropped' && isTimed(of) && untilMs + days[of] * DAY_MS <= nowMs

/** Of what is due, in an order in which each may leave. */
export const dueOf = (partitions: readonly Partition[], days: Days, nowMs: number) => {
  const order = Object.keys(defaultDays)
  return partitions
    .filter((partition) => isDue(partition, days, nowMs))
    .sort((a, b) => order.indexOf(a.of) - order.indexOf(b.of) || a.untilMs - b.untilMs)
}

type Retaining = Omit<Archiving, 'before'> & { readonly days: Days }
type Retained = { readonly done: number; readonly all: boolean }

/** Carries what the legs of a partition came to, lane by lane; then its period is closed. */
async function carry(work: Retaining, { name, untilMs }: Partition): Promise<boolean> {
  const { sql, say, stopped } = work
  const [closed] = await sql<{ since: number }[]>`select ledger.since()::float8 as since`
  if ((closed?.since ?? 0) >= untilMs) return true
  for (let lane = 0; lane < LANES; lane += 1) {
    if (stopped()) return false
    await sql`select ledger.carry(${lane}::smallint, ${untilMs})`
    if ((lane + 1) % 16 === 0) say(name, 'carried', lane + 1)
  }
  await sql`select ledger.close_period(${untilMs})`
  return true
}

/** Takes out all that is due; answers with how many partitions that was, and whether it was all. */
export async function retain(work: Retaining): Promise<Retained> {
  const { sql, days, nowMs } = work
  const before = async (partition: Partition) =>
    partition.of !== 'ledger.leg' || (await carry(work, partition))
  let done = 0
  for (const partition of dueOf(await listPartitions(sql), days, nowMs)) {
    if (!(await archive({ ...work, before }, partition))) return { done, all: false }
    done += 1
  }
  return { done, all: true }
}
