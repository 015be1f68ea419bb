/** All wiring, top to bottom: read it to know the whole server. Only here are rooms built. */
import { type Id, isId, LANES, type Mint, mintId } from '@warifu/protocol/ids'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import {
  apiKeyHandlers,
  applyingHandlers,
  approvalHandlers,
  arrivalHandlers,
  cardHandlers,
  cardLifeHandlers,
  carriedHandlers,
  createApi,
  deviceHandlers,
  eventHandlers,
  eventObject,
  type Handlers,
  issuerHandlers,
  joiningHandlers,
  operatorHandlers,
  payingHandlers,
  paymentHandlers,
  plasticHandlers,
  readerHandlers,
  sandboxHandlers,
  simHandlers,
  terminalHandlers,
  timelineEntry,
  tokenHandlers,
  webhookHandlers,
} from '#api'
import { createApprovals, type Resume } from '#approvals'
import { alsoHeard, createDevices, hear, heardFor, readers } from '#devices'
import {
  createSecretBox,
  createStreams,
  createWebhooks,
  type Holder,
  list,
  type Post,
  readAllowed,
  type StoredEvent,
  type StreamNeeds,
  type Streams,
  type Webhooks,
} from '#events'
import { createHttpCreditBureau, createIssuing, createPlastic } from '#issuing'
import {
  activeKeys,
  createApiKeyRing,
  createEstate,
  createKeyKeeping,
  createRateLimit,
  createRequestLog,
  listRequests,
  readRequest,
} from '#merchants'
import { pageRoutes } from '#pages'
import { createPayments, type Payments } from '#payments'
import { createHttpMessenger, createPeople, type People } from '#people'
import { createArrivals, createProvisioning } from '#provisioning'
import { doEach, type Store } from '#store'
import { createDirectory, createTerminals, type Terminals } from '#terminals'
import { createTokens } from '#tokens'
import type { VaultClient } from '#vault-client'
import type { Config } from './config.ts'

/** What comes in by the front door: connections, time, chance, and a key to derive names with. */
export type World = {
  readonly config: Config
  readonly store: Store
  readonly vault: VaultClient
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
  readonly fetch: typeof fetch
  readonly derive: (...words: readonly string[]) => Uint8Array
  readonly logger: FastifyBaseLogger
  /** Posts to a merchant's endpoint, where that address may be called. */
  readonly post: Post
}

export type App = {
  readonly api: FastifyInstance
  /** Does what is due: expiries, automatic captures, messages. Safe on every process at once. */
  readonly tick: (nowMs: number) => Promise<void>
  /** Asks what lies outside: sends messages, hears the bureau. May take its time. */
  readonly reachOut: (nowMs: number) => Promise<void>
  /** Tells the readers of streams what is new; costs nothing while there are none. */
  readonly tail: (nowMs: number) => Promise<void>
  /** Begins the webhooks that are due; what was begun goes on by itself. */
  readonly deliver: (nowMs: number) => Promise<void>
}

const isKey = (holder: Holder): holder is Id<'key'> => isId('key', holder)
const isTerminal = (holder: Holder): holder is Id<'trm'> => isId('trm', holder)

const listing =
  ({ sql }: Store) =>
  (audience: Id<'mer'> | Id<'chl'>, page: Parameters<typeof list>[2]) =>
    list(sql, audience, page)

/** What the sandbox's pages show. */
const sandboxReads = (people: People, payments: Payments) => ({
  inbox: () => people.messages({ limit: 25, before: undefined, to: undefined }),
  payments: payments.newest,
  timelineOf: async (id: Id<'pay'>) => (await payments.timelineOf(id)).map(timelineEntry),
})

/** Does everything that a payment needs answer? */
const healthOf = (store: Store, vault: VaultClient) => async () => {
  const [alive, head] = await Promise.all([store.sql`select 1`, vault.call('audit_head', {})])
  return alive.length === 1 && head.ok
}

/** Which keys and terminals may still listen. */
const standingOf =
  ({ store: { sql }, now }: World, terminals: Terminals): StreamNeeds['standing'] =>
  async (holders) => {
    const [keys, phones] = [holders.filter(isKey), holders.filter(isTerminal)]
    return new Set([...(await activeKeys(sql, keys, now())), ...(await terminals.active(phones))])
  }

const LIST_MS = 5_000
const LIST_BYTES = 4 * 1024 * 1024

/** A revocation list, within a deadline and a size; from where the operator said, nowhere else. */
const fetchBytes = (send: typeof fetch) => async (url: string) => {
  const signal = AbortSignal.timeout(LIST_MS)
  const answer = await send(url, { redirect: 'error', signal })
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (!answer.ok || bytes.length > LIST_BYTES) throw new Error(`no list: ${answer.status}`)
  return bytes
}

/** Every room, built in the order of the street. */
function createRooms(world: World) {
  const { config, store, vault, now, random, derive, fetch, logger } = world
  const mint: Mint = (prefix, lane = 0) =>
    mintId({ prefix, lane, nowMs: now(), chance: random(14) })
  const lane = () => (random(1)[0] ?? 0) % LANES

  const { receiptMs } = config.waits
  const needs = { store, vault, mint, random, lane, receiptMs }
  const messenger = createHttpMessenger(config.outward.messages, fetch)
  const people = createPeople({ ...needs, messenger })
  const terminals = createTerminals(needs)
  const directory = createDirectory({ store, derive })
  const tokens = createTokens(needs)
  const outward = {
    creditBureau: createHttpCreditBureau(config.outward.bureau, fetch),
    fetchBytes: fetchBytes(fetch),
  }
  // The upward edge: merchants' tokens follow a card to the one in its place.
  const issuer = { ...needs, ...outward, directory, follow: tokens.follow }
  const issuing = createIssuing(issuer)
  const provisioning = createProvisioning({ ...needs, issuing })
  const plastic = createPlastic(issuer)
  const { verifiedPhone } = plastic
  const waits = config.arrivals
  const arrivals = createArrivals({ ...needs, issuing, verifiedPhone, waits })
  const estate = createEstate(needs)
  const apiKeys = createKeyKeeping(needs)
  const holderOf = async (card: Id<'crd'>) => (await issuing.card(card, now()))?.cardholder
  const report = (fault: unknown) => logger.error({ err: fault }, 'devices: codes of an epoch')
  const devices = createDevices({
    ...needs,
    issuing,
    now,
    holderOf,
    report,
    reissue: provisioning.reissue,
  })
  const { once } = terminals
  const { ownerOf, signatureOnlyMax, pinDigitsFrom } = issuing
  const asked = { tokens, ownerOf, pinDigitsFrom, alarm: estate.alarm }
  const { freeze } = issuing
  const steps = {
    stepSeconds: config.waits.steps,
    asksPerMinute: config.asksPerMinute,
    numberBy: config.numberBy,
    freeze,
  }
  const isActive = async (id: Id<'trm'>) => (await terminals.active([id])).length === 1
  const { readerRules } = issuing
  const atPhone = { readers, readerRules, anyCardholder: config.anyCardholder }
  const heard = { hear, heardFor, alsoHeard, isActive }
  const found = { ...asked, ...steps, ...atPhone, directory, devices: heard }
  const payments = createPayments({ ...needs, ...found, derive, once, signatureOnlyMax })
  const resume: Resume = {
    payment: payments.resume,
    mandate: tokens.resume,
    terminal: arrivals.resume,
  }
  const approvals = createApprovals({ store, vault, mint, once, resume })
  const served = { people, terminals, issuing, provisioning, estate, devices, tokens, payments }
  return { mint, ...served, plastic, arrivals, directory, approvals, apiKeys }
}
type Rooms = ReturnType<typeof createRooms>

/** Events leave by two ways: streams for who listens, webhooks for who does not. */
const waysOut = (world: World, { mint, terminals }: Rooms) => {
  const { config, store, random, derive, now, post } = world
  const livemode = config.mode === 'live'
  const show = (event: StoredEvent) => eventObject(event, livemode)
  const streams = createStreams({ store, standing: standingOf(world, terminals), show })
  const webhooks = createWebhooks({
    ...{ store, mint, random, now, post, show },
    box: createSecretBox(derive('webhook-secret/1'), random),
    allowed: readAllowed(config.webhookAllow),
    plain: !livemode,
  })
  return { streams, webhooks }
}
type WaysOut = { readonly streams: Streams; readonly webhooks: Webhooks }

/** What answers each endpoint of the contract. */
function handlersOf(rooms: Rooms, { config, store }: World, ways: WaysOut): Handlers {
  const { walletOrigin } = config
  const livemode = config.mode === 'live'
  const rpId = new URL(walletOrigin).hostname
  const listEvents = listing(store)
  return {
    ...joiningHandlers({ ...rooms, livemode, rpId }),
    ...terminalHandlers({ ...rooms, livemode, walletOrigin }),
    ...applyingHandlers({ ...rooms, livemode }),
    ...cardHandlers({ ...rooms, livemode }),
    ...carriedHandlers({ ...rooms, livemode }),
    ...simHandlers({ ...rooms, livemode }),
    ...readerHandlers({ ...rooms, livemode }),
    ...paymentHandlers({ ...rooms, walletOrigin, livemode }),
    ...payingHandlers(rooms),
    ...eventHandlers({ listEvents, ...ways, livemode }),
    ...deviceHandlers({ ...rooms, livemode }),
    ...tokenHandlers({ ...rooms, livemode }),
    ...approvalHandlers(rooms),
    ...cardLifeHandlers({ ...rooms, livemode }),
    ...issuerHandlers({ ...rooms, livemode }),
    ...operatorHandlers(),
    ...apiKeyHandlers({
      apiKeys: rooms.apiKeys,
      requests: {
        list: (merchant, page) => listRequests(store.sql, merchant, page),
        get: (merchant, id) => readRequest(store.sql, merchant, id),
      },
      livemode,
    }),
    ...webhookHandlers({ ...ways, livemode }),
    ...plasticHandlers({ ...rooms, livemode }),
    ...arrivalHandlers(rooms),
    ...sandboxHandlers({ ...rooms, livemode }),
  }
}

export function createApp(world: World): App {
  const { config, store, vault, now, logger } = world
  const rooms = createRooms(world)
  const { arrivals } = rooms
  const { mint, people, terminals, issuing, estate, tokens, payments, directory, approvals } = rooms
  const { devices } = rooms
  const { walletOrigin, tillOrigin, apiOrigin, docsOrigin } = config
  const sandbox = config.mode !== 'live'
  const ways = waysOut(world, rooms)
  const log = createRequestLog(store)
  const api = createApi({
    handlers: handlersOf(rooms, world, ways),
    mint,
    now,
    logger,
    apiOrigin,
    docsOrigin,
    walletOrigin,
    sandbox,
    merchantOf: createApiKeyRing(store.sql),
    perSecond: config.requestsPerSecond,
    allow: createRateLimit(),
    logged: log.note,
    sessionOf: people.sessionOf,
    operatorOf: people.operatorOf,
    terminalKey: terminals.keyOf,
    bureauKey: rooms.plastic.bureauKey,
    takeBureauCounter: rooms.plastic.takeBureauCounter,
    turnAway: payments.turnAway,
    healthy: healthOf(store, vault),
  })
  const places = { walletOrigin, tillOrigin, apiOrigin }
  pageRoutes(api, { ...places, sandbox, ...sandboxReads(people, payments) })
  api.addHook('preClose', async () => ways.streams.endAll())
  api.addHook('onClose', async () => {
    await ways.webhooks.idle()
    await log.flush()
  })
  return {
    api,
    tail: ways.streams.tail,
    reachOut: async (nowMs) => {
      await Promise.all([people.deliver(nowMs), issuing.consult(nowMs)])
    },
    deliver: async (nowMs) => {
      await log.flush()
      await ways.webhooks.turn(nowMs)
    },
    tick: async (nowMs) => {
      const swept = { tick: payments.sweep }
      const rest = [devices, tokens, estate, issuing, arrivals, people]
      const all = [swept, directory, approvals, ...rest]
      await doEach(all, (room) => room.tick(nowMs))
    },
  }
}
