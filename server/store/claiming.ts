/** A merchant's write under its Idempotency-Key: same key and body, one answer, for ever. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type postgres from 'postgres'

type Tx = postgres.TransactionSql<{ bigint: bigint }>

export type Claiming = {
  readonly merchant: Id<'mer'>
  readonly key: string
  /** SHA-256 of method, path and body. */
  readonly digest: Uint8Array
  readonly nowMs: number
}

/**
 * Does `work` where the key is new, and keeps what it answers: a name or another plain value that
 * may be read for ever, never a secret. A refusal did nothing and lets go of the key.
 */
export async function claimed<T extends string>(
  tx: Tx,
  { merchant, key, digest, nowMs }: Claiming,
  work: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const lane = laneOf(merchant)
  const [claim] = await tx<{ code: string; answer: { value: T } | null }[]>`
    select code, answer from store.once(
      ${lane}::smallint, ${merchant}, ${key}, ${digest}, ${merchant}, ${nowMs})`
  if (claim?.code === 'idempotency_key_reused') return refused('idempotency_key_reused')
  if (claim?.code === 'seen' && claim.answer !== null) return done(claim.answer.value)
  const answer = await work()
  if (answer.ok)
    await tx`
      select store.keep(${lane}::smallint, ${merchant}, ${key},
                        ${tx.json({ value: answer.value })})`
  else await tx`select store.forget(${lane}::smallint, ${merchant}, ${key})`
  return answer
}
