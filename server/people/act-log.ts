/**
 * The record of what people did here: who, what, to what, the digest of how it was asked, when, and
 * what came of it. Written before the act is begun and after it has ended; a chain of hashes shows
 * what was altered or taken away.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import type { Db, Sql } from '#store'

export type LoggedAct = {
  /** An operator’s id, a merchant’s user’s, or `house`: by who runs it. */
  readonly who: string
  readonly name: string
  /** The endpoint by name, or the command. */
  readonly what: string
  readonly subject: string
  /** SHA-256 of what was asked, base64url. */
  readonly digest: string
  readonly request: string
  /** `asked`, before it is done; then `done`, or the code of the refusal. */
  readonly outcome: string
  readonly at_ms: number
}

export async function logAct(db: Db, act: LoggedAct): Promise<void> {
  await db`select people.log_act(${jcs(act)})`
}

export type ActLogRow = LoggedAct & { readonly seq: number }
export type SoughtAct = {
  readonly limit: number
  readonly before: string | undefined
  readonly who?: string | undefined
  readonly what?: string | undefined
  readonly subject?: string | undefined
}

/** Newest first. A place in the list is a record’s number. */
export async function listActLog(db: Db, sought: SoughtAct): Promise<ActLogRow[]> {
  const { limit, before, who, what, subject } = sought
  const rows = await db<{ seq: bigint; record: string }[]>`
    select seq, record from people.act_log
     where (${before ?? null}::bigint is null or seq < ${before ?? null}::bigint)
       and (${who ?? null}::text is null or who = ${who ?? null})
       and (${what ?? null}::text is null or what = ${what ?? null})
       and (${subject ?? null}::text is null or strpos(subject, ${subject ?? ''}) > 0)
     order by seq desc limit ${limit}`
  return rows.map(({ seq, record }) => ({ ...(JSON.parse(record) as LoggedAct), seq: Number(seq) }))
}

export type ChainVerdict = {
  readonly ok: boolean
  /** How many records are sound, one after the other. */
  readonly size: number
  /** The head after them. */
  readonly head: string
  readonly fault: 'order_broken' | 'record_altered' | 'head_broken' | 'witness_missing' | null
}
export type Witness = { readonly size: number; readonly head: string }
type Row = { seq: bigint; record: string; head: Uint8Array }

const hash = (...parts: Uint8Array[]): Buffer => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
export const nextHead = (head: Uint8Array, leaf: Uint8Array) => hash(Uint8Array.of(1), head, leaf)
const FIRST = hash(Buffer.from('warifu/acts/1'))

/** Recomputes the chain from its records; `witness` is a head that somebody wrote down before. */
export async function verifyActLog(sql: Sql, witness?: Witness): Promise<ChainVerdict> {
  let head = FIRST
  let size = 0
  let seen = witness === undefined || witness.size === 0
  const verdict = (fault: ChainVerdict['fault']) => {
    return { ok: fault === null, size, head: toBase64url(head), fault }
  }
  const rows = sql<Row[]>`select seq, record, head from people.act_log order by seq`
  for await (const batch of rows.cursor(500))
    for (const row of batch) {
      if (Number(row.seq) !== size + 1) return verdict('order_broken')
      if (jcs(JSON.parse(row.record)) !== row.record) return verdict('record_altered')
      const next = nextHead(head, hash(Uint8Array.of(0), Buffer.from(row.record)))
      if (!next.equals(row.head)) return verdict('head_broken')
      head = next
      size += 1
      if (witness?.size === size && witness.head === toBase64url(head)) seen = true
    }
  return verdict(seen ? null : 'witness_missing')
}
