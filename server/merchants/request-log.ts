/**
 * What was asked with a merchant's keys, to be looked up by its Request-Id. Rows wait in memory for
 * the next flush: a log may lose its last moment with its process; money is written elsewhere. In a
 * rush, refusals are kept before successes, which stand in other tables anyway.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db, Store } from '#store'
import { masked } from './masking.ts'

export type LoggedRequest = {
  readonly id: Id<'req'>
  readonly merchant: Id<'mer'>
  readonly api_key: Id<'key'>
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly status: number
  readonly took_ms: number
  readonly error: string | null
  readonly idempotency_key: string | null
  readonly request_body: string
  readonly response_body: string
  readonly at_ms: number
}

/** As it is noted: read only where it is kept. */
export type NotedRequest = Omit<LoggedRequest, 'request_body'> & { readonly request_body: Buffer }

/** Of one process; what comes faster than it can be written is not kept. */
const MOST_WAITING = 10_000
const FLUSH = 1000
/** Successes of one process in a second; what is beyond costs a payment more than it tells. */
const MOST_SUCCESSES = 500

export type RequestLog = {
  readonly note: (request: NotedRequest) => void
  readonly flush: () => Promise<void>
}

export function createRequestLog({ sql }: Store): RequestLog {
  let waiting: NotedRequest[] = []
  let [second, successes] = [0, 0]
  const isTooMuch = ({ error, at_ms }: NotedRequest) => {
    if (error !== null) return waiting.length >= MOST_WAITING
    const now = Math.floor(at_ms / 1000)
    if (now !== second) [second, successes] = [now, 0]
    successes += 1
    return successes > MOST_SUCCESSES || waiting.length >= MOST_WAITING
  }
  return {
    note: (request) => {
      if (!isTooMuch(request)) waiting.push(request)
    },
    flush: async () => {
      while (waiting.length > 0) {
        const rows = waiting.slice(0, FLUSH)
        waiting = waiting.slice(FLUSH)
        await write(sql, rows.map(mask))
      }
    },
  }
}

const mask = (request: NotedRequest): LoggedRequest => ({
  ...request,
  request_body: masked(request.request_body.toString('utf8')),
  response_body: masked(request.response_body),
})

const write = (db: Db, rows: readonly LoggedRequest[]) => db`
  insert into merchants.request
  select * from jsonb_populate_recordset(
    null::merchants.request,
    ${db.json(rows.map((row) => ({ ...row, lane: laneOf(row.merchant) })))})
  on conflict do nothing`

type Page = { readonly limit: number; readonly before: string | undefined }

/** Newest first. */
export const listRequests = (db: Db, merchant: Id<'mer'>, { limit, before }: Page) =>
  db<(Omit<LoggedRequest, 'at_ms'> & { at_ms: bigint })[]>`
    select * from merchants.request
     where merchant = ${merchant} and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`

export async function readRequest(db: Db, merchant: Id<'mer'>, id: Id<'req'>) {
  const [row] = await db<(Omit<LoggedRequest, 'at_ms'> & { at_ms: bigint })[]>`
    select * from merchants.request
     where lane = ${laneOf(merchant)} and id = ${id} and merchant = ${merchant}`
  return row
}
