/** All wiring, top to bottom: read it to know the whole server. Only here are rooms built. */
import { type Id, isId, LANES, type Mint, mintId } from '@warifu/protocol/ids'
import { type ConsoleFiles, serveConsole } from '@warifu/web/console'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import {
  apiKeyHandlers,
  applyingHandlers,
  approvalHandlers,
  arrivalHandlers,
  cardHandlers,
  cardLifeHandlers,
  carriedHandlers,
  createAdmission,
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
  reconciliationHandlers,
  salesHandlers,
  sandboxHandlers,
  settlementHandlers,
  simHandlers,
  terminalHandlers,
  testKitHandlers,
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
  createPacing,
  createRateLimit,
  createRequestLog,
  listRequests,
  readRequest,
} from '#merchants'
import { pageRoutes } from '#pages'
import { countMinutes, createLatency, createPayments } from '#payments'
import {
  createConsolePeople,
  createHttpMessenger,
  createPeople,
  type People,
  signedIn,
} from '#people'
import { createArrivals, createProvisioning } from '#provisioning'
import { createCardholders, type Sandbox } from '#sandbox'
import { createReconciling, createSales, createSettlement } from '#settlement'
import { createPartitions, doEach, type Store } from '#store'
import { createDirectory, createTerminals, type Terminals } from '#terminals'
import { createTokens } from '#tokens'
import type { VaultClient } from '#vault-client'
import type { Config } from './config.ts'
import { consoleEndpointsOf } from './console.ts'

/** What comes in by the front door: connections, time, chance, and a key to derive names with. */
export type World = {
  readonly config: Config
  readonly store: Store
  readonly vault: VaultClient
  readonly now: () => number
  /** The clock on the wall, by which signatures are fresh; `now` may be ahead in a sandbox. */
  readonly wall: () => number
  readonly sandbox: Sandbox
  readonly random: (size: number) => Uint8Array
  readonly fetch: typeof fetch
  readonly derive: (...words: readonly string[]) => Uint8Array
  readonly logger: FastifyBaseLogger
  /** Posts to a merchant's endpoint, where that address may be called. */
  readonly post: Post
  /** The console's page, where this server serves it. */
  readonly console: ConsoleFiles | null
}

export type App = {
  readonly api: FastifyInstance
  /** Does what is due: expiries, automatic captures, messages. Safe on every process at once. */
  readonly tick: (nowMs: number) => Promise<void>
  /** Asks what lies outside: sends messages, hears the bureau. May take its time. */
  readonly reachOut: (nowMs: number) => Promise<void>
  /** Tells the readers of streams what is new; costs nothing while there are none. */
  readonly tail: (nowMs: number) => Promise<void>
  /** Goes on with long work by one piece; true where there may be more of it. */
  readonly work: (nowMs: number) => Promise<boolean>
  /** Begins the webhooks that are due; what was begun goes on by itself. */
  readonly deliver: (nowMs: number) => Promise<void>
}

const isKey = (holder: Holder): holder is Id<'key'> => isId('key', holder)
const isUser = (holder: Holder): holder is Id<'usr'> => isId('usr', holder)
const isTerminal = (holder: Holder): holder is Id<'trm'> => isId('trm', holder)

const listing =
  ({ sql }: Store) =>
  (audience: Id<'mer'> | Id<'chl'>, page: Parameters<typeof list>[2]) =>
    list(sql, audience, page)

/** What the sandbox's pages show. */
const sandboxReads = (people: People) => ({
  inbox: () => people.messages({ limit: 25, before: undefined, to: undefined }),
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
    const users = await signedIn(sql, holders.filter(isUser), now())
    const active = await activeKeys(sql, keys, now())
    return new Set([...active, ...(await terminals.active(phones)), ...users])
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
    batchSize: config.batchSize,
    numberBy: config.numberBy,
    freeze,
  }
  const isActive = async (id: Id<'trm'>) => (await terminals.active([id])).length === 1
  const { readerRules } = issuing
  const atPhone = { readers, readerRules, anyCardholder: config.anyCardholder }
  const heard = { hear, heardFor, alsoHeard, isActive }
  const found = { ...asked, ...steps, ...atPhone, directory, devices: heard }
  const payments = createPayments({ ...needs, ...found, now, derive, once, signatureOnlyMax })
  const settlement = createSettlement(needs)
  const sales = createSales(needs)
  const reconciling = createReconciling({ ...needs, payments, sales })
  const resume: Resume = {
    payment: payments.resume,
    mandate: tokens.resume,
    increment: payments.resumeIncrement,
    terminal: arrivals.resume,
  }
  const approvals = createApprovals({ store, vault, mint, once, resume })
  const served = { people, terminals, issuing, provisioning, estate, devices, tokens, payments }
  const money = { settlement, sales, reconciling }
  return { mint, ...money, ...served, plastic, arrivals, directory, approvals, apiKeys }
}

/** And who signs in at the console. */
function withConsole(world: World, rooms: ReturnType<typeof createRooms>) {
  const { config, store, vault, random } = world
  const needs = { store, vault, random, mint: rooms.mint, consoleOrigin: config.consoleOrigin }
  return {
    ...rooms,
    consolePeople: createConsolePeople({ ...needs, sandbox: config.mode !== 'live' }),
  }
}
type Rooms = ReturnType<typeof withConsole>

/** Events leave by two ways: streams for who listens, webhooks for who does not. */
const waysOut = (world: World, { mint, terminals }: Rooms) => {
  const { config, store, random, derive, now, wall, post } = world
  const livemode = config.mode === 'live'
  const show = (event: StoredEvent) => eventObject(event, livemode)
  const streams = createStreams({ store, standing: standingOf(world, terminals), show })
  const webhooks = createWebhooks({
    ...{ store, mint, random, now, wall, post, show },
    box: createSecretBox(derive('webhook-secret/1'), random),
    allowed: readAllowed(config.webhookAllow),
    plain: !livemode,
  })
  return { streams, webhooks }
}
type WaysOut = { readonly streams: Streams; readonly webhooks: Webhooks }

/** A merchant's own things: keys, the log of what was asked with them, webhooks. */
function ownHandlers({ apiKeys }: Rooms, { config, store }: World, ways: WaysOut) {
  const livemode = config.mode === 'live'
  const requests: Parameters<typeof apiKeyHandlers>[0]['requests'] = {
    list: (merchant, page) => listRequests(store.sql, merchant, page),
    get: (merchant, id) => readRequest(store.sql, merchant, id),
  }
  return {
    ...apiKeyHandlers({ apiKeys, requests, livemode }),
    ...webhookHandlers({ ...ways, livemode }),
  }
}

/** What answers each endpoint of the contract. */
function handlersOf(rooms: Rooms, world: World, ways: WaysOut): Handlers {
  const { config, store, sandbox, fetch } = world
  const { walletOrigin } = config
  const livemode = config.mode === 'live'
  const rpId = new URL(walletOrigin).hostname
  const listEvents = listing(store)
  const own = ownHandlers(rooms, world, ways)
  const cardholders = createCardholders(config.cardholders, fetch)
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
    ...salesHandlers({ ...rooms, livemode }),
    ...reconciliationHandlers({ ...rooms, livemode }),
    ...settlementHandlers({ ...rooms, livemode }),
    ...approvalHandlers(rooms),
    ...cardLifeHandlers({ ...rooms, livemode }),
    ...issuerHandlers({ ...rooms, livemode }),
    ...operatorHandlers(),
    ...consoleEndpointsOf(rooms, world, own),
    ...own,
    ...plasticHandlers({ ...rooms, livemode }),
    ...arrivalHandlers(rooms),
    ...sandboxHandlers({ ...rooms, livemode }),
    ...testKitHandlers({ sandbox, payments: rooms.payments, walletOrigin, cardholders }),
  }
}

/** What a process counts and notes for itself, and writes down a few times a second. */
function createCounts(store: Store) {
  const [log, latency, pacing] = [
    createRequestLog(store),
    createLatency(store),
    createPacing(store),
  ]
  const flush = async (nowMs: number) => {
    await Promise.all([log.flush(), latency.flush(), pacing.share(nowMs)])
  }
  return { log, latency, pacing, flush }
}

export function createApp(world: World): App {
  const { config, store, vault, now, logger } = world
  const rooms = withConsole(world, createRooms(world))
  const { arrivals } = rooms
  const { mint, people, terminals, issuing, estate, tokens, payments, directory, approvals } = rooms
  const { devices, settlement } = rooms
  const { walletOrigin, tillOrigin, tourOrigin, consoleOrigin, apiOrigin, docsOrigin } = config
  const sandbox = config.mode !== 'live'
  const ways = waysOut(world, rooms)
  const { log, latency, pacing, flush } = createCounts(store)
  const partitions = createPartitions(store, (sentence) => logger.error(sentence))
  const api = createApi({
    handlers: handlersOf(rooms, world, ways),
    admission: createAdmission(config.openRequests),
    mint,
    now,
    logger,
    apiOrigin,
    docsOrigin,
    walletOrigin,
    sandbox,
    wall: world.wall,
    cuts: sandbox ? world.sandbox.cuts : undefined,
    merchantOf: createApiKeyRing(store.sql),
    perSecond: config.requestsPerSecond,
    allow: createRateLimit().allow,
    pace: pacing.allow,
    logged: log.note,
    sessionOf: people.sessionOf,
    operatorOf: people.operatorOf,
    consoleOrigin,
    consoleSessionOf: rooms.consolePeople.sessionOf,
    took: latency.note,
    actDone: rooms.consolePeople.actDone,
    terminalKey: terminals.keyOf,
    bureauKey: rooms.plastic.bureauKey,
    takeBureauCounter: rooms.plastic.takeBureauCounter,
    turnAway: payments.turnAway,
    healthy: healthOf(store, vault),
  })
  const places = { walletOrigin, tillOrigin, tourOrigin, consoleOrigin, apiOrigin }
  pageRoutes(api, { ...places, sandbox, ...sandboxReads(people) })
  if (world.console !== null) serveConsole(api, consoleOrigin, world.console)
  api.addHook('preClose', async () => ways.streams.endAll())
  api.addHook('onClose', async () => {
    await ways.webhooks.idle()
    await flush(now())
  })
  return {
    api,
    tail: ways.streams.tail,
    work: rooms.reconciling.work,
    reachOut: async (nowMs) => {
      await Promise.all([people.deliver(nowMs), issuing.consult(nowMs)])
    },
    deliver: async (nowMs) => {
      await flush(nowMs)
      await ways.webhooks.turn(nowMs)
    },
    tick: async (nowMs) => {
      const swept = { tick: payments.sweep }
      const counted = { tick: (ms: number) => countMinutes(store, ms) }
      const rest = [devices, tokens, estate, issuing, arrivals, people, settlement]
      const all = [partitions, swept, directory, approvals, rooms.consolePeople, counted, ...rest]
      await doEach(all, (room) => room.tick(nowMs))
    },
  }
}
