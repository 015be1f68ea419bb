/** The rows of plastics and bureaus, each read for what is done with it. */
import type { Sql } from './store.ts'
import type { World } from './world.ts'

export type PlasticRow = {
  readonly plastic: `pls_${string}`
  readonly card: `crd_${string}`
  readonly terminal: string
  readonly state: 'made' | 'active' | 'blocked' | 'ended'
  readonly sequence: number
  readonly tries_left: number
}

/** A plastic, held until the transaction ends. */
export async function lockPlastic(sql: Sql, plastic: string): Promise<PlasticRow | undefined> {
  const [row] = await sql<PlasticRow[]>`
    select plastic, card, terminal, state, sequence, tries_left from plastics.plastic
    where plastic = ${plastic} for no key update`
  return row
}

/** A PAN sequence number as chip and stripe carry it. */
export const sequenceText = (sequence: number): string => String(sequence).padStart(2, '0')

export type NewPlastic = Pick<PlasticRow, 'plastic' | 'card' | 'terminal'> & {
  readonly bureau: string
}

/** Keeps a new one with the next sequence number; undefined where one of the card lives. */
export async function insertPlastic(
  { nowMs }: Pick<World, 'nowMs'>,
  sql: Sql,
  { plastic, card, terminal, bureau }: NewPlastic,
): Promise<number | undefined> {
  const [row] = await sql<{ sequence: number }[]>`
    insert into plastics.plastic
      (plastic, card, terminal, bureau, state, sequence, tries_left, created_at_ms)
    select ${plastic}, ${card}, ${terminal}, ${bureau}, 'made', coalesce(max(sequence) + 1, 0), 3,
           ${nowMs()}
    from plastics.plastic where card = ${card}
    on conflict do nothing returning sequence`
  return row?.sequence
}

/** A plastic that may be made active once the right reading of it comes back. */
export const mayActivate = ({ state }: PlasticRow): boolean => state === 'made'

export async function movePlastic(
  sql: Sql,
  plastic: string,
  to: { readonly state: PlasticRow['state']; readonly triesLeft: number },
): Promise<void> {
  await sql`
    update plastics.plastic set state = ${to.state}, tries_left = ${to.triesLeft}
    where plastic = ${plastic}`
}

export type BureauRow = {
  readonly state: string
  readonly thumbprint: string
  readonly point: Uint8Array
}

/** The row is held until the transaction ends: a removal waits, or was seen. */
export async function readBureau(sql: Sql, bureau: string): Promise<BureauRow | undefined> {
  const [row] = await sql<BureauRow[]>`
    select state, thumbprint, point from plastics.bureau where bureau = ${bureau} for share`
  return row
}
