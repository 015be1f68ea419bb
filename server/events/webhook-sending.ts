/**
 * The sender: leases what is due, posts it, writes down what came of it. A lease ends by itself, so
 * what a dead process held goes out again: at least once, under the same webhook-id.
 */
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { Store, Tx } from '#store'
import type { StoredEvent } from './outbox.ts'
import { disable, type Endpoint } from './webhook-endpoint.ts'
import type { Post, Posted } from './webhook-post.ts'
import { GIVE_UP_MS, judge, type Verdict } from './webhook-schedule.ts'
import { type SecretBox, signature } from './webhook-signature.ts'

export type SendingNeeds = {
  readonly store: Store
  readonly mint: Mint
  readonly random: (size: number) => Uint8Array
  readonly now: () => number
  /** The receiver's clock: a sandbox's own may be ahead of it. */
  readonly wall: () => number
  readonly box: SecretBox
  readonly post: Post
  /** How an event is shown: the body of its webhook. */
  readonly show: (event: StoredEvent) => object
}

/** Of one process; of one endpoint, all processes together. A slow one holds up no other. */
const limits = { inFlight: 32, each: 4 } as const
const LEASE_MS = 60_000
const SPREAD = 500

type Leased = { readonly endpoint: Id<'whe'>; readonly event: Id<'evt'> }

export type Sender = {
  /** Spreads the log and begins what is due; what was begun goes on by itself. */
  readonly turn: (nowMs: number) => Promise<void>
  /** Until nothing is on its way. */
  readonly idle: () => Promise<void>
}

export function createSender(needs: SendingNeeds): Sender {
  const { sql } = needs.store
  /** Each with the end of its lease: who is out longer has lost its line, and holds no place. */
  const flying = new Map<Promise<void>, number>()
  return {
    turn: async (nowMs) => {
      await spread(sql, nowMs)
      for (const [flight, untilMs] of flying) if (untilMs <= nowMs) flying.delete(flight)
      const free = limits.inFlight - flying.size
      if (free <= 0) return
      const leased = await sql<Leased[]>`
        select endpoint, event
          from events.lease(${free}, ${limits.each}, ${nowMs + LEASE_MS}, ${nowMs})`
      for (const one of leased) {
        const flight: Promise<void> = deliver(needs, one)
          // Its lease ends; another turn, here or elsewhere, tries again.
          .catch(() => undefined)
          .finally(() => flying.delete(flight))
        flying.set(flight, nowMs + LEASE_MS)
      }
    },
    idle: async () => {
      await Promise.all(flying.keys())
    },
  }
}

/** Reads on until it has caught up, or long enough for one turn. */
async function spread(sql: Store['sql'], nowMs: number): Promise<void> {
  for (let pages = 0; pages < 20; pages += 1) {
    const [row] = await sql<{ read: number }[]>`select events.spread(${SPREAD}, ${nowMs}) as read`
    if (row === undefined || row.read < SPREAD) return
  }
}

type Due = StoredEvent & {
  readonly url: string
  readonly secret: Uint8Array
  readonly oldSecret: Uint8Array | null
  readonly oldSecretEndsMs: bigint | null
}

async function deliver(needs: SendingNeeds, leased: Leased): Promise<void> {
  const { store, box, post, now, wall, show } = needs
  const { endpoint, event } = leased
  const [due] = await store.sql<Due[]>`
    select e.id, e.type, e.subject, e.sequence, e.data, e.created_ms as "createdMs", w.url,
           w.secret, w.old_secret as "oldSecret", w.old_secret_ends_ms as "oldSecretEndsMs"
      from events.event e, events.endpoint w
     where e.lane = ${laneOf(event)} and e.id = ${event} and w.id = ${endpoint}`
  if (due === undefined) throw new Error('a delivery of no event')
  const atMs = now()
  const body = JSON.stringify(show(due))
  const timestamp = Math.floor(wall() / 1000)
  const secrets = secretsOf(due, atMs).map((sealed) => box.open(sealed, endpoint))
  const posted = await post({
    url: due.url,
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Warifu-Webhooks/1',
      'webhook-id': event,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature({ id: event, timestamp, body }, secrets),
    },
  })
  await store.transaction((tx) => record({ tx, needs, leased, posted, atMs, doneMs: now() }))
}

const secretsOf = ({ secret, oldSecret, oldSecretEndsMs }: Due, nowMs: number) =>
  oldSecret !== null && Number(oldSecretEndsMs) > nowMs ? [secret, oldSecret] : [secret]

type Recording = {
  readonly tx: Tx
  readonly needs: SendingNeeds
  readonly leased: Leased
  readonly posted: Posted
  readonly atMs: number
  readonly doneMs: number
}

async function record(recording: Recording): Promise<void> {
  const { tx, needs, leased, posted, atMs, doneMs } = recording
  const { endpoint, event } = leased
  const lane = laneOf(event)
  const [row] = await tx<{ attempts: number }[]>`
    update events.delivery set attempts = attempts + 1, leased_ms = null
     where lane = ${lane} and endpoint = ${endpoint} and event = ${event}
       and state = 'pending'
    returning attempts`
  await tx`
    insert into events.attempt
      (lane, endpoint, event, number, at_ms, took_ms, status, error, answer)
    select ${lane}, ${endpoint}, ${event}, count(*) + 1, ${atMs}, ${doneMs - atMs},
           ${posted.status}, ${posted.error}, ${posted.answer}
      from events.attempt
     where lane = ${lane} and endpoint = ${endpoint} and event = ${event}`
  if (row === undefined) return
  const chance = (needs.random(1)[0] ?? 0) / 256
  const verdict = judge(posted, { attempts: row.attempts, nowMs: doneMs, chance })
  await settle(tx, { leased, verdict, nowMs: doneMs })
  await judgeEndpoint(tx, needs, { endpoint, verdict, nowMs: doneMs })
}

type Settling = { readonly leased: Leased; readonly verdict: Verdict; readonly nowMs: number }

async function settle(tx: Tx, { leased, verdict, nowMs }: Settling): Promise<void> {
  const again = verdict.is === 'again'
  const state = again ? 'pending' : verdict.is === 'delivered' ? 'delivered' : 'failed'
  await tx`
    update events.delivery
       set state = ${state}, next_ms = ${again ? verdict.atMs : nowMs},
           ended_ms = ${again ? null : nowMs}
     where lane = ${laneOf(leased.event)} and endpoint = ${leased.endpoint}
       and event = ${leased.event}`
}

type Judging = {
  readonly endpoint: Id<'whe'>
  readonly verdict: Verdict
  readonly nowMs: number
}

/** One success clears the endpoint's name; days without one, or a 410, end it. */
async function judgeEndpoint(tx: Tx, { mint }: SendingNeeds, judging: Judging): Promise<void> {
  const { endpoint, verdict, nowMs } = judging
  const [row] = await tx<Pick<Endpoint, 'failingSinceMs' | 'merchant'>[]>`
    update events.endpoint
       set failing_since_ms = ${
         verdict.is === 'delivered' ? null : tx`coalesce(failing_since_ms, ${nowMs})`
       }
     where id = ${endpoint}
    returning failing_since_ms as "failingSinceMs", merchant`
  if (row === undefined || verdict.is === 'delivered') return
  const isLong = nowMs - Number(row.failingSinceMs) >= GIVE_UP_MS
  if (verdict.is !== 'gone' && !isLong) return
  const because = verdict.is === 'gone' ? 'gone' : 'failing'
  await disable(tx, { endpoint, because, event: mint('evt', laneOf(row.merchant)), nowMs })
}
