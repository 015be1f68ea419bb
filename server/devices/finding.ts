/** Devices that cardholders carry, as the platform's people look for them. */
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'
import type { Sim, SimCardRow, SimState } from './sim-rows.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
type Sought = { readonly owner?: string | undefined; readonly status?: string | undefined }

export type FoundDevice = {
  readonly id: string
  readonly status: string
  readonly cardholder: Id<'chl'>
  readonly terminal: Id<'trm'> | null
  readonly label: string
  readonly createdMs: bigint
}

const wanted = (db: Db, { owner, status }: Sought, { limit, before }: Page) => db`
  where id < ${before ?? '~'}
    and (${owner ?? null}::text is null or cardholder = ${owner ?? null})
    and (${status ?? null}::text is null or state = ${status ?? null})
  order by id desc limit ${limit}`

export const findProximity = (db: Db, sought: Sought, page: Page) => db<FoundDevice[]>`
  select id, state as status, cardholder, terminal, name as label, created_ms as "createdMs"
    from devices.proximity ${wanted(db, sought, page)}`

export const findReaders = (db: Db, sought: Sought, page: Page) => db<FoundDevice[]>`
  select id, state as status, cardholder, terminal, name as label, created_ms as "createdMs"
    from devices.reader ${wanted(db, sought, page)}`

export type SoughtSim = {
  readonly id?: Id<'sim'> | undefined
  readonly status?: SimState | undefined
  readonly cardholder?: Id<'chl'> | undefined
}
export type FoundSim = Pick<Sim, 'id' | 'cardholder' | 'iccidLast4' | 'createdMs'> & {
  readonly cards: readonly Pick<SimCardRow, 'number' | 'card'>[]
  readonly status: SimState
  readonly removedMs: bigint | null
  readonly phones: readonly { readonly terminal: Id<'trm'>; readonly linkedMs: number }[]
}

/** SIMs with what is in them and who uses them, newest first. */
export const findWholeSims = (db: Db, sought: SoughtSim, { limit, before }: Page) => db<FoundSim[]>`
  select s.id, s.cardholder, s.iccid_last4 as "iccidLast4", s.state as status,
         s.created_ms as "createdMs", s.removed_ms as "removedMs",
         coalesce((select jsonb_agg(jsonb_build_object('number', c.number, 'card', c.card)
                                    order by c.number)
                     from devices.sim_card c where c.sim = s.id), '[]') as cards,
         coalesce((select jsonb_agg(jsonb_build_object('terminal', l.terminal,
                                                       'linkedMs', l.linked_ms)
                                    order by l.linked_ms)
                     from devices.sim_link l where l.sim = s.id), '[]') as phones
    from devices.sim s
   where s.id < ${before ?? '~'}
     and (${sought.id ?? null}::text is null or s.id = ${sought.id ?? null})
     and (${sought.status ?? null}::text is null or s.state = ${sought.status ?? null})
     and (${sought.cardholder ?? null}::text is null or s.cardholder = ${sought.cardholder ?? null})
   order by s.id desc limit ${limit}`

export const findSims = (db: Db, sought: Sought, page: Page) => db<FoundDevice[]>`
  select id, state as status, cardholder, null as terminal, '…' || iccid_last4 as label,
         created_ms as "createdMs"
    from devices.sim ${wanted(db, sought, page)}`
