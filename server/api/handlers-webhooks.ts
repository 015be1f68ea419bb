/** A merchant's webhooks: where events go, their secrets, their deliveries. */
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Delivery, Endpoint, Webhooks } from '#events'
import type { Handlers } from './handler.ts'
import { pageBy, pageOf } from './page.ts'

type Rooms = { readonly webhooks: Webhooks; readonly livemode: boolean }

const instantOf = (ms: bigint | number): string => new Date(Number(ms)).toISOString()
const orNull = (ms: bigint | null) => (ms === null ? null : instantOf(ms))

export const endpointObject = (endpoint: Endpoint, livemode: boolean) =>
  ({
    id: endpoint.id,
    object: 'webhook_endpoint',
    livemode,
    created_at: instantOf(endpoint.createdMs),
    url: endpoint.url,
    description: endpoint.description,
    types: [...endpoint.types],
    status: endpoint.enabled ? 'enabled' : 'disabled',
    disabled_because: endpoint.disabledBecause,
    failing_since: orNull(endpoint.failingSinceMs),
    old_secret_ends_at: orNull(endpoint.oldSecretEndsMs),
    metadata: endpoint.metadata,
  }) satisfies Reply<'getWebhookEndpoint'>

type Shown = Reply<'listWebhookDeliveries'>['data'][number]

const deliveryObject = (endpoint: Endpoint['id'], delivery: Delivery): Shown => ({
  object: 'webhook_delivery',
  endpoint,
  event: delivery.event,
  type: delivery.type,
  subject: delivery.subject,
  sequence: delivery.sequence,
  status: delivery.state,
  created_at: instantOf(delivery.createdMs),
  next_attempt_at: delivery.state === 'pending' ? instantOf(delivery.nextMs) : null,
  attempts: delivery.attempts.map(({ at_ms, answer, ...attempt }) => ({
    ...attempt,
    at: instantOf(at_ms),
    response: answer,
  })),
})

type Names =
  | 'createWebhookEndpoint'
  | 'listWebhookEndpoints'
  | 'getWebhookEndpoint'
  | 'updateWebhookEndpoint'
  | 'deleteWebhookEndpoint'
  | 'getWebhookSecret'
  | 'rotateWebhookSecret'
  | 'sendWebhookExample'
  | 'recoverWebhooks'
  | 'replayMissingWebhooks'
  | 'listWebhookDeliveries'
  | 'resendEvent'

const DAY_S = 86_400

export const webhookHandlers = (rooms: Rooms): Handlers<Names> => ({
  ...endpointHandlers(rooms),
  ...deliveryHandlers(rooms),
})

type DeliveryNames =
  | 'sendWebhookExample'
  | 'recoverWebhooks'
  | 'replayMissingWebhooks'
  | 'listWebhookDeliveries'
  | 'resendEvent'

function endpointHandlers({ webhooks, livemode }: Rooms): Handlers<Exclude<Names, DeliveryNames>> {
  const shown = async (
    owned: Parameters<Webhooks['get']>[0],
  ): Promise<Answer<ReturnType<typeof endpointObject>>> => {
    const endpoint = await webhooks.get(owned)
    return endpoint ? done(endpointObject(endpoint, livemode)) : refused('not_found')
  }
  const shownWithSecret = async (owned: Parameters<Webhooks['get']>[0]) => {
    const endpoint = await webhooks.get(owned)
    if (endpoint === undefined) return refused('not_found')
    return done({ ...endpointObject(endpoint, livemode), secret: webhooks.secretOf(endpoint) })
  }
  return {
    createWebhookEndpoint: async ({ caller: { merchant, once }, body, nowMs }) => {
      const { url, types = [], description = '', metadata = {} } = body
      const asked = { merchant, ...once, nowMs, url, types, description, metadata }
      const made = await webhooks.create(asked)
      return made.ok ? shownWithSecret({ merchant, endpoint: made.value }) : made
    },
    listWebhookEndpoints: async ({ caller, query }) =>
      done(
        await pageOf('/v1/webhook_endpoints', query, async (page) =>
          (await webhooks.list(caller.merchant, page)).map((one) => endpointObject(one, livemode)),
        ),
      ),
    getWebhookEndpoint: ({ caller: { merchant }, params }) =>
      shown({ merchant, endpoint: params.id }),
    updateWebhookEndpoint: async ({ caller: { merchant }, params, body, nowMs }) => {
      const owned = { merchant, endpoint: params.id }
      const changed = await webhooks.change(owned, { ...body, nowMs })
      return changed.ok ? shown(owned) : changed
    },
    deleteWebhookEndpoint: async ({ caller: { merchant }, params: { id }, nowMs }) =>
      (await webhooks.remove({ merchant, endpoint: id }, nowMs))
        ? done({ id, object: 'webhook_endpoint', deleted: true })
        : refused('not_found'),
    getWebhookSecret: async ({ caller: { merchant }, params }) => {
      const endpoint = await webhooks.get({ merchant, endpoint: params.id })
      if (endpoint === undefined) return refused('not_found')
      return done({ object: 'webhook_secret', secret: webhooks.secretOf(endpoint) })
    },
    rotateWebhookSecret: async ({ caller: { merchant, once }, params, body, nowMs }) => {
      const owned = { merchant, endpoint: params.id }
      const rotating = { ...once, nowMs, overlapS: body.overlap_s ?? DAY_S }
      const rotated = await webhooks.rotate(owned, rotating)
      return rotated.ok ? shownWithSecret(owned) : rotated
    },
  }
}

const count = (answer: Answer<number>): Answer<Reply<'recoverWebhooks'>> =>
  answer.ok ? done({ object: 'webhook_count', deliveries: answer.value }) : answer

function deliveryHandlers({ webhooks }: Rooms): Handlers<DeliveryNames> {
  return {
    sendWebhookExample: async ({ caller: { merchant }, params, body, nowMs }) => {
      const sent = await webhooks.sendExample({ merchant, endpoint: params.id }, body.type, nowMs)
      return sent.ok ? done({ object: 'webhook_example', event: sent.value }) : sent
    },
    recoverWebhooks: async ({ caller: { merchant }, params, body, nowMs }) => {
      const span = { sinceMs: Date.parse(body.since), nowMs }
      return count(await webhooks.recover({ merchant, endpoint: params.id }, span))
    },
    replayMissingWebhooks: async ({ caller: { merchant }, params, body, nowMs }) => {
      const span = { fromMs: Date.parse(body.from), toMs: Date.parse(body.to), nowMs }
      return count(await webhooks.replayMissing({ merchant, endpoint: params.id }, span))
    },
    listWebhookDeliveries: async ({ caller: { merchant }, params, query }) => {
      const owned = { merchant, endpoint: params.id }
      if ((await webhooks.get(owned)) === undefined) return refused('not_found')
      const { status, ...asked } = query
      const read = async (page: { limit: number; before: string | undefined }) => {
        const state = status === undefined ? {} : { state: status }
        const found = await webhooks.deliveries(owned, { ...page, ...state })
        return found.ok ? found.value.map((one) => deliveryObject(params.id, one)) : []
      }
      const url = `/v1/webhook_endpoints/${params.id}/deliveries`
      return done(await pageBy(url, asked, { read, cursorOf: ({ event }: Shown) => event }))
    },
    resendEvent: async ({ caller: { merchant }, params: { id }, body, nowMs }) => {
      const sent = await webhooks.resend({ merchant, endpoint: body.endpoint }, id, nowMs)
      return sent.ok ? done({ object: 'webhook_resend', event: id, endpoint: body.endpoint }) : sent
    },
  }
}
