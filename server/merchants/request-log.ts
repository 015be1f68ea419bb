/**
 * What was asked with a merchant's keys, to be looked up by its Request-Id. Rows wait in memory for
 * the next flush: a log may lose its last moment with its process; money is written elsewhere.
 */
import type { Id } from '@warifu/protocol/ids'
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

/** Of one process; what comes faster than it can be written is not kept. */
const MOST_WAITING = 10_000
const FLUSH = 1000

export type RequestLog = {
  readonly note: (request: LoggedRequest) => void
  readonly flush: () => Promise<void>
}

export function createRequestLog({ sql }: Store): RequestLog {
  let waiting: LoggedRequest[] = []
  return {
    note: (request) => {
      if (waiting.length < MOST_WAITING) waiting.push(request)
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

const mask = (request: LoggedRequest): LoggedRequest => ({
  ...request,
  request_body: masked(request.request_body),
  response_body: masked(request.response_body),
})

const write = (db: Db, rows: readonly LoggedRequest[]) => db`
  insert into merchants.request
  select * from jsonb_populate_recordset(null::merchants.request, ${db.json([...rows])})
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
    select * from merchants.request where merchant = ${merchant} and id = ${id}`
  return row
}
