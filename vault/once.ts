/**
 * Same bytes, same answer: the first answer to a call is kept in the transaction of its effect,
 * refusals too, under HMAC-SHA-256(answer key, JCS(call)). Of two at the same time one claims the
 * digest and the other waits for its answer, so the effect happens once; a restart changes nothing.
 */
import { jcs } from '@warifu/crypto/jcs'
import type { VaultOperation } from '@warifu/protocol/vault'
import type { Sql } from './store.ts'
import type { World } from './world.ts'

export type OnceCall = { readonly operation: VaultOperation; readonly input: object }
/** What is kept: a refusal, or the value; a value that must not be kept in clear is left out. */
export type Kept =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly refusal: string }

export type Once = {
  readonly first: (sql: Sql) => Promise<Kept>
  /** Appends the audit record; not called for an answer that was given before. */
  readonly record: (sql: Sql, kept: Kept) => Promise<unknown>
}

export const callDigest = ({ hierarchy }: World, call: OnceCall): Buffer =>
  hierarchy.mac('answer', jcs(call))

export async function once(world: World, call: OnceCall, work: Once): Promise<Kept> {
  const digest = callDigest(world, call)
  return await world.store.begin(async (sql) => {
    const claimed = await sql`
      insert into calls.claim (call_digest) values (${digest}) on conflict do nothing
      returning call_digest`
    if (claimed.length === 0) return await readAnswer(sql, digest)
    const kept = await work.first(sql)
    await sql`
      insert into calls.answer (call_digest, operation, answer, created_at_ms)
      values (${digest}, ${call.operation}, ${JSON.stringify(kept)}, ${world.nowMs()})`
    await work.record(sql, kept)
    return kept
  })
}

async function readAnswer(sql: Sql, digest: Uint8Array): Promise<Kept> {
  const [row] = await sql<{ answer: string }[]>`
    select answer from calls.answer where call_digest = ${digest}`
  if (row === undefined) throw new Error('a claim without its answer')
  return readKept(row.answer)
}

function readKept(text: string): Kept {
  const kept: unknown = JSON.parse(text)
  if (typeof kept !== 'object' || kept === null || !('ok' in kept))
    throw new Error('a kept answer that is none')
  if (kept.ok === true) return 'value' in kept ? { ok: true, value: kept.value } : { ok: true }
  if (!('refusal' in kept) || typeof kept.refusal !== 'string')
    throw new Error('a kept refusal that is none')
  return { ok: false, refusal: kept.refusal }
}
