/**
 * Every key of the vault by name: what it is for, what protects it, its state, check value and
 * dates (SP 800-57 Part 1 r5 §§5.3, 7). Read from the rows alone; no key is unwrapped for it, and
 * nothing here could show one. Keys that grow with people are counted, or named for one of them.
 */
import { domains, purposes } from './domain-keys.ts'
import type { KeyStore } from './key-store.ts'
import type { Sql } from './store.ts'
import type { World } from './world.ts'

export type ListedKey = {
  readonly name: string
  readonly purpose: string
  readonly algorithm: string
  /** The key under which it is kept wrapped; of the root, what keeps it. */
  readonly protected_by: string
  readonly state: string
  readonly check_value: string
  readonly created_at: string | null
  readonly expires_at: string | null
}
/** How many keys of a kind are in which state. */
export type KeyCount = { readonly kind: string; readonly state: string; readonly count: number }
export type KeyList = { readonly keys: readonly ListedKey[]; readonly counts: readonly KeyCount[] }

type Row = Omit<ListedKey, 'created_at' | 'expires_at' | 'purpose'> & {
  readonly kind: string
  readonly created_at_ms: string
  readonly expires_at_ms: string | null
}

const purposeOf: Readonly<Record<string, string>> = {
  ...purposes,
  base: 'derives the initial keys of entry devices',
  seller: 'SIM records of one card company are sealed to it',
  cardholder: 'wraps what is one cardholder’s',
  epoch: 'one cardholder’s cards are sealed to it when they pay',
}

/** Leaves a record: who looks at the keys is seen. With a cardholder, theirs are named too. */
export async function listKeys(
  { store, audit }: World,
  { root, kind }: KeyStore,
  cardholder: string | undefined,
): Promise<KeyList> {
  const first: ListedKey = {
    name: root.kid,
    purpose: 'wraps the domain keys',
    algorithm: 'AES-256-KWP',
    protected_by: kind === 'hsm' ? 'the HSM' : 'the passphrase',
    state: 'active',
    check_value: root.check_value,
    created_at: null,
    expires_at: null,
  }
  return await store.begin(async (sql) => {
    const rows = [...(await sharedKeys(sql)), ...(await keysOf(sql, cardholder ?? null))]
    const counts = await countKeys(sql)
    const whose = cardholder === undefined ? {} : { cardholder }
    await audit.append(sql, [{ operation: 'list_keys', ...whose, result: 'ok' }])
    return { keys: [first, ...rows.map(shown)], counts }
  })
}

const shown = ({ kind, created_at_ms, expires_at_ms, ...row }: Row): ListedKey => ({
  name: row.name,
  purpose: purposeOf[kind] ?? kind,
  algorithm: row.algorithm,
  protected_by: row.protected_by,
  state: row.state,
  check_value: row.check_value,
  created_at: new Date(Number(created_at_ms)).toISOString(),
  expires_at: expires_at_ms === null ? null : new Date(Number(expires_at_ms)).toISOString(),
})

async function sharedKeys(sql: Sql): Promise<Row[]> {
  const found = await sql<Row[]>`
    select name as kind, name || '.' || version as name, algorithm, 'root ' || wrapped_by
           as protected_by, state, check_value, created_at_ms, null as expires_at_ms
      from keys.domain
    union all
    select 'base', kid, suite, 'entry', state, check_value, created_at_ms, null
      from entry.base_key
    union all
    select 'seller', kid, 'ECDH-P-256', 'company', state, left(thumbprint, 6), created_at_ms, null
      from sims.company`
  return [...found].sort((one, other) => placeOf(one) - placeOf(other))
}

/** As the tables of the house name them: domain keys in their order, then the others. */
const order = Object.keys(domains)
const placeOf = ({ kind }: Row): number => {
  const at = order.indexOf(kind)
  return at < 0 ? order.length : at
}

async function keysOf(sql: Sql, cardholder: string | null): Promise<Row[]> {
  return await sql<Row[]>`
    select 'cardholder' as kind, kid as name, algorithm, 'card.' || wrapped_by as protected_by,
           state, check_value, created_at_ms, null as expires_at_ms
      from keys.cardholder where cardholder = ${cardholder}
    union all
    select 'epoch', kid, 'ECDH-P-256', wrapped_by, state, left(kid, 6), created_at_ms,
           expires_at_ms
      from keys.payment where cardholder = ${cardholder}`
}

async function countKeys(sql: Sql): Promise<KeyCount[]> {
  const rows = await sql<KeyCount[]>`
    select 'cardholder' as kind, state, count(*)::int as count from keys.cardholder group by state
    union all
    select 'payment epoch', state, count(*)::int from keys.payment group by state
    union all
    select 'entry device', state, count(*)::int from entry.device group by state
    order by kind, state`
  return [...rows]
}
