/**
 * Another key for a domain whose key wraps others: first it is made and held, then it is used. What
 * is directly under it is wrapped anew and stays what it is, so nothing below notices; the old one
 * is destroyed (SP 800-57 Part 1 r5 §§7, 8.3.4). Asked once, it makes the next key, `pre-active`:
 * each vault holds it from its next start. Asked again, the key is used from then on. Stopped in
 * between, it goes on when it is asked the next time.
 */
import { KeyWrapError, unwrapKey, wrapKey } from '@warifu/crypto/aes-key-wrap'
import {
  type DomainKey,
  type DomainNeeds,
  makeVersion,
  openDomainKey,
  stateOf,
} from './domain-keys.ts'
import type { WrapDomain } from './hierarchy.ts'
import type { KeyStore } from './key-store.ts'
import { OperatorError } from './operator-acts.ts'
import { asBytes, type Sql, type Store } from './store.ts'
import type { World } from './world.ts'

/** Where the keys are that a domain's key wraps. `version`: the column that tells under which. */
type Place = {
  readonly table: string
  readonly id: string
  readonly wrapped: string
  readonly version?: string
}
const placesOf: Readonly<Record<WrapDomain, readonly Place[]>> = {
  card: [{ table: 'keys.cardholder', id: 'kid', wrapped: 'wrapped', version: 'wrapped_by' }],
  entry: [
    { table: 'entry.base_key', id: 'kid', wrapped: 'wrapped' },
    { table: 'entry.device', id: 'device', wrapped: 'wrapped_kbpk' },
  ],
  company: [{ table: 'sims.company', id: 'kid', wrapped: 'wrapped' }],
}
export const wrapDomains: readonly WrapDomain[] = ['card', 'entry', 'company']

export type Progress = { readonly done: number; readonly total: number }
export type Rotation = {
  readonly domain: WrapDomain
  /** The owner's: the vault's own role cannot change a key. */
  readonly owner: Store
  readonly keyStore: KeyStore
  readonly onProgress?: (progress: Progress) => void
}
/** The next key; and, once it is used, how many keys it has come to wrap. */
export type Rotated = {
  readonly key: string
  readonly check_value: string
  readonly state: 'pre-active' | 'active'
  readonly wrapped: number
}

export async function rotateDomain(world: World, rotation: Rotation): Promise<Rotated> {
  const { domain, owner } = rotation
  const before = await stateOf(owner, domain)
  if (before.next === undefined && !before.isGivingWay) return await prepare(world, rotation)
  if (before.next !== undefined) await activate(world, rotation, before.next)
  const key = await openDomainKey(needsOf(world, rotation), domain)
  const wrapped = await wrapAnew(rotation, key)
  await destroy(world, rotation)
  return { key: `${domain}.${key.version}`, check_value: key.checkValue, state: 'active', wrapped }
}

const needsOf = ({ chance, nowMs }: World, { owner, keyStore }: Rotation): DomainNeeds => ({
  ...{ sql: owner, keyStore, chance, nowMs },
})

async function prepare(world: World, rotation: Rotation): Promise<Rotated> {
  const { domain, owner } = rotation
  return await owner.begin(async (sql) => {
    const { newest } = await stateOf(sql, domain)
    const making = { name: domain, version: newest + 1, state: 'pre-active' } as const
    await makeVersion({ ...needsOf(world, rotation), sql }, making)
    const { next } = await stateOf(sql, domain)
    if (next === undefined) throw new OperatorError(`Somebody else has just made a ${domain} key.`)
    const key = `${domain}.${next.version}`
    await world.audit.append(sql, [{ operation: 'make_domain_key', key, result: 'ok' }])
    return { key, check_value: next.check_value, state: 'pre-active', wrapped: 0 }
  })
}

type Next = { readonly version: number; readonly created_at_ms: string }

async function activate(world: World, { domain, owner }: Rotation, next: Next): Promise<void> {
  const key = `${domain}.${next.version}`
  const count = await countOlder(world.store, Number(next.created_at_ms))
  if (count > 0)
    throw new OperatorError(
      `${key} is not held everywhere: ${count} connections of vaults are older than it. Start ` +
        'every vault anew, one after the other, and ask again.',
    )
  await owner.begin(async (sql) => {
    // Waits for whoever is wrapping under the old one at this moment (keys.wrapping).
    await sql`
      update keys.domain set state = 'deactivated' where name = ${domain} and state = 'active'`
    await sql`
      update keys.domain set state = 'active' where name = ${domain} and version = ${next.version}`
    await world.audit.append(sql, [{ operation: 'rotate_domain', key, result: 'ok' }])
  })
}

/** Connections of vaults from before this instant, as the vault's own role sees them. */
async function countOlder(store: Sql, thanMs: number): Promise<number> {
  const [row] = await store<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'warifu-vault'
       and pid <> pg_backend_pid() and backend_start < to_timestamp(${thanMs} / 1000.0)`
  return row?.count ?? 0
}

const BATCH = 500

async function wrapAnew({ domain, owner, onProgress }: Rotation, key: DomainKey): Promise<number> {
  const totals = await Promise.all(placesOf[domain].map((place) => countIn(owner, place)))
  const total = totals.reduce((sum, one) => sum + one, 0)
  let done = 0
  let moved = 0
  for (const place of placesOf[domain]) {
    let part: Part = { seen: 0, moved: 0, last: '' }
    while (part.last !== undefined) {
      const after = part.last
      part = await owner.begin((sql) => wrapPart(sql, { place, key, after }))
      done += part.seen
      moved += part.moved
      if (part.seen > 0) onProgress?.({ done: Math.min(done, total), total })
    }
  }
  return moved
}

async function countIn(sql: Sql, { table }: Place): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(table)}`
  return row?.count ?? 0
}

type Part = { readonly seen: number; readonly moved: number; readonly last: string | undefined }
type Parting = { readonly place: Place; readonly key: DomainKey; readonly after: string }

/** The next rows by their name; those under the newest key already stay as they are. */
async function wrapPart(sql: Sql, { place, key, after }: Parting): Promise<Part> {
  const { table, id, wrapped, version } = place
  const rows = await sql<{ id: string; wrapped: Uint8Array }[]>`
    select ${sql(id)} as id, ${sql(wrapped)} as wrapped from ${sql(table)}
     where ${sql(id)} > ${after} order by 1 limit ${BATCH} for update`
  const old = rows.filter((row) => opened(key.key, asBytes(row.wrapped)) === undefined)
  const anew = old.map((row) => wrappedAnew(key, row))
  await sql`
    update ${sql(table)} t
       set ${sql(wrapped)} = decode(x.hex, 'hex')
           ${version === undefined ? sql`` : sql`, ${sql(version)} = ${key.version}`}
      from unnest(${old.map((row) => row.id)}::text[], ${anew}::text[]) x(id, hex)
     where t.${sql(id)} = x.id`
  return { seen: rows.length, moved: old.length, last: rows.at(-1)?.id }
}

/** Hex. */
function wrappedAnew({ key, versions }: DomainKey, row: { id: string; wrapped: Uint8Array }) {
  for (const older of versions.values()) {
    const bytes = opened(older, asBytes(row.wrapped))
    if (bytes === undefined) continue
    const anew = Buffer.from(wrapKey(key, bytes)).toString('hex')
    bytes.fill(0)
    return anew
  }
  throw new OperatorError(`The key ${row.id} is under none of these: it is damaged.`)
}

/** Unless it is under another key. */
function opened(key: DomainKey['key'], wrapped: Uint8Array): Uint8Array | undefined {
  try {
    return unwrapKey(key, wrapped)
  } catch (fault) {
    if (fault instanceof KeyWrapError) return undefined
    throw fault
  }
}

async function destroy({ audit }: World, { domain, owner }: Rotation): Promise<void> {
  await owner.begin(async (sql) => {
    const gone = await sql<{ version: number }[]>`
      update keys.domain set state = 'destroyed', wrapped = ''
       where name = ${domain} and state = 'deactivated' returning version`
    for (const { version } of gone)
      await audit.append(sql, [
        { operation: 'destroy_domain_key', key: `${domain}.${version}`, result: 'ok' },
      ])
  })
}
