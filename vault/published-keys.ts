/**
 * Public keys that others seal to, each with the vault's signature: a terminal pins the vouching
 * key at enrolment, so that a stolen server cannot put a key of its own in the vault's place.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type VaultKeyStatement, vaultKeyClaim } from '@warifu/protocol/pins'
import type { VaultInput } from '@warifu/protocol/vault'
import { thumbprintOf } from './public-key.ts'
import type { Sql } from './store.ts'
import { type Answer, type World, yes } from './world.ts'

/** The domain key behind each use. */
const domainOf = { pin: 'pin-transport', plastic: 'plastic-transport' } as const

type Row = { readonly statement: VaultKeyStatement; readonly signature: Uint8Array }

/** Signed once for each key: the same question gets the same bytes. */
export async function publishKeys(
  { hierarchy, nowMs, store }: World,
  sql: Sql,
  inputs: readonly VaultInput<'vault_key'>[],
): Promise<Answer<'vault_key'>[]> {
  const answers: Answer<'vault_key'>[] = []
  for (const { use } of inputs) {
    const key = hierarchy.sealedTo(domainOf[use])
    const kid = thumbprintOf(key)
    const created = new Date(nowMs()).toISOString()
    const fresh: VaultKeyStatement = { v: 1, use, kid, key, created }
    const row = (await read(sql, kid)) ?? (await keep(sql, { fresh, store, hierarchy }))
    const signature = toBase64url(row.signature)
    answers.push(yes({ statement: row.statement, signature, signing_key: hierarchy.vouchingKey }))
  }
  return answers
}

async function read(sql: Sql, kid: string): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select statement, signature from keys.published where kid = ${kid}`
  return row
}

type Keeping = Pick<World, 'store' | 'hierarchy'> & { readonly fresh: VaultKeyStatement }

async function keep(sql: Sql, { fresh, store, hierarchy }: Keeping): Promise<Row> {
  const signature = hierarchy.vouch(jcsBytes(vaultKeyClaim(fresh)))
  await sql`
    insert into keys.published (kid, statement, signature)
    values (${fresh.kid}, ${store.json(fresh)}, ${signature}) on conflict do nothing`
  const row = await read(sql, fresh.kid)
  if (row === undefined) throw new Error('a published key that is not there')
  return row
}
