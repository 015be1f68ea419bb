/**
 * Verifies an audit chain from its rows alone, without the vault: every leaf, the order, the
 * count, every signed head, and a head that was told to somebody else earlier (`witness`), which
 * finds an end that was cut off together with its signatures.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { headBytes } from './audit.ts'
import {
  importPoint,
  type PublicJwk,
  readPublicJwk,
  thumbprintOf,
  verifyRaw,
} from './public-key.ts'
import type { Sql } from './store.ts'

export type AuditFault =
  | 'record_altered'
  | 'order_broken'
  | 'head_broken'
  | 'signature_invalid'
  | 'signing_key_unknown'
  | 'records_missing'
  | 'witness_missing'

export type AuditVerdict =
  | { readonly ok: true; readonly size: number; readonly signedSize: number; readonly key: string }
  | { readonly ok: false; readonly fault: AuditFault; readonly seq: number }

/** The chains that there are: one for each vault that has decided anything. */
export async function chainsOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ chain: string }[]>`
    select chain from audit.record where seq = 1
    union select distinct chain from audit.signed_head order by chain`
  return rows.map(({ chain }) => chain)
}

/** A head as the vault told it before: its size and value; and the thumbprint of its key. */
export type Witness = { readonly size: number; readonly head: string }
export type AuditQuestion = {
  readonly chain: string
  readonly key?: string
  readonly witness?: Witness
}

type RecordRow = { seq: string; record: string; leaf: Uint8Array; head: Uint8Array }
type SignedRow = { size: string; head: Uint8Array; signature: Uint8Array; signing_key: PublicJwk }

const hash = (...parts: Uint8Array[]): Buffer => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const failed = (fault: AuditFault, seq: number): AuditVerdict => ({ ok: false, fault, seq })

export async function verifyAuditChain(sql: Sql, question: AuditQuestion): Promise<AuditVerdict> {
  const { chain, witness } = question
  const heads = new Map([[0, toBase64url(hash(Buffer.from(`warifu/audit/1/${chain}`)))]])
  const fault = await walkRecords(sql, chain, heads)
  if (fault !== undefined) return fault
  if (witness !== undefined && heads.get(witness.size) !== witness.head)
    return failed('witness_missing', witness.size)
  return await checkSignatures(sql, question, heads)
}

/** Fills `heads` with the head after each record, or tells the first fault. */
async function walkRecords(
  sql: Sql,
  chain: string,
  heads: Map<number, string>,
): Promise<AuditVerdict | undefined> {
  let head: Uint8Array = hash(Buffer.from(`warifu/audit/1/${chain}`))
  let expected = 1
  const rows = sql<RecordRow[]>`
    select seq, record, leaf, head from audit.record where chain = ${chain} order by seq`
  for await (const batch of rows.cursor(500))
    for (const row of batch) {
      if (Number(row.seq) !== expected) return failed('order_broken', expected)
      const leaf = hash(LEAF, Buffer.from(row.record))
      if (!leaf.equals(row.leaf) || !isCanonical(row.record))
        return failed('record_altered', expected)
      head = hash(NODE, head, leaf)
      if (Buffer.compare(head, row.head) !== 0) return failed('head_broken', expected)
      heads.set(expected, toBase64url(head))
      expected += 1
    }
  return undefined
}

function isCanonical(record: string): boolean {
  try {
    return jcs(JSON.parse(record)) === record
  } catch {
    return false
  }
}

async function checkSignatures(
  sql: Sql,
  { chain, key }: AuditQuestion,
  heads: ReadonlyMap<number, string>,
): Promise<AuditVerdict> {
  const rows = await sql<SignedRow[]>`
    select size, head, signature, signing_key from audit.signed_head
    where chain = ${chain} order by size`
  const size = heads.size - 1
  let signedSize = 0
  let signer = key
  for (const row of rows) {
    const at = Number(row.size)
    const head = heads.get(at)
    if (head === undefined) return failed('records_missing', at)
    if (head !== toBase64url(row.head)) return failed('head_broken', at)
    signer ??= thumbprintOf(row.signing_key)
    const known = readPublicJwk(row.signing_key)
    if (known?.thumbprint !== signer) return failed('signing_key_unknown', at)
    if (!verifyRaw(importPoint(known.point), headBytes(chain, at, head), row.signature))
      return failed('signature_invalid', at)
    signedSize = at
  }
  return { ok: true, size, signedSize, key: signer ?? '' }
}
