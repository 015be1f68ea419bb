/** Cards, applications and programs as the platform's people look for them. */
import type { Id } from '@warifu/protocol/ids'
import type { ApplicationStatus, CardStatus } from '@warifu/protocol/moves'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Db } from '#store'
import type { Decision } from './rules.ts'

type Page = { readonly limit: number; readonly before: string | undefined }

export type SoughtCard = {
  readonly status?: CardStatus | undefined
  readonly program?: Id<'prg'> | undefined
  readonly cardholder?: Id<'chl'> | undefined
  readonly last4?: string | undefined
}
export type FoundCard = {
  readonly id: Id<'crd'>
  readonly status: CardStatus
  readonly last4: string | null
  readonly expires: string | null
  readonly program: Id<'prg'>
  readonly programName: string
  readonly currency: string
  readonly cardholder: Id<'chl'>
  readonly account: Id<'acc'>
  readonly createdMs: bigint
}

/** Newest first. */
export const findCards = (db: Db, sought: SoughtCard, { limit, before }: Page) => db<FoundCard[]>`
  select c.id, c.state as status, c.last4, c.expires, c.program, p.name as "programName",
         p.currency, c.cardholder, c.account, c.created_ms as "createdMs"
    from issuing.card c join issuing.program p on p.id = c.program
   where c.id < ${before ?? '~'}
     and (${sought.status ?? null}::text is null or c.state = ${sought.status ?? null})
     and (${sought.program ?? null}::text is null or c.program = ${sought.program ?? null})
     and (${sought.cardholder ?? null}::text is null
          or c.cardholder = ${sought.cardholder ?? null})
     and (${sought.last4 ?? null}::text is null or c.last4 = ${sought.last4 ?? null})
   order by c.id desc limit ${limit}`

/** Of these cards, the last four digits of those that have any. */
export async function last4sOf(
  db: Db,
  cards: readonly Id<'crd'>[],
): Promise<ReadonlyMap<Id<'crd'>, string | null>> {
  const rows = await db<{ id: Id<'crd'>; last4: string | null }[]>`
    select id, last4 from issuing.card where id = any(${[...cards]})`
  return new Map(rows.map(({ id, last4 }) => [id, last4]))
}

export type SoughtApplication = {
  readonly id?: Id<'app'> | undefined
  readonly status?: ApplicationStatus | undefined
  readonly program?: Id<'prg'> | undefined
}
export type FoundApplication = {
  readonly id: Id<'app'>
  readonly status: ApplicationStatus
  readonly scheme: Scheme
  readonly program: Id<'prg'>
  readonly programName: string
  readonly currency: string
  readonly cardholder: Id<'chl'>
  readonly name: string
  readonly decision: Decision | null
  readonly card: Id<'crd'> | null
  readonly createdMs: bigint
}

/** Newest first. */
export const findApplications = (db: Db, sought: SoughtApplication, { limit, before }: Page) =>
  db<FoundApplication[]>`
    select a.id, a.state as status, a.scheme, a.program, p.name as "programName", p.currency,
           a.cardholder, coalesce(a.facts->>'name', '') as name, a.decision, a.card,
           a.created_ms as "createdMs"
      from issuing.application a join issuing.program p on p.id = a.program
     where a.id < ${before ?? '~'}
       and (${sought.id ?? null}::text is null or a.id = ${sought.id ?? null})
       and (${sought.status ?? null}::text is null or a.state = ${sought.status ?? null})
       and (${sought.program ?? null}::text is null or a.program = ${sought.program ?? null})
     order by a.id desc limit ${limit}`
