/**
 * Proofs of identity for a phone that waits: codes of eight digits, derived and never kept, tied to
 * the one phone and method that they were made for, their tries counted here.
 */
import { timingSafeEqual } from 'node:crypto'
import type { VaultInput } from '@warifu/protocol/vault'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

export const proofCodeOf = (
  { hierarchy }: Pick<World, 'hierarchy'>,
  verification: string,
): string =>
  String(hierarchy.mac('code', `proof/1${verification}`).readUIntBE(0, 6) % 1e8).padStart(8, '0')

export async function makeProofCode(
  world: World,
  sql: Sql,
  input: VaultInput<'make_proof_code'>,
): Promise<Answer<'make_proof_code'>> {
  const { verification, terminal, method, tries, expires_at } = input
  const [known] = await sql`
    select 1 from terminals.terminal where terminal = ${terminal} and state = 'waiting'`
  if (known === undefined) return no('terminal_unknown')
  await sql`
    insert into codes.code (verification, tries_left, expires_at_ms, created_at_ms)
    values (${verification}, ${tries}, ${Date.parse(expires_at)}, ${world.nowMs()})
    on conflict do nothing`
  await sql`
    insert into terminals.proof (verification, terminal, method)
    values (${verification}, ${terminal}, ${method}) on conflict do nothing`
  const [row] = await sql<{ tries_left: number }[]>`
    select tries_left from codes.code where verification = ${verification}`
  if (row === undefined || row.tries_left === 0) return no('code_exhausted')
  return yes({ code: proofCodeOf(world, verification) })
}

type Row = {
  readonly tries_left: number
  readonly expires_at_ms: string
  readonly terminal: string
}

export async function checkProofCode(
  world: World,
  sql: Sql,
  { verification, code, now }: VaultInput<'check_proof_code'>,
): Promise<Answer<'check_proof_code'>> {
  const [row] = await sql<Row[]>`
    select c.tries_left, c.expires_at_ms, p.terminal from codes.code c
    join terminals.proof p on p.verification = c.verification
    where c.verification = ${verification} for update of c`
  if (row === undefined || Date.parse(now) > Number(row.expires_at_ms)) return no('code_expired')
  if (row.tries_left === 0) return no('code_exhausted')
  const right = proofCodeOf(world, verification)
  const isRight = timingSafeEqual(Buffer.from(code), Buffer.from(right))
  const left = isRight ? 0 : row.tries_left - 1
  await sql`update codes.code set tries_left = ${left} where verification = ${verification}`
  if (!isRight) return no('code_wrong')
  await sql`
    update terminals.proof set passed_at_ms = ${world.nowMs()}
    where verification = ${verification}`
  const [count] = await sql<{ passed: number }[]>`
    select count(distinct method)::int as passed from terminals.proof
    where terminal = ${row.terminal} and passed_at_ms is not null`
  return yes({ verification, passed: count?.passed ?? 1 })
}
