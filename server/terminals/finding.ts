/** Phones as the platform's people look for them: lane by lane, by the key. */
import { type Id, LANES } from '@warifu/protocol/ids'
import type { TerminalStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'

type Page = { readonly limit: number; readonly before: string | undefined }
type Sought = { readonly owner?: string | undefined; readonly status?: string | undefined }

export type FoundTerminal = {
  readonly id: Id<'trm'>
  readonly status: TerminalStatus
  readonly cardholder: Id<'chl'>
  readonly counter: bigint
  readonly createdMs: bigint
}

/** Newest first. */
export const findTerminals = (db: Db, { owner, status }: Sought, { limit, before }: Page) =>
  db<FoundTerminal[]>`
    select t.id, t.status, t.cardholder, t.counter, t.created_ms as "createdMs"
      from generate_series(0, ${LANES - 1}) g(lane)
     cross join lateral (
       select * from terminals.terminal t
        where t.lane = g.lane and t.id < ${before ?? '~'}
          and (${owner ?? null}::text is null or t.cardholder = ${owner ?? null})
          and (${status ?? null}::text is null or t.status = ${status ?? null})
        order by t.id desc limit ${limit}) t
     order by t.id desc limit ${limit}`
