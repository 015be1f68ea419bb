/**
 * Keys of entry devices (X9.24-3, X9.143): base derivation keys of families, one key protection key
 * per device, and the initial keys derived for them. An initial key id is the base key's prefix (4
 * bytes) and a number that counts devices, so a key serial number names its base key by itself.
 */
import type { EntrySuite } from '@warifu/protocol/entry-device'
import type { KeyName } from '@warifu/protocol/vault'
import { type KeysOf, suites } from './entry-suites.ts'
import type { Hierarchy } from './hierarchy.ts'
import { createKeyCache } from './key-cache.ts'
import { asBytes, type Sql } from './store.ts'

/** A device's initial key: its name, and the keys of the messages that come under it. */
export type InitialKey = { readonly keysOf: KeysOf; readonly name: KeyName }

/** What an opened message must have come from. */
export type IssuedKey = {
  readonly key_id: string
  readonly device: string
  readonly device_state: string
  readonly suite: EntrySuite
  readonly kid: string
  readonly wrapped: Uint8Array
}

const CACHED_DEVICES = 20_000
const CACHED_FAMILIES = 16

/** Initial keys are kept in memory, and what follows from them on the way to the last transaction
 * (dukpt-way.ts). The keys that a message was made with live for one call. */
export type EntryKeys = { readonly initialKey: (issued: IssuedKey) => InitialKey }

export function createEntryKeys(hierarchy: Hierarchy): EntryKeys {
  const families = createKeyCache<Uint8Array>(CACHED_FAMILIES)
  const devices = createKeyCache<InitialKey>(CACHED_DEVICES)
  return {
    initialKey: ({ key_id, kid, suite, wrapped }) =>
      devices.get(key_id, () => {
        const bdk = families.get(kid, () => hierarchy.unwrapUnder('entry', asBytes(wrapped)))
        const id = fromHex(key_id)
        const { initialKey, keysUnder, checkValue } = suites[suite]
        const key = initialKey(bdk, id)
        return { keysOf: keysUnder(key, id), name: { kid, check_value: checkValue(key) } }
      }),
  }
}

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

/** The initial keys of these ids, with their devices' states: read fresh for each frame. */
export async function readIssued(
  sql: Sql,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, IssuedKey>> {
  const rows = await sql<IssuedKey[]>`
    select k.key_id, k.device, d.state as device_state, b.suite, b.kid, b.wrapped
    from entry.initial_key k
    join entry.device d on d.device = k.device
    join entry.base_key b on b.kid = k.kid and b.state = 'active'
    where k.key_id = any(${[...new Set(keyIds)]})`
  return new Map(rows.map((row) => [row.key_id, row]))
}
