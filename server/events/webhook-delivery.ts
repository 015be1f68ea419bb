/** What was and will be delivered to an endpoint, with every attempt; and asking for it again. */

import type { EventType } from '@warifu/protocol/event-types'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'
import type { Endpoint, Owned } from './webhook-endpoint.ts'

export type Attempt = {
  readonly number: number
  readonly at_ms: number
  readonly took_ms: number
  readonly status: number | null
  readonly error: string | null
  readonly answer: string
}
export type Delivery = {
  readonly event: Id<'evt'>
  readonly subject: string
  readonly type: EventType
  readonly sequence: number
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly nextMs: bigint
  readonly createdMs: bigint
  readonly attempts: Attempt[]
}

type Page = {
  readonly limit: number
  readonly before: string | undefined
  readonly state?: Delivery['state']
}

/** Newest event first, each with its attempts. */
export const listDeliveries = (db: Db, endpoint: Id<'whe'>, { limit, before, state }: Page) =>
  db<Delivery[]>`
    select d.event, d.subject, d.type, d.sequence, d.state, d.next_ms as "nextMs",
           d.created_ms as "createdMs",
           coalesce((select jsonb_agg(to_jsonb(a) - 'endpoint' - 'event' order by a.number)
                       from events.attempt a
                      where a.lane = d.lane and a.endpoint = d.endpoint
                        and a.event = d.event), '[]') as attempts
      from events.delivery d
     where d.endpoint = ${endpoint}
       and (${before ?? null}::text is null or d.event < ${before ?? null})
       and (${state ?? null}::text is null or d.state = ${state ?? null})
     order by d.event desc limit ${limit}`

/** Delivers one event again, whatever became of it. False where the merchant has no such event. */
export async function resend(
  db: Db,
  { merchant, endpoint }: Owned,
  { event, nowMs }: { readonly event: Id<'evt'>; readonly nowMs: number },
): Promise<boolean> {
  const [row] = await db`
    insert into events.delivery
      (lane, endpoint, event, subject, type, sequence, next_ms, created_ms)
    select e.lane, ${endpoint}, e.id, e.subject, e.type, e.sequence, ${nowMs}, ${nowMs}
      from events.event e
     where e.lane = store.lane_of(${event}) and e.id = ${event}
       and e.audience in (${merchant}, ${endpoint})
    on conflict (lane, endpoint, event) do update
       set state = 'pending', ended_ms = null, attempts = 0, next_ms = excluded.next_ms
    returning event`
  return row !== undefined
}

/** Tries again what has failed or waits, of events since then; answers with how many. */
export async function recover(
  db: Db,
  endpoint: Id<'whe'>,
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): Promise<number> {
  const rows = await db`
    update events.delivery
       set state = 'pending', ended_ms = null, attempts = 0, next_ms = ${nowMs}
     where endpoint = ${endpoint} and state <> 'delivered' and created_ms >= ${sinceMs}
    returning 1`
  return rows.count
}

/** Delivers what this endpoint never heard of, of the events between two instants. */
export async function replayMissing(
  db: Db,
  { id, merchant, types }: Pick<Endpoint, 'id' | 'merchant' | 'types'>,
  span: { readonly fromMs: number; readonly toMs: number; readonly nowMs: number },
): Promise<number> {
  const rows = await db`
    insert into events.delivery
      (lane, endpoint, event, subject, type, sequence, next_ms, created_ms)
    select e.lane, ${id}, e.id, e.subject, e.type, e.sequence, ${span.nowMs}, ${span.nowMs}
      from events.event e
     where e.audience = ${merchant} and e.created_ms between ${span.fromMs} and ${span.toMs}
       and (${[...types]}::text[] = '{}' or e.type = any (${[...types]}::text[]))
    on conflict (lane, endpoint, event) do nothing
    returning 1`
  return rows.count
}
