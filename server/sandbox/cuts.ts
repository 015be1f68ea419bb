/**
 * Lines that are cut: which, whether the request is lost on it or the answer, how often, how long.
 * While nothing is cut, a request costs nothing more: each process knows by heart what is.
 */
import type { Cut, Link, Lost } from '@warifu/protocol/test-kit-objects'
import type { Sql } from '#store'

export type Cuts = {
  readonly read: () => Promise<void>
  readonly list: () => readonly Cut[]
  readonly make: (cut: Cut) => Promise<void>
  readonly mendAll: () => Promise<void>
  /** May this one be lost? Known by heart. */
  readonly may: (link: Link, lost: Lost, place: string) => boolean
  /** Is this one lost? Used up by asking. `place`: an endpoint, or an operation of the vault. */
  readonly take: (link: Link, lost: Lost, place: string) => Promise<boolean>
}

type Row = Pick<Cut, 'link' | 'lost' | 'times'> & {
  readonly place: string
  readonly untilMs: bigint | null
}

export function createCuts(sql: Sql, wall: () => number): Cuts {
  let known: readonly Cut[] = []
  const may: Cuts['may'] = (link, lost, place) =>
    known.some((one) => one.link === link && one.lost === lost && fits(one, place))
  const read = async () => {
    const rows = await sql<Row[]>`
      select link, lost, place, times, until_ms as "untilMs" from sandbox.cut
       where coalesce(times, 1) > 0 and (until_ms is null or until_ms > ${wall()})
       order by link, lost, place`
    known = rows.map(cutOf)
  }
  return {
    read,
    list: () => known,
    make: async ({ link, lost, at, times, until }) => {
      const untilMs = until === null ? null : Date.parse(until)
      await sql`
        insert into sandbox.cut (link, lost, place, times, until_ms)
        values (${link}, ${lost}, ${at ?? ''}, ${times}, ${untilMs})
        on conflict (link, lost, place)
        do update set times = excluded.times, until_ms = excluded.until_ms`
      await read()
    },
    mendAll: async () => {
      await sql`delete from sandbox.cut`
      await read()
    },
    may,
    take: async (link, lost, place) => {
      if (!may(link, lost, place)) return false
      const taken = await sql`
        update sandbox.cut set times = times - 1
         where link = ${link} and lost = ${lost} and (place = '' or place = ${place})
           and coalesce(times, 1) > 0 and (until_ms is null or until_ms > ${wall()})`
      return taken.count > 0
    },
  }
}

const fits = ({ at }: Cut, place: string) => at === null || at === place

const cutOf = ({ link, lost, place, times, untilMs }: Row): Cut => ({
  link,
  lost,
  at: place === '' ? null : place,
  times,
  until: untilMs === null ? null : new Date(Number(untilMs)).toISOString(),
})
