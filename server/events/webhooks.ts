/** Webhooks: what a merchant does with its endpoints, and the sender that delivers to them. */

import type { BlockList } from 'node:net'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { EventType } from '@warifu/protocol/event-types'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { type Claiming, claimed, type Tx } from '#store'
import { type UrlFault, urlFault } from './webhook-address.ts'
import { listDeliveries, recover, replayMissing, resend } from './webhook-delivery.ts'
import {
  changeEndpoint,
  deleteEndpoint,
  type Endpoint,
  type EndpointChange,
  insertEndpoint,
  listEndpoints,
  type Owned,
  readEndpoint,
  rotateSecret,
} from './webhook-endpoint.ts'
import { createSender, type SendingNeeds } from './webhook-sending.ts'
import { secretText } from './webhook-signature.ts'

export type WebhookNeeds = SendingNeeds & {
  /** Private addresses that the operator allows. */
  readonly allowed: BlockList
  /** Without TLS too: the sandbox. */
  readonly plain: boolean
}
export type Webhooks = ReturnType<typeof createWebhooks>

const SECRET_BYTES = 32

type NewEndpoint = Claiming & {
  readonly url: string
  readonly description: string
  readonly types: readonly EventType[]
  readonly metadata: Readonly<Record<string, string>>
}

export function createWebhooks(needs: WebhookNeeds) {
  const { store, box } = needs
  const { sql } = store
  const sender = createSender(needs)
  const known = async <T>(
    owned: Owned,
    work: (endpoint: Endpoint) => Promise<T>,
  ): Promise<Answer<T>> => {
    const endpoint = await readEndpoint(sql, owned)
    return endpoint === undefined ? refused('not_found') : done(await work(endpoint))
  }
  return {
    create: (asked: NewEndpoint) => create(needs, asked),
    get: (owned: Owned) => readEndpoint(sql, owned),
    list: (merchant: Id<'mer'>, page: Parameters<typeof listEndpoints>[2]) =>
      listEndpoints(sql, merchant, page),
    change: async (
      owned: Owned,
      change: EndpointChange & { readonly nowMs: number },
    ): Promise<Answer<null>> => {
      const fault = change.url === undefined ? undefined : urlFault(change.url, needs)
      if (fault !== undefined) return refused('webhook_url_refused', 'url', meaning[fault])
      return (await changeEndpoint(sql, owned, change)) ? done(null) : refused('not_found')
    },
    remove: (owned: Owned, nowMs: number) => deleteEndpoint(sql, owned, nowMs),
    secretOf: (endpoint: Endpoint) => secretText(box.open(endpoint.secret, endpoint.id)),
    rotate: (owned: Owned, rotating: Rotating) => rotate(needs, owned, rotating),
    deliveries: (owned: Owned, page: Parameters<typeof listDeliveries>[2]) =>
      known(owned, ({ id }) => listDeliveries(sql, id, page)),
    resend: async (owned: Owned, event: Id<'evt'>, nowMs: number): Promise<Answer<null>> => {
      const found = await known(owned, () => resend(sql, owned, { event, nowMs }))
      if (!found.ok) return found
      return found.value ? done(null) : refused('not_found')
    },
    recover: (owned: Owned, span: Parameters<typeof recover>[2]) =>
      known(owned, ({ id }) => recover(sql, id, span)),
    replayMissing: (owned: Owned, span: Parameters<typeof replayMissing>[2]) =>
      known(owned, (endpoint) => replayMissing(sql, endpoint, span)),
    sendExample: (owned: Owned, type: EventType, nowMs: number) =>
      known(owned, (endpoint) =>
        store.transaction((tx) => writeExample(tx, needs, { endpoint, type, nowMs })),
      ),
    turn: sender.turn,
    idle: sender.idle,
  }
}

type Rotating = Omit<Claiming, 'merchant'> & { readonly overlapS: number }

/** The same request again does not rotate again: it reads the secret that the first one made. */
function rotate(
  { store, random, box }: WebhookNeeds,
  owned: Owned,
  { overlapS, ...asked }: Rotating,
): Promise<Answer<'rotated'>> {
  const { merchant, endpoint } = owned
  return store.transaction((tx) =>
    claimed(tx, { merchant, ...asked }, async () => {
      const sealed = box.seal(random(SECRET_BYTES), endpoint)
      const oldEndsMs = asked.nowMs + overlapS * 1000
      const isDone = await rotateSecret(tx, owned, { sealed, oldEndsMs })
      return isDone ? done('rotated') : refused('not_found')
    }),
  )
}

const meaning: Readonly<Record<UrlFault, string>> = {
  malformed: 'an absolute https URL expected',
  not_https: 'an https URL expected',
  has_credentials: 'a URL without user name and password expected',
  private_address: 'a public address expected',
}

function create(needs: WebhookNeeds, asked: NewEndpoint): Promise<Answer<Id<'whe'>>> {
  const { store, mint, random, box } = needs
  const { merchant, url, description, types, metadata, nowMs } = asked
  return store.transaction((tx) =>
    claimed(tx, asked, async () => {
      const fault = urlFault(url, needs)
      if (fault !== undefined) return refused('webhook_url_refused', 'url', meaning[fault])
      const id = mint('whe')
      const sealed = box.seal(random(SECRET_BYTES), id)
      await insertEndpoint(tx, { id, merchant, url, description, types, metadata, sealed, nowMs })
      return done(id)
    }),
  )
}

type Example = {
  readonly endpoint: Endpoint
  readonly type: EventType
  readonly nowMs: number
}

/** An event that this endpoint alone hears of, and that says of itself that it is an example. */
async function writeExample(tx: Tx, { mint }: WebhookNeeds, example: Example): Promise<Id<'evt'>> {
  const { endpoint, type, nowMs } = example
  const lane = laneOf(endpoint.merchant)
  const event = mint('evt', lane)
  await tx`
    insert into events.event (lane, id, audience, type, subject, sequence, data, created_ms)
    values (${lane}, ${event}, ${endpoint.id}, ${type}, ${endpoint.id}, 1,
            ${tx.json({ example: true })}, ${nowMs})`
  await resend(tx, { merchant: endpoint.merchant, endpoint: endpoint.id }, { event, nowMs })
  return event
}
