/** Plastic and its bureaus as the platform's people look for them. */
import type { Id } from '@warifu/protocol/ids'
import type { PlasticStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'
import type { Bureau } from './bureau.ts'
import { readPlastic, viewPlastics } from './plastic.ts'

type Page = { readonly limit: number; readonly before: string | undefined }

export type SoughtPlastic = {
  readonly id?: Id<'pls'> | undefined
  readonly status?: PlasticStatus | undefined
  readonly bureau?: Id<'bur'> | undefined
  readonly card?: Id<'crd'> | undefined
}
export type FoundPlastic = {
  readonly id: Id<'pls'>
  readonly status: PlasticStatus
  readonly card: Id<'crd'>
  readonly last4: string | null
  readonly cardholder: Id<'chl'>
  readonly program: Id<'prg'>
  readonly programName: string
  readonly bureau: Id<'bur'>
  readonly bureauName: string
  readonly tracking: string | null
  readonly createdMs: bigint
  readonly movedMs: bigint
  readonly reason: string
}

/** Where a page of them ended: their ids tell no order. */
export const placeOf = ({ createdMs, id }: Pick<FoundPlastic, 'createdMs' | 'id'>): string =>
  `${createdMs}/${id}`

/** Newest first. */
export function findPlastics(db: Db, sought: SoughtPlastic, { limit, before = '' }: Page) {
  const [, at = null, last = ''] = /^(\d{1,15})\/(pls_\w+)$/.exec(before) ?? []
  return db<FoundPlastic[]>`
    select p.id, p.state as status, p.card, c.last4, p.cardholder, c.program,
           g.name as "programName", p.bureau, b.name as "bureauName", p.tracking,
           p.created_ms as "createdMs", m.at_ms as "movedMs", m.reason
      from issuing.plastic p
      join issuing.card c on c.id = p.card
      join issuing.program g on g.id = c.program
      join issuing.bureau b on b.id = p.bureau
      join issuing.plastic_move m on m.plastic = p.id and m.seq = p.version
     where (${at}::bigint is null or (p.created_ms, p.id) < (${at}::bigint, ${last}))
       and (${sought.id ?? null}::text is null or p.id = ${sought.id ?? null})
       and (${sought.status ?? null}::text is null or p.state = ${sought.status ?? null})
       and (${sought.bureau ?? null}::text is null or p.bureau = ${sought.bureau ?? null})
       and (${sought.card ?? null}::text is null or p.card = ${sought.card ?? null})
     order by p.created_ms desc, p.id desc limit ${limit}`
}

/** One of them, with every move it made. */
export async function foundPlastic(db: Db, id: Id<'pls'>) {
  const row = await readPlastic(db, id)
  if (row === undefined) return undefined
  const [found] = await findPlastics(db, { id }, { limit: 1, before: undefined })
  const [view] = await viewPlastics(db, [row])
  if (found === undefined || view === undefined) throw new Error('the plastic is not there')
  return { ...found, terminal: view.terminal, history: view.history }
}

export type FoundBureau = Bureau & {
  readonly jobs: Readonly<Record<'waiting' | 'making' | 'posted' | 'arrived' | 'failed', number>>
}

export const findBureaus = (db: Db, { limit, before }: Page) => db<FoundBureau[]>`
  select b.id, b.name, b.status, b.created_ms as "createdMs",
         (select jsonb_build_object(
                   'waiting', count(*) filter (where p.state = 'ordered'),
                   'making', count(*) filter (where p.state in ('accepted', 'produced')),
                   'posted', count(*) filter (where p.state = 'shipped'),
                   'arrived', count(*) filter (where p.state in ('delivered', 'active', 'ended')),
                   'failed', count(*) filter (where p.state in ('rejected', 'lost')))
            from issuing.plastic p where p.bureau = b.id) as jobs
    from issuing.bureau b where b.id < ${before ?? '~'} order by b.id desc limit ${limit}`
