/** What a merchant does with its API keys: makes, restricts, rolls and ends them. */
import type { Scope } from '@warifu/protocol/api-key-contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import { type Claiming, claimed, type Store, type Tx } from '#store'
import {
  type ApiKeyRow,
  createApiKey,
  endApiKey,
  listApiKeys,
  readApiKey,
  revokeApiKey,
} from './api-key.ts'

type KeyNeeds = {
  readonly store: Store
  readonly mint: Mint
  readonly random: (size: number) => Uint8Array
}
export type KeyKeeping = ReturnType<typeof createKeyKeeping>

/** A key as its merchant reads it; the secret is there once, when it was made. */
export type MadeKey = { readonly key: ApiKeyRow; readonly secret: string | null }

type Asked = Claiming & {
  /** What the key may do that this is asked with; null: everything. */
  readonly own: readonly Scope[] | null
}
type Making = Asked & {
  readonly name: string
  readonly scopes: readonly Scope[] | null
  readonly expiresMs: number | null
  readonly perSecond: number | null
}
type Rolling = Asked & { readonly id: Id<'key'>; readonly overlapS: number }

export const createKeyKeeping = (needs: KeyNeeds) => {
  const { sql } = needs.store
  return {
    create: (asked: Making) => makeOnce(needs, asked, async () => done(asked)),
    roll: (asked: Rolling) =>
      makeOnce(needs, asked, async (tx) => {
        const { merchant, id, nowMs, overlapS } = asked
        const old = await readApiKey(tx, { merchant, id })
        if (old === undefined || old.revokedMs !== null) return refused('not_found')
        await endApiKey(tx, { merchant, id, atMs: nowMs + overlapS * 1000 })
        const { name, scopes, perSecond } = old
        const expiresMs = old.expiresMs === null ? null : Number(old.expiresMs)
        return done({ name, scopes, perSecond, expiresMs })
      }),
    list: (merchant: Id<'mer'>, page: Parameters<typeof listApiKeys>[2]) =>
      listApiKeys(sql, merchant, page),
    revoke: async (key: Parameters<typeof revokeApiKey>[1]): Promise<Answer<ApiKeyRow>> => {
      await revokeApiKey(sql, key)
      const row = await readApiKey(sql, key)
      return row === undefined ? refused('not_found') : done(row)
    },
  }
}

type Wanted = Pick<Making, 'name' | 'scopes' | 'expiresMs' | 'perSecond'>

/** A new key of what is wanted, once; its text leaves here and is kept nowhere. */
async function makeOnce(
  { store, mint, random }: KeyNeeds,
  asked: Asked,
  want: (tx: Tx) => Promise<Answer<Wanted>>,
): Promise<Answer<MadeKey>> {
  const { merchant, own, nowMs } = asked
  return store.transaction(async (tx): Promise<Answer<MadeKey>> => {
    const shown: string[] = []
    const made = await claimed<Id<'key'>>(tx, asked, async () => {
      const wanted = await want(tx)
      if (!wanted.ok) return wanted
      if (exceeds(wanted.value.scopes, own)) return refused('scope_missing', 'scopes')
      const id = mint('key')
      const secret = random(32)
      shown.push(await createApiKey(tx, { id, merchant, secret, nowMs, ...wanted.value }))
      return done(id)
    })
    if (!made.ok) return made
    const key = await readApiKey(tx, { merchant, id: made.value })
    if (key === undefined) throw new Error('a key that was made is not there')
    return done({ key, secret: shown[0] ?? null })
  })
}

/** Nobody gives away what they may not do themselves. */
const exceeds = (wanted: readonly Scope[] | null, own: readonly Scope[] | null): boolean =>
  own !== null && (wanted === null || wanted.some((scope) => !own.includes(scope)))
