/** One more merchant of a house, as the registry holds it, with an API key of its own. */
import { createHash, randomBytes } from 'node:crypto'
import { mintId } from '@warifu/protocol/ids'
import { createWarifu, type Warifu } from '@warifu/sdk/sdk'
import type { Sql } from 'postgres'

export type Registry = { readonly database: Sql; readonly apiUrl: string }

export const openShop = async (registry: Registry, name: string): Promise<Warifu> =>
  (await openKeyed(registry, name)).shop

/** With the key itself, for what the SDK does not do. */
export async function openKeyed({ database, apiUrl }: Registry, name: string) {
  const mint = <P extends 'mer' | 'str' | 'key'>(prefix: P) =>
    mintId({ prefix, lane: 1, nowMs: Date.now(), chance: new Uint8Array(randomBytes(14)) })
  const [merchant, nowMs] = [mint('mer'), Date.now()]
  const apiKey = `wk_test_${randomBytes(32).toString('base64url')}`
  const digest = createHash('sha256').update(apiKey).digest()
  await database`
    insert into merchants.merchant (id, name, created_ms) values (${merchant}, ${name}, ${nowMs})`
  await database`
    insert into merchants.store (id, merchant, name, place, created_ms)
    values (${mint('str')}, ${merchant}, ${name}, '京都', ${nowMs})`
  await database`
    insert into merchants.api_key (id, merchant, digest, prefix, last4, created_ms)
    values (${mint('key')}, ${merchant}, ${digest}, 'wk_test_', ${apiKey.slice(-4)}, ${nowMs})`
  return { merchant, key: apiKey, shop: createWarifu({ apiUrl, apiKey }) }
}
