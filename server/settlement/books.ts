/**
 * Proof of the books, while payments run: one snapshot for all lanes, so that what is on its way is
 * seen as that. Nothing is locked; the answer is every law that does not hold.
 */
import type { Db, Store } from '#store'

export type Fault = {
  readonly lane: number
  readonly law: string
  readonly about: string
  readonly expected: bigint
  readonly found: bigint
}
export type Checked = { readonly lanes: number; readonly faults: readonly Fault[] }

export async function checkBooks(
  { sql }: Pick<Store, 'sql'>,
  only?: readonly number[],
): Promise<Checked> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const all = await tx<{ lane: number }[]>`select lane from ledger.lanes()`
    const lanes = all.filter(({ lane }) => only === undefined || only.includes(lane))
    const faults: Fault[] = []
    for (const { lane } of lanes) {
      const found = await tx<Fault[]>`
        select f.lane, f.law, f.about, f.expected, f.found from ledger.check_lane(${lane}) f
        union all
        select f.lane, f.law, f.about, f.expected, f.found from payments.check_lane(${lane}) f
        union all
        select f.lane, f.law, f.about, f.expected, f.found from settlement.check_lane(${lane}) f`
      faults.push(...found)
    }
    return { lanes: lanes.length, faults }
  })
}

export type AlertRow = {
  readonly id: string
  readonly lane: number
  readonly kind: 'clearing_left'
  readonly account: string
  readonly currency: string
  readonly amount: number
  readonly created_ms: number
}

export async function listAlerts(
  db: Db,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<AlertRow[]> {
  const rows = await db<{ row: AlertRow }[]>`
    select to_jsonb(a) || jsonb_build_object('id', a.lane || '/' || a.id) as row
      from settlement.alert a
     where (${before ?? null}::text is null or a.lane || '/' || a.id < ${before ?? null})
     order by a.lane || '/' || a.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}
