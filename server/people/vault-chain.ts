/**
 * The vault's audit chain, recomputed here from the digests of its records: from where it was
 * looked at last, which this room wrote down, to a head that the vault has signed.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { VaultOutput } from '@warifu/protocol/vault'
import type { Db } from '#store'
import { nextHead } from './act-log.ts'
import type { Needs } from './needs.ts'

export type VaultVerdict = {
  readonly ok: boolean
  readonly chain: string
  readonly size: number
  readonly head: string
  readonly signed: boolean
  readonly from: number
  readonly fault: 'order_broken' | 'head_broken' | 'witness_missing' | 'signature_invalid' | null
}
type Head = VaultOutput<'audit_head'>
type Place = { readonly size: number; readonly head: Uint8Array }
type Fault = VaultVerdict['fault']

/** Pages of one look; the next one goes on from there. */
const PAGES = 500

/** The chains of all vaults: the first that does not hold, or the first of all. */
export async function verifyVault(needs: Needs, nowMs: number): Promise<VaultVerdict> {
  const { chain, chains } = await headOf(needs, {})
  const names = [...new Set([chain, ...chains])].sort()
  const verdicts: VaultVerdict[] = []
  for (const name of names) verdicts.push(await verifyChain(needs, name, nowMs))
  const [verdict] = verdicts.sort((a, b) => Number(a.ok) - Number(b.ok))
  if (verdict === undefined) throw new Error('a vault without a chain')
  return verdict
}

async function headOf({ vault }: Needs, asked: { readonly chain?: string }): Promise<Head> {
  const told = await vault.call('audit_head', asked)
  if (!told.ok) throw new Error('the vault refused a head')
  return told.output
}

async function verifyChain(needs: Needs, name: string, nowMs: number): Promise<VaultVerdict> {
  const { store } = needs
  const head = await headOf(needs, { chain: name })
  const from = await placeOf(store.sql, head.chain)
  const { place, fault } = await walk(needs, from, head)
  const signed = isSigned(head)
  const faults: Fault = fault ?? (signed ? null : 'signature_invalid')
  if (faults === null) await keepPlace(store.sql, head.chain, place, nowMs)
  const { size } = place
  const about = { chain: head.chain, size, head: toBase64url(place.head), from: from.size }
  return { ok: faults === null, ...about, signed, fault: faults }
}

const first = (chain: string): Place => ({
  size: 0,
  head: createHash('sha256').update(`warifu/audit/1/${chain}`).digest(),
})

async function placeOf(db: Db, chain: string): Promise<Place> {
  const [row] = await db<{ size: bigint; head: Uint8Array }[]>`
    select size, head from people.vault_witness where chain = ${chain}`
  return row ? { size: Number(row.size), head: row.head } : first(chain)
}

const keepPlace = (db: Db, chain: string, { size, head }: Place, nowMs: number) => db`
  insert into people.vault_witness (chain, size, head, at_ms)
  values (${chain}, ${size}, ${head}, ${nowMs})
  on conflict (chain) do update
     set size = excluded.size, head = excluded.head, at_ms = excluded.at_ms
   where people.vault_witness.size <= excluded.size`

type Walked = { readonly place: Place; readonly fault: Fault }

/** From a place to the head that the vault told; records that came since are left to the next. */
async function walk({ vault }: Needs, from: Place, head: Head): Promise<Walked> {
  let { size, head: at } = from
  if (head.size < size) return { place: from, fault: 'witness_missing' }
  for (let pages = 0; pages < PAGES && size < head.size; pages += 1) {
    const page = await vault.call('audit_page', { chain: head.chain, after: size })
    if (!page.ok) throw new Error('the vault refused a page')
    for (const record of page.output.records) {
      if (size === head.size) break
      const place = { size, head: at }
      if (record.seq !== size + 1) return { place, fault: 'order_broken' }
      const next = nextHead(at, fromBase64url(record.leaf))
      if (toBase64url(next) !== record.head)
        return { place, fault: size === from.size && size > 0 ? 'witness_missing' : 'head_broken' }
      size += 1
      at = next
    }
    if (page.output.records.length === 0)
      return { place: { size, head: at }, fault: 'order_broken' }
  }
  const isEnd = size === head.size
  const isSame = !isEnd || toBase64url(at) === head.head
  return { place: { size, head: at }, fault: isSame ? null : 'witness_missing' }
}

/** As the vault signs it (vault/audit.ts, headBytes). */
function isSigned({ chain, head, signed_size: size, signature, signing_key: jwk }: Head): boolean {
  const signed = jcsBytes({ chain, head, purpose: 'warifu/audit-head/1', size })
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const how = { key, dsaEncoding: 'ieee-p1363' } as const
  return verify('sha256', signed, how, fromBase64url(signature))
}
