/** A merchant's API keys, and the log of what was asked with them. */
import type { ApiKey } from '@warifu/protocol/api-key-contract'
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ApiKeyRow, KeyKeeping, LoggedRequest, MadeKey } from '#merchants'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
type Stored = Omit<LoggedRequest, 'at_ms'> & { readonly at_ms: bigint }
type Rooms = {
  readonly apiKeys: KeyKeeping
  readonly requests: {
    readonly list: (merchant: Id<'mer'>, page: Page) => Promise<readonly Stored[]>
    readonly get: (merchant: Id<'mer'>, id: Id<'req'>) => Promise<Stored | undefined>
  }
  readonly livemode: boolean
}

const instantOf = (ms: bigint): string => new Date(Number(ms)).toISOString()
const orNull = (ms: bigint | null) => (ms === null ? null : instantOf(ms))

const keyObject = (key: ApiKeyRow, livemode: boolean): ApiKey => ({
  id: key.id,
  object: 'api_key',
  livemode,
  created_at: instantOf(key.createdMs),
  name: key.name,
  prefix: key.prefix,
  last4: key.last4,
  scopes: key.scopes,
  requests_per_second: key.perSecond,
  expires_at: orNull(key.expiresMs),
  revoked_at: orNull(key.revokedMs),
})

const requestObject = ({ at_ms, merchant: _, error, ...row }: Stored): Reply<'getRequest'> => ({
  ...row,
  object: 'request',
  at: instantOf(at_ms),
  // Written by this room, from the table of errors.
  error: error as Reply<'getRequest'>['error'],
})

type Names =
  | 'createApiKey'
  | 'listApiKeys'
  | 'rollApiKey'
  | 'revokeApiKey'
  | 'listRequests'
  | 'getRequest'

const HOUR_S = 3600

export function apiKeyHandlers({ apiKeys, requests, livemode }: Rooms): Handlers<Names> {
  const made = (answer: Answer<MadeKey>): Answer<Reply<'createApiKey'>> => {
    if (!answer.ok) return answer
    const { key, secret } = answer.value
    return done({ ...keyObject(key, livemode), secret })
  }
  return {
    createApiKey: async ({ caller: { merchant, once, scopes: own }, body, nowMs }) => {
      const { name, scopes = null, expires_in_s, requests_per_second: perSecond = null } = body
      const expiresMs = expires_in_s === undefined ? null : nowMs + expires_in_s * 1000
      const wanted = { name, scopes, perSecond, expiresMs }
      return made(await apiKeys.create({ merchant, ...once, own, nowMs, ...wanted }))
    },
    rollApiKey: async ({ caller: { merchant, once, scopes: own }, params, body, nowMs }) => {
      const overlapS = body.overlap_s ?? HOUR_S
      return made(await apiKeys.roll({ merchant, ...once, own, nowMs, id: params.id, overlapS }))
    },
    listApiKeys: async ({ caller, query }) =>
      done(
        await pageOf('/v1/api_keys', query, async (page) =>
          (await apiKeys.list(caller.merchant, page)).map((key) => keyObject(key, livemode)),
        ),
      ),
    revokeApiKey: async ({ caller: { merchant }, params, nowMs }) => {
      const key = await apiKeys.revoke({ merchant, id: params.id, nowMs })
      return key.ok ? done(keyObject(key.value, livemode)) : key
    },
    listRequests: async ({ caller, query }) =>
      done(
        await pageOf('/v1/requests', query, async (page) =>
          (await requests.list(caller.merchant, page)).map(requestObject),
        ),
      ),
    getRequest: async ({ caller, params }) => {
      const found = await requests.get(caller.merchant, params.id)
      return found ? done(requestObject(found)) : refused('not_found')
    },
  }
}
