/**
 * `@warifu/sdk`: a merchant's back end speaks to Warifu. Typed by the contract, retried under one
 * idempotency key, lists that turn their own pages, events as a stream. Node.js and edge runtimes.
 *
 * Keep it on your server: an API key in a page or an app is everybody's.
 */
import type { Body, Query, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { type Call, type Calling, type CallOptions, createCall } from './calling.ts'
import { whenDecided } from './deciding.ts'
import type { Following } from './event-stream.ts'
import { type Followed, followEvents } from './follow-events.ts'
import { type Paged, paged } from './paging.ts'
import {
  type Difference,
  type Reconciliation,
  type Reconciliations,
  reconciliationsOf,
} from './reconciliations.ts'
import { ownRuntime, type Runtime } from './runtime.ts'
import {
  type Balance,
  type Balances,
  balancesOf,
  type Payout,
  type Payouts,
  payoutsOf,
  type Settlement,
  type SettlementItem,
  type Settlements,
  settlementsOf,
} from './settlements.ts'
import { type Sale, type Sales, salesOf } from './unified-sales.ts'

export type WarifuOptions = Partial<Runtime> & {
  /** Secret: `wk_test_…` or `wk_live_…`. */
  readonly apiKey: string
  /** Where the platform is, without a path: `https://api.example.com`. */
  readonly apiUrl: string
  /** How often a call is sent again; 2 if not told. */
  readonly retries?: number
  /** For one try; 30 seconds if not told. */
  readonly timeoutMs?: number
}

export type { Balance, Difference, Payout, Reconciliation, Sale, Settlement, SettlementItem }
export type Payment = Reply<'getPayment'>
export type Refund = Reply<'refundPayment'>
export type Increment = Reply<'incrementPayment'>
export type TimelineEntry = Reply<'getTimeline'>['data'][number]
export type Token = Reply<'getToken'>
export type WarifuEvent = Reply<'listEvents'>['data'][number]

export type Warifu = {
  readonly payments: {
    /** Asks for a payment. Show its `link` as a QR code, or send the customer there. */
    readonly create: (body: Body<'createPayment'>, options?: CallOptions) => Promise<Payment>
    readonly get: (payment: Id<'pay'>, options?: CallOptions) => Promise<Payment>
    /** Newest first. */
    readonly list: (
      query?: Query<'listPayments'>,
      options?: CallOptions,
    ) => Paged<Payment, Reply<'listPayments'>>
    /** Takes what was authorised, or a part; the rest is let go unless `final` is false. */
    readonly capture: (
      payment: Id<'pay'>,
      body?: Body<'capturePayment'>,
      options?: CallOptions,
    ) => Promise<Payment>
    /** Asks the cardholder to approve more, on their phone; it is held beside the first sum. */
    readonly increment: (
      payment: Id<'pay'>,
      body: Body<'incrementPayment'>,
      options?: CallOptions,
    ) => Promise<Increment>
    /** What was asked for besides, and what became of it; newest first. */
    readonly increments: (
      payment: Id<'pay'>,
      query?: Query<'listIncrements'>,
      options?: CallOptions,
    ) => Paged<Increment, Reply<'listIncrements'>>
    /** Ends a payment before capture; a hold is released. */
    readonly cancel: (payment: Id<'pay'>, options?: CallOptions) => Promise<Payment>
    /** Gives back what was captured, or a part of it. */
    readonly refund: (
      payment: Id<'pay'>,
      body?: Body<'refundPayment'>,
      options?: CallOptions,
    ) => Promise<Refund>
    /** Waits until the customer has paid or refused, or the time was over. Never polls. */
    readonly whenDecided: (payment: Id<'pay'>, options?: CallOptions) => Promise<Payment>
    /** Every request of a payment and what travelled in it, sealed for whom. */
    readonly timeline: (payment: Id<'pay'>, options?: CallOptions) => Promise<TimelineEntry[]>
  }
  /** A card that was used here before, by sixteen digits that are good here only. */
  readonly tokens: {
    readonly create: (body: Body<'createToken'>, options?: CallOptions) => Promise<Token>
    readonly get: (token: Id<'tok'>, options?: CallOptions) => Promise<Token>
    /** Newest first. */
    readonly list: (
      query?: Query<'listTokens'>,
      options?: CallOptions,
    ) => Paged<Token, Reply<'listTokens'>>
    /** From now on it charges nothing. */
    readonly delete: (token: Id<'tok'>, options?: CallOptions) => Promise<Token>
  }
  /** What you are paid, by day and currency. */
  readonly settlements: Settlements
  /** What went to your bank. */
  readonly payouts: Payouts
  /** What you are owed now. */
  readonly balances: Balances
  /** Everything that you sold, by card or otherwise. */
  readonly sales: Sales
  /** Your order system against what was paid and settled. */
  readonly reconciliations: Reconciliations
  readonly events: {
    /** Newest first. */
    readonly list: (
      query?: Query<'listEvents'>,
      options?: CallOptions,
    ) => Paged<WarifuEvent, Reply<'listEvents'>>
    /**
     * What happens, as it happens, without end: a cut line is taken up where it was cut. Keep the
     * `place` of the last event you dealt with, and give it back as `after` at your next start.
     */
    readonly stream: (options?: StreamOptions) => AsyncIterable<StreamedEvent>
  }
  /** Events sent to your own server. Verify them with `@warifu/sdk/webhook`. */
  readonly webhooks: {
    /** Answers with the secret (`whsec_…`) that verifies what is sent there. */
    readonly create: (
      body: Body<'createWebhookEndpoint'>,
      options?: CallOptions,
    ) => Promise<Reply<'createWebhookEndpoint'>>
    readonly get: (endpoint: Id<'whe'>, options?: CallOptions) => Promise<WebhookEndpoint>
    /** Newest first. */
    readonly list: (
      query?: Query<'listWebhookEndpoints'>,
      options?: CallOptions,
    ) => Paged<WebhookEndpoint, Reply<'listWebhookEndpoints'>>
    readonly update: (
      endpoint: Id<'whe'>,
      body: Body<'updateWebhookEndpoint'>,
      options?: CallOptions,
    ) => Promise<WebhookEndpoint>
    readonly delete: (endpoint: Id<'whe'>, options?: CallOptions) => Promise<void>
    /** A new secret; the old one signs beside it for a day, or as long as told. */
    readonly rotateSecret: (
      endpoint: Id<'whe'>,
      body?: Body<'rotateWebhookSecret'>,
      options?: CallOptions,
    ) => Promise<Reply<'rotateWebhookSecret'>>
    /** What was and will be delivered there, with every attempt. */
    readonly deliveries: (
      endpoint: Id<'whe'>,
      query?: Query<'listWebhookDeliveries'>,
      options?: CallOptions,
    ) => Paged<WebhookDelivery, Reply<'listWebhookDeliveries'>>
    readonly resend: (event: Id<'evt'>, endpoint: Id<'whe'>, options?: CallOptions) => Promise<void>
  }
}

export type WebhookDelivery = Reply<'listWebhookDeliveries'>['data'][number]

export type StreamedEvent = Followed
export type WebhookEndpoint = Reply<'getWebhookEndpoint'>
export type StreamOptions = {
  /** The place to go on after; without it the stream begins now. */
  readonly after?: string
  readonly signal?: AbortSignal
  /** Told each time the stream is open, and each time it is cut. */
  readonly onState?: (state: 'open' | 'cut') => void
}

/**
 * @example
 * const warifu = createWarifu({ apiKey, apiUrl: 'https://api.example.com' })
 * const payment = await warifu.payments.create({ amount: 1200, currency: 'jpy' })
 * console.log(payment.link) // for the customer's wallet
 */
export function createWarifu(options: WarifuOptions): Warifu {
  const { apiKey, apiUrl, retries = 2, timeoutMs = 30_000, ...runtime } = options
  if (!/^wk_(?:test|live)_/.test(apiKey))
    throw new TypeError('apiKey: a secret key of the platform begins with wk_test_ or wk_live_')
  if (!URL.canParse(apiUrl) || !/^https?:$/.test(new URL(apiUrl).protocol))
    throw new TypeError(
      'apiUrl: expected the address of the platform, such as https://api.shop.com',
    )
  const address = apiUrl.replace(/\/+$/, '')
  const calling = { ...ownRuntime, ...runtime, apiKey, apiUrl: address, retries, timeoutMs }
  const call = createCall(calling)
  const events = eventsOf(call, calling)
  const webhooks = webhooksOf(call)
  const [tokens, sales] = [tokensOf(call), salesOf(call)]
  const reconciliations = reconciliationsOf(call, calling)
  const payments = paymentsOf(call, events)
  const paid = {
    settlements: settlementsOf(call),
    payouts: payoutsOf(call),
    balances: balancesOf(call),
  }
  return { payments, tokens, ...paid, sales, reconciliations, events, webhooks }
}

const paymentsOf = (call: Call, { stream }: Warifu['events']): Warifu['payments'] => ({
  create: (body, options) => call('createPayment', { body }, options),
  get: (id, options) => call('getPayment', { params: { id } }, options),
  list: (query, options) => paged((page) => call('listPayments', { query: page }, options), query),
  capture: (id, body = {}, options) => call('capturePayment', { params: { id }, body }, options),
  increment: (id, body, options) => call('incrementPayment', { params: { id }, body }, options),
  increments: (id, query, options) =>
    paged((page) => call('listIncrements', { params: { id }, query: page }, options), query),
  cancel: (id, options) => call('cancelPayment', { params: { id } }, options),
  refund: (id, body = {}, options) => call('refundPayment', { params: { id }, body }, options),
  whenDecided: (id, options) =>
    whenDecided({
      read: () => call('getPayment', { params: { id } }, options),
      signal: options?.signal,
      listen: (signal, onOpen) =>
        stream({ signal, onState: (state) => (state === 'open' ? onOpen() : undefined) }),
    }),
  timeline: async (id, options) => (await call('getTimeline', { params: { id } }, options)).data,
})

const tokensOf = (call: Call): Warifu['tokens'] => ({
  create: (body, options) => call('createToken', { body }, options),
  get: (id, options) => call('getToken', { params: { id } }, options),
  list: (query, options) => paged((page) => call('listTokens', { query: page }, options), query),
  delete: (id, options) => call('deleteToken', { params: { id } }, options),
})

const webhooksOf = (call: Call): Warifu['webhooks'] => ({
  create: (body, options) => call('createWebhookEndpoint', { body }, options),
  get: (id, options) => call('getWebhookEndpoint', { params: { id } }, options),
  list: (query, options) =>
    paged((page) => call('listWebhookEndpoints', { query: page }, options), query),
  update: (id, body, options) => call('updateWebhookEndpoint', { params: { id }, body }, options),
  delete: async (id, options) =>
    void (await call('deleteWebhookEndpoint', { params: { id } }, options)),
  rotateSecret: (id, body = {}, options) =>
    call('rotateWebhookSecret', { params: { id }, body }, options),
  deliveries: (id, query, options) =>
    paged((page) => call('listWebhookDeliveries', { params: { id }, query: page }, options), query),
  resend: async (id, endpoint, options) =>
    void (await call('resendEvent', { params: { id }, body: { endpoint } }, options)),
})

const eventsOf = (call: Call, calling: Calling): Warifu['events'] => ({
  list: (query, options) => paged((page) => call('listEvents', { query: page }, options), query),
  stream: (options) => followEvents(calling, calling.apiKey, followingOf(calling, options)),
})

const followingOf = (
  { sleep, chance }: Calling,
  { after, signal, onState }: StreamOptions = {},
): Following => ({
  signal: signal ?? new AbortController().signal,
  sleep,
  chance,
  ...(after === undefined ? {} : { from: after }),
  ...(onState === undefined ? {} : { onState }),
})
