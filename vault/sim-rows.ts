/** SIMs as the tables hold them: all that judging what came out of one needs, in one read. */
import type { Sql } from './store.ts'

/** What a record holds: the first is the default card. */
export type Written = {
  readonly number: number
  readonly card: `crd_${string}`
  readonly selector: number
}

export type SimRow = {
  readonly sim: `sim_${string}`
  readonly iccid: string
  readonly cardholder: string
  readonly state: 'admitted' | 'personalised' | 'removed'
  /** By terminal: the key of the bridge that it linked. */
  readonly bridges: ReadonlyMap<string, Uint8Array>
  readonly records: readonly (Written & { readonly index: Uint8Array })[]
}

type Row = Pick<SimRow, 'sim' | 'iccid' | 'cardholder' | 'state'> & {
  readonly bridges: readonly { terminal: string; point: string }[] | null
  readonly records: readonly (Written & { index: string })[] | null
}

/** By SIM id and by ICCID: callers name it as they know it. */
export async function readSims(
  sql: Sql,
  names: readonly string[],
): Promise<ReadonlyMap<string, SimRow>> {
  const all = [...new Set(names)]
  const rows = await sql<Row[]>`
    select s.sim, s.iccid, s.cardholder, s.state,
           (select jsonb_agg(jsonb_build_object('terminal', b.terminal,
                                                'point', encode(b.point, 'base64')))
              from sims.bridge b where b.sim = s.sim) as bridges,
           (select jsonb_agg(jsonb_build_object('number', r.number, 'card', r.card,
                                                'selector', r.selector,
                                                'index', encode(c.pan_index, 'base64'))
                              order by r.number)
              from sims.record r join cards.card c on c.card = r.card
             where r.sim = s.sim) as records
    from sims.sim s where s.sim = any(${all}) or s.iccid = any(${all})`
  return new Map(
    rows.map(simOf).flatMap((row) => [
      [row.sim, row],
      [row.iccid, row],
    ]),
  )
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

const simOf = ({ bridges, records, ...row }: Row): SimRow => ({
  ...row,
  bridges: new Map((bridges ?? []).map(({ terminal, point }) => [terminal, bytesOf(point)])),
  records: (records ?? []).map((one) => ({ ...one, index: bytesOf(one.index) })),
})
