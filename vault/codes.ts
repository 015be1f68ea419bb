/**
 * One-time codes: six digits, derived by HMAC-SHA-256(code key, verification) so that nothing is
 * kept that could be read, and made again for a retry. Tries are counted here, under a row lock,
 * where a stolen server cannot reset them.
 */
import { timingSafeEqual } from 'node:crypto'
import type { VaultInput } from '@warifu/protocol/vault'
import type { Hierarchy } from './hierarchy.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

/** The code of a verification: 48 bits of the MAC, so that no digit is favoured measurably. */
export function codeOf(hierarchy: Hierarchy, verification: string): string {
  const mac = hierarchy.mac('code', `code/1${verification}`)
  return String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
}

/** For one verification always the same code; a second call changes neither tries nor deadline. */
export async function makeCode(
  world: World,
  sql: Sql,
  { verification, tries, expires_at }: VaultInput<'make_code'>,
): Promise<Answer<'make_code'>> {
  await sql`
    insert into codes.code (verification, tries_left, expires_at_ms, created_at_ms)
    values (${verification}, ${tries}, ${Date.parse(expires_at)}, ${world.nowMs()})
    on conflict do nothing`
  const [row] = await sql<{ tries_left: number }[]>`
    select tries_left from codes.code where verification = ${verification}`
  if (row === undefined || row.tries_left === 0) return no('code_exhausted')
  return yes({ code: codeOf(world.hierarchy, verification) })
}

type CodeRow = { readonly tries_left: number; readonly expires_at_ms: string }

export async function checkCode(
  world: World,
  sql: Sql,
  { verification, code, now }: VaultInput<'check_code'>,
): Promise<Answer<'check_code'>> {
  const [row] = await sql<CodeRow[]>`
    select tries_left, expires_at_ms from codes.code
    where verification = ${verification} for update`
  if (row === undefined || Date.parse(now) > Number(row.expires_at_ms)) return no('code_expired')
  if (row.tries_left === 0) return no('code_exhausted')
  const isRight = timingSafeEqual(
    Buffer.from(code),
    Buffer.from(codeOf(world.hierarchy, verification)),
  )
  // A code is good once: the right one uses it up, a wrong one costs a try.
  const left = isRight ? 0 : row.tries_left - 1
  await sql`update codes.code set tries_left = ${left} where verification = ${verification}`
  return isRight ? yes({ verification }) : no('code_wrong')
}
