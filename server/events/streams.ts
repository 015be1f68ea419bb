/**
 * Streams: every process tails the log for its own listeners, one query for all of them, and hands
 * each event to those who may read it. A process keeps places, never events: a listener that was
 * cut goes on by its place on any process. One that reads slowly falls back to pages of its own,
 * read only when it has taken the last; one that stops reading is cut.
 */
import { Readable } from 'node:stream'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Store } from '#store'
import { endsOf, type LoggedEvent, readAfter, readOwnAfter } from './log.ts'
import { heartbeat, message, opening } from './message.ts'
import type { EventItem, StoredEvent } from './outbox.ts'
import { isAfter, type Place } from './place.ts'

/** By what a listener came in: while it stands, the stream stays open. */
export type Holder = Id<'key'> | Id<'trm'> | Id<'usr'>

export type StreamNeeds = {
  readonly store: Pick<Store, 'sql'>
  /** An event as its readers see it. */
  readonly show: (event: StoredEvent) => object
  /** Which of these may still listen. */
  readonly standing: (holders: readonly Holder[]) => Promise<ReadonlySet<Holder>>
}

export type Listening = {
  readonly audience: EventItem['audience']
  readonly holder: Holder
  /** Where this reader was; from now on where it is none. */
  readonly from: Place | undefined
  readonly nowMs: number
}

export type Streams = {
  readonly open: (listening: Listening) => Promise<Answer<Readable>>
  /** Reads what is new and tells it. Asks nothing of PostgreSQL while nobody listens. */
  readonly tail: (nowMs: number) => Promise<void>
  readonly endAll: () => void
}

// biome-ignore format: a table
export const limits = {
  perHolder: 8, inAll: 2000, batch: 1000, batches: 10, page: 200, together: 16,
  backlogBytes: 64 * 1024, beatMs: 15_000, stallMs: 30_000, standingMs: 5_000,
} as const

type Listener = Omit<Listening, 'from' | 'nowMs'> & {
  readonly body: Readable
  place: Place
  /** Up with the tail; otherwise it reads pages of its own first. */
  live: boolean
  toldMs: number
  /** When it had taken everything that it was told. */
  drainedMs: number
  /** Was not standing at the last look; its notice may still be on the way. */
  doomed: boolean
  ended: boolean
}

type Hub = {
  readonly needs: StreamNeeds
  readonly listeners: Set<Listener>
  readonly byAudience: Map<string, Set<Listener>>
  place: Place | undefined
  checkedMs: number
}

export function createStreams(needs: StreamNeeds): Streams {
  const hub: Hub = {
    needs,
    listeners: new Set(),
    byAudience: new Map(),
    place: undefined,
    checkedMs: 0,
  }
  return {
    open: (listening) => open(hub, listening),
    tail: (nowMs) => tail(hub, nowMs),
    endAll: () => hub.listeners.forEach(end),
  }
}

async function open(hub: Hub, listening: Listening): Promise<Answer<Readable>> {
  const { from, nowMs, audience, holder } = listening
  const { now, end } = await endsOf(hub.needs.store.sql)
  const held = [...hub.listeners].filter((one) => one.holder === holder).length
  if (held >= limits.perHolder || hub.listeners.size >= limits.inAll)
    return refused('too_many_streams')
  // A place from a log that this database does not have: nothing of it can be read again.
  const place = from === undefined || isAfter(from, end) ? now : from
  const body = new Readable({ read: () => {} })
  const listener = { audience, holder, body, place, live: false, doomed: false, ended: false }
  join(hub, { ...listener, toldMs: nowMs, drainedMs: nowMs })
  body.push(opening(place))
  return done(body)
}

function join({ listeners, byAudience }: Hub, listener: Listener): void {
  const { audience, body } = listener
  listeners.add(listener)
  const others = byAudience.get(audience) ?? new Set()
  byAudience.set(audience, others.add(listener))
  body.once('close', () => {
    listeners.delete(listener)
    others.delete(listener)
    if (others.size === 0 && byAudience.get(audience) === others) byAudience.delete(audience)
  })
}

/** What was told before is still sent; nothing is told any more. */
function end(listener: Listener): void {
  if (!listener.ended) listener.body.push(null)
  listener.ended = true
}

async function tail(hub: Hub, nowMs: number): Promise<void> {
  if (hub.listeners.size === 0) {
    hub.place = undefined
    return
  }
  await dismiss(hub, nowMs)
  await readOn(hub, nowMs)
  await catchUp(hub, nowMs)
  for (const listener of hub.listeners) {
    if (listener.body.readableLength === 0) listener.drainedMs = nowMs
    if (nowMs - listener.drainedMs >= limits.stallMs) listener.body.destroy()
    else if (nowMs - listener.toldMs >= limits.beatMs) say(listener, heartbeat, nowMs)
  }
}

function say(listener: Listener, text: string, nowMs: number): void {
  if (listener.ended) return
  listener.body.push(text)
  listener.toldMs = nowMs
}

/** Ends the streams of keys that were revoked and terminals that may not act any more. */
async function dismiss(hub: Hub, nowMs: number): Promise<void> {
  if (nowMs - hub.checkedMs < limits.standingMs) return
  hub.checkedMs = nowMs
  const listeners = [...hub.listeners]
  const standing = await hub.needs.standing([...new Set(listeners.map(({ holder }) => holder))])
  for (const listener of listeners.filter(({ holder }) => !standing.has(holder))) {
    // A terminal is told first why: its notice ends the stream, or the next look does.
    if (listener.doomed || !listener.holder.startsWith('trm_')) end(listener)
    listener.doomed = true
  }
}

/** Follows the log for everyone who is up with it. */
async function readOn(hub: Hub, nowMs: number): Promise<void> {
  const { sql } = hub.needs.store
  hub.place ??= (await endsOf(sql)).now
  for (let turn = 0; turn < limits.batches; turn += 1) {
    const events = await readAfter(sql, hub.place, limits.batch)
    for (const event of events) {
      fanOut(hub, event, nowMs)
      hub.place = event.place
    }
    if (events.length < limits.batch) return
  }
}

function fanOut({ byAudience, needs }: Hub, event: LoggedEvent, nowMs: number): void {
  const listening = event.readers.flatMap((reader) => [...(byAudience.get(reader) ?? [])])
  let text: string | undefined
  for (const listener of listening.filter(({ live }) => live)) {
    if (isFull(listener)) listener.live = false
    else {
      text ??= textOf(needs, event)
      tell(listener, { event, text, nowMs })
    }
  }
}

const isFull = ({ body }: Listener): boolean => body.readableLength > limits.backlogBytes

const textOf = ({ show }: StreamNeeds, event: LoggedEvent): string =>
  message(event.place, event.type, show(event))

type Told = { readonly event: LoggedEvent; readonly text: string; readonly nowMs: number }

function tell(listener: Listener, { event, text, nowMs }: Told): void {
  if (!isAfter(event.place, listener.place)) return
  say(listener, text, nowMs)
  listener.place = event.place
  if (event.type === 'terminal.suspended' && event.subject === listener.holder) end(listener)
}

/**
 * Brings those forward who are behind, a page each. It runs after the tail in the same turn: a
 * short page reaches at least as far as the tail did, so from there on nothing is missed.
 */
async function catchUp({ listeners, needs }: Hub, nowMs: number): Promise<void> {
  const behind = [...listeners]
    .filter(({ live, body }) => !live && body.readableLength === 0)
    .slice(0, limits.together)
  const { sql } = needs.store
  const bring = async (listener: Listener) => {
    const { audience, place } = listener
    const events = await readOwnAfter(sql, audience, { place, limit: limits.page })
    for (const event of events) {
      if (isFull(listener)) return
      tell(listener, { event, text: textOf(needs, event), nowMs })
    }
    listener.live = events.length < limits.page
  }
  await Promise.all(behind.map(bring))
}
