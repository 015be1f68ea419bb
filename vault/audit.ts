/**
 * The audit chain (4-crypto (j)): every decision of the vault, append-only, by reference only.
 *
 *   leaf = SHA-256(0x00 ‖ JCS(record))    head = SHA-256(0x01 ‖ head before ‖ leaf)
 *
 * One record holds what was decided together. It commits with the effect, or there is no effect.
 * Heads are signed each minute or each thousand records; verify-audit checks all of it offline.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import type { VaultInput, VaultOperation, VaultOutput } from '@warifu/protocol/vault'
import type { Hierarchy } from './hierarchy.ts'
import type { Sql, Store } from './store.ts'

/** What an operator does in the secure room, by hand (vault/operate). */
export type OperatorAct =
  | 'make_base_key'
  | 'admit_device'
  | 'personalise_card'
  | 'admit_chip'
  | 'admit_sim'
  | 'admit_bureau'
  | 'remove_bureau'
  | 'list_keys'
  | 'rotate_root'
  | 'make_domain_key'
  | 'rotate_domain'
  | 'destroy_domain_key'

/** What a record may say of a call: which operation, on whom, with what result. */
export type AuditEntry = {
  readonly operation: VaultOperation | OperatorAct
  readonly result: string
  readonly cardholder?: string
  readonly terminal?: string
  readonly card?: string
  readonly payment?: string
  readonly verification?: string
  readonly device?: string
  readonly sim?: string
  readonly mandate?: string
  readonly plastic?: string
  readonly bureau?: string
  readonly key?: string
}
export type Reference = Omit<AuditEntry, 'operation' | 'result'>

export type Audit = {
  /** Appends one record in the caller's transaction; answers with the chain's size. */
  readonly append: (sql: Sql, entries: readonly AuditEntry[]) => Promise<number>
  /** A statement appended a record by itself (`entry.open`): the chain's size after it. */
  readonly appended: (size: number) => void
  /** Signs the newest head where it is not signed yet; of its own chain, or of another one. */
  readonly sign: (store: Store, chain?: string) => Promise<VaultOutput<'audit_head'>>
  /** What stands after a place in a chain, at most so much. */
  readonly page: (
    store: Store,
    asked: VaultInput<'audit_page'>,
  ) => Promise<VaultOutput<'audit_page'>>
  /** True once enough records stand unsigned. */
  readonly isDue: () => boolean
}

export type AuditNeeds = {
  readonly chain: string
  readonly hierarchy: Hierarchy
  readonly nowMs: () => number
}

const RECORDS_PER_SIGNATURE = 1000

/** What a signature over a head covers. */
export const headBytes = (chain: string, size: number, head: string): Uint8Array =>
  jcsBytes({ chain, head, purpose: 'warifu/audit-head/1', size })

export function createAudit(needs: AuditNeeds): Audit {
  let size = 0
  let signedSize = 0
  const appended = (reached: number) => {
    size = Math.max(size, reached)
  }
  return {
    append: async (sql, entries) => {
      const record = jcs({ at: new Date(needs.nowMs()).toISOString(), calls: entries })
      const [row] = await sql<{ seq: string }[]>`
        select audit.append(${needs.chain}, ${record}) as seq`
      appended(Number(row?.seq ?? 0))
      return size
    },
    appended,
    sign: async (store, chain = needs.chain) => {
      const head = await signHead(store, { ...needs, chain })
      if (chain === needs.chain) signedSize = head.signed_size
      return head
    },
    page: (store, { chain = needs.chain, after }) => readPage(store, chain, after),
    isDue: () => size - signedSize >= RECORDS_PER_SIGNATURE,
  }
}

type HeadRow = { readonly size: string; readonly head: Uint8Array }
type SignedRow = {
  readonly signature: Uint8Array
  readonly signing_key: VaultOutput<'audit_head'>['signing_key']
}

async function signHead(
  store: Store,
  { chain, hierarchy, nowMs }: AuditNeeds,
): Promise<VaultOutput<'audit_head'>> {
  const [newest, chains] = await Promise.all([readHead(store, chain), readChains(store)])
  const size = Number(newest.size)
  const head = toBase64url(newest.head)
  const known = await readSigned(store, chain, size)
  if (known === undefined) {
    const signature = hierarchy.sign(headBytes(chain, size, head))
    await store`
      insert into audit.signed_head (chain, size, head, signature, signing_key, signed_at_ms)
      values (${chain}, ${size}, ${newest.head}, ${signature}, ${store.json(hierarchy.signingKey)},
              ${nowMs()})
      on conflict do nothing`
  }
  const signed = known ?? (await readSigned(store, chain, size))
  if (signed === undefined) throw new Error('a signed head that is not there')
  const { signature, signing_key } = signed
  return {
    chain,
    chains,
    size,
    head,
    signed_size: size,
    signature: toBase64url(signature),
    signing_key,
  }
}

async function readHead(store: Store, chain: string): Promise<HeadRow> {
  const [row] = await store<HeadRow[]>`
    (select seq as size, head from audit.record where chain = ${chain} order by seq desc limit 1)
    union all select 0, audit.first_head(${chain}) order by size desc limit 1`
  if (row === undefined) throw new Error('a chain without a first head')
  return row
}

/** The names of all chains, by one look into the key for each. */
async function readChains(store: Store): Promise<string[]> {
  const rows = await store<{ chain: string }[]>`
    with recursive found as (
      (select chain from audit.record order by chain limit 1)
      union all
      select (select r.chain from audit.record r where r.chain > f.chain order by r.chain limit 1)
        from found f where f.chain is not null)
    select chain from found where chain is not null`
  return rows.map(({ chain }) => chain)
}

async function readSigned(
  store: Store,
  chain: string,
  size: number,
): Promise<SignedRow | undefined> {
  const [row] = await store<SignedRow[]>`
    select signature, signing_key from audit.signed_head
    where chain = ${chain} and size = ${size}`
  return row
}

const PAGE = 200
type PageRow = {
  readonly seq: string
  readonly record: string
  readonly leaf: Uint8Array
  readonly head: Uint8Array
}

/** Without the ids: whose call it was, the auditor reads in the records themselves. */
async function readPage(
  store: Store,
  chain: string,
  after: number,
): Promise<VaultOutput<'audit_page'>> {
  const rows = await store<PageRow[]>`
    select seq, record, leaf, head from audit.record
    where chain = ${chain} and seq > ${after} order by seq limit ${PAGE}`
  return {
    chain,
    records: rows.map(({ seq, record, leaf, head }) => {
      // Written by `append` above.
      const { at, calls }: { at: string; calls: readonly AuditEntry[] } = JSON.parse(record)
      const words = calls.map(({ operation, result }) => ({ operation, result }))
      const digests = { leaf: toBase64url(leaf), head: toBase64url(head) }
      return { seq: Number(seq), at, calls: words, ...digests }
    }),
  }
}
