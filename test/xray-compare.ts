/** The arrows of a payment, drawn from its record, beside a capture of what crossed the wires. */
import assert from 'node:assert/strict'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Hop, TimelineEntry } from '@warifu/protocol/objects'
import { type Arrow, xrayOf } from '@warifu/web/xray'
import type { Sql } from 'postgres'
import type { Capture } from './capture.ts'
import type { People } from './people.ts'

export type Comparing = {
  readonly database: Sql
  readonly people: People
  readonly capture: Capture
}
type Row = Omit<TimelineEntry, 'at'> & { readonly at_ms: string; readonly hops: Hop[] }

/** All of it, as the platform's own people read it; what is kept in short, as it is told. */
export async function arrowsOf(
  { database, people }: Pick<Comparing, 'database' | 'people'>,
  payment: Id<'pay'>,
): Promise<readonly Arrow[]> {
  const rows = await database<Row[]>`
    select request, at_ms, name, outcome, hops
      from payments.timeline_of(${laneOf(payment)}::smallint, ${payment}, '')`
  const told = await people.merchant.payments.timeline(payment)
  const entries = rows.map(
    ({ at_ms, ...row }) =>
      told.find(({ request }) => request === row.request) ?? {
        ...row,
        at: new Date(Number(at_ms)).toISOString(),
      },
  )
  return xrayOf(entries).arrows
}

export const routeOf = ({ from, to }: Arrow) => `${from}>${to}`

/** `near`: a device whose line with the phone was counted too. Answers with the arrows. */
export async function compareWith(
  comparing: Comparing,
  payment: Id<'pay'>,
  near?: string,
): Promise<readonly Arrow[]> {
  const arrows = await arrowsOf(comparing, payment)
  const routes = [`terminal>${near}`, `${near}>terminal`]
  const crossed = arrows.filter((arrow) =>
    arrow.reported ? routes.includes(routeOf(arrow)) : !arrow.inside,
  )
  const seen = comparing.capture.seen().map(({ route }) => route)
  assert.deepEqual(crossed.map(routeOf), seen)
  return arrows
}
