// Goal: a reader is told everything it may read, once and in order, however transactions overlap
//   and however slowly it reads; a process holds little for it; and it is told only while the key
//   or terminal that it came in by stands.
// Method: real PostgreSQL with transactions held open; the tail is driven by hand and by its clock.
import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@warifu/protocol/errors'
import type { EventType } from '@warifu/protocol/event-types'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import postgres from 'postgres'
import type { Db, Tx } from '#store'
import { endsOf } from './log.ts'
import { append } from './outbox.ts'
import { readPlace } from './place.ts'
import { createStreams, type Holder, limits } from './streams.ts'

const startMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'streams' }, startMs)
})
after(() => stage.close())

type Reader = Id<'mer'> | Id<'chl'>
type Told = { readonly subject: string; readonly type?: EventType; readonly size?: number }

const write = async (db: Db, audience: Reader, { subject, type, size = 0 }: Told) =>
  append(
    db,
    [
      {
        id: stage.mint('evt'),
        audience,
        type: type ?? 'payment.created',
        subject,
        sequence: 1,
        data: { filling: 'x'.repeat(size) },
      },
    ],
    startMs,
  )

function hubOf(standing = new Set<Holder>()) {
  const everybody = async (holders: readonly Holder[]) =>
    new Set(holders.filter((one) => standing.size === 0 || standing.has(one)))
  const show = ({ subject, data }: { subject: string; data: object }) => ({ subject, ...data })
  return createStreams({ store: stage.store, show, standing: everybody })
}

const opened = (answer: Answer<Readable>): Readable => {
  assert(answer.ok)
  return answer.value
}

/** What was pushed and not taken yet. */
function take(body: Readable): { readonly text: string; readonly subjects: string[] } {
  const text = String(body.read() ?? '')
  const subjects = [...text.matchAll(/^data: \{"subject":"([^"]+)"/gm)].map(([, one = '']) => one)
  return { text, subjects }
}

/** Turns the tail until so many were told. */
async function tailUntil(tail: () => Promise<void>, body: Readable, count: number) {
  const found: string[] = []
  for (let patience = 200; found.length < count && patience > 0; patience -= 1) {
    await tail()
    found.push(...take(body).subjects)
    if (found.length < count) await sleep(25)
  }
  return found
}

const listen = (audience: Reader, holder: Holder = stage.mint('key')) => ({
  audience,
  holder,
  from: undefined,
  nowMs: startMs,
})

test('what was written first and committed last is not passed over', async () => {
  const merchant = stage.mint('mer')
  const hub = hubOf()
  const tail = () => hub.tail(startMs)
  const body = opened(await hub.open(listen(merchant)))
  await tail()
  let commit = () => {}
  const held = new Promise<void>((resolve) => {
    commit = resolve
  })
  let written = () => {}
  const ready = new Promise<void>((resolve) => {
    written = resolve
  })
  const slow = stage.store.transaction(async (tx: Tx) => {
    await write(tx, merchant, { subject: 'slow' })
    written()
    await held
  })
  await ready
  await write(stage.store.sql, merchant, { subject: 'quick' })
  for (let turn = 0; turn < 5; turn += 1) await tail()
  assert.deepEqual(take(body).subjects, [], 'nothing yet: the older transaction still runs')
  commit()
  await slow
  assert.deepEqual(await tailUntil(tail, body, 2), ['slow', 'quick'])
})

/** Runs a transaction that has written, until it is released. */
async function holdOpen(sql: postgres.Sql): Promise<() => Promise<void>> {
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const whole = sql.begin(async (tx) => {
    await tx`select pg_current_xact_id()`
    begin()
    await held
  })
  await begun
  return async () => {
    release()
    await whole
  }
}

test('what another database of the cluster writes holds nobody up', async () => {
  const elsewhere = postgres(process.env['WARIFU_TEST_SERVER_ADMIN_URL'] ?? '', { max: 1 })
  const merchant = stage.mint('mer')
  const hub = hubOf()
  const tail = () => hub.tail(startMs)
  const release = await holdOpen(elsewhere)
  const body = opened(await hub.open(listen(merchant)))
  await tail()
  await write(stage.store.sql, merchant, { subject: 'at once' })
  const found = await tailUntil(tail, body, 1)
  await release()
  await elsewhere.end()
  assert.deepEqual(found, ['at once'])
})

test('whatever overlaps, all is told once, and nothing behind what was told', async () => {
  const elsewhere = postgres(process.env['WARIFU_TEST_SERVER_ADMIN_URL'] ?? '', { max: 2 })
  const merchant = stage.mint('mer')
  const hub = hubOf()
  const tail = () => hub.tail(startMs)
  const body = opened(await hub.open(listen(merchant)))
  await tail()
  const ours = Array.from({ length: 4 }, (_, writer) => async () => {
    for (let at = 0; at < 60; at += 1)
      await stage.store.transaction(async (tx: Tx) => {
        await write(tx, merchant, { subject: `w${writer}-${at}` })
        if ((at + writer) % 3 === 0) await sleep(1)
      })
  })
  const theirs = Array.from({ length: 2 }, () => async () => {
    for (let at = 0; at < 150; at += 1)
      await elsewhere.begin((tx) => tx`select pg_current_xact_id()`)
  })
  let writing = true
  const all = Promise.all([...ours, ...theirs].map((work) => work())).finally(() => {
    writing = false
  })
  let text = ''
  while (writing) {
    await tail()
    text += String(body.read() ?? '')
  }
  await all
  await elsewhere.end()
  for (let turns = 200; turns > 0 && (text.match(/^event: /gm)?.length ?? 0) < 240; turns -= 1) {
    await tail()
    text += String(body.read() ?? '')
    await sleep(10)
  }
  const rows = await stage.store.sql<{ place: string }[]>`
    select xid::text || '.' || id as place from events.event
     where audience = ${merchant} order by xid, id`
  const told = [...text.matchAll(/^id: (.+)\nevent: /gm)].map(([, place = '']) => place)
  assert.equal(rows.length, 240)
  assert.deepEqual(
    told,
    rows.map(({ place }) => place),
  )
})

test('each reads its own; a shared event is read by both, once', async () => {
  const { sql } = stage.store
  const [merchant, other, person] = [stage.mint('mer'), stage.mint('mer'), stage.mint('chl')]
  const hub = hubOf()
  const tail = () => hub.tail(startMs)
  const bodies = await Promise.all(
    [merchant, other, person].map(async (one) => opened(await hub.open(listen(one)))),
  )
  await write(sql, other, { subject: 'theirs' })
  await sql`
    select events.append_shared(
      row(0, ${stage.mint('evt')}, ${merchant}, 'payment.captured', 'shared', 1, '{}')::events.item,
      ${person}, ${startMs})`
  const [mine, theirs, persons] = bodies
  assert(mine && theirs && persons)
  assert.deepEqual(await tailUntil(tail, persons, 1), ['shared'])
  assert.deepEqual(await tailUntil(tail, mine, 1), ['shared'])
  assert.deepEqual(await tailUntil(tail, theirs, 1), ['theirs'])
})

test('a reader goes on at its place, over many pages, on another process', async () => {
  const merchant = stage.mint('mer')
  const first = hubOf()
  const body = opened(await first.open(listen(merchant)))
  const [, begun = ''] = /^id: (.+)$/m.exec(take(body).text) ?? []
  body.destroy()
  const subjects = Array.from({ length: 2 * limits.page + 5 }, (_, at) => `s${at}`)
  for (const subject of subjects) await write(stage.store.sql, merchant, { subject })
  const second = hubOf()
  const resumed = opened(await second.open({ ...listen(merchant), from: readPlace(begun) }))
  const found = await tailUntil(() => second.tail(startMs), resumed, subjects.length)
  assert.deepEqual(found, subjects)
  await write(stage.store.sql, merchant, { subject: 'live' })
  assert.deepEqual(await tailUntil(() => second.tail(startMs), resumed, 1), ['live'])
})

test('a place that this log has not reached yet counts as now', async () => {
  const merchant = stage.mint('mer')
  const hub = hubOf()
  const { now } = await endsOf(stage.store.sql)
  const from = { xid: now.xid + 1_000_000n, id: '' }
  const body = opened(await hub.open({ ...listen(merchant), from }))
  await write(stage.store.sql, merchant, { subject: 'after all' })
  assert.deepEqual(await tailUntil(() => hub.tail(startMs), body, 1), ['after all'])
})

test('a slow reader is not buffered without end, and misses nothing', async () => {
  const merchant = stage.mint('mer')
  const hub = hubOf()
  const tail = () => hub.tail(startMs)
  const body = opened(await hub.open(listen(merchant)))
  take(body)
  await tail()
  const subjects = Array.from({ length: 300 }, (_, at) => `big${at}`)
  for (const subject of subjects) await write(stage.store.sql, merchant, { subject, size: 1000 })
  for (let turn = 0; turn < 10; turn += 1) await tail()
  await sleep(500)
  for (let turn = 0; turn < 10; turn += 1) await tail()
  assert(body.readableLength > 0)
  assert(body.readableLength < limits.backlogBytes + 2000, `${body.readableLength} bytes`)
  assert.deepEqual(await tailUntil(tail, body, subjects.length), subjects)
})

test('one that has stopped reading is cut; an idle one hears a beat', async () => {
  const [merchant, idle] = [stage.mint('mer'), stage.mint('mer')]
  const hub = hubOf()
  const stuck = opened(await hub.open(listen(merchant)))
  const body = opened(await hub.open(listen(idle)))
  await hub.tail(startMs)
  assert.match(take(body).text, /^: open\nid: \d+\.\n\n$/)
  for (let atMs = 1000; atMs < limits.stallMs; atMs += 1000) {
    await hub.tail(startMs + atMs)
    assert.equal(take(body).text, atMs % limits.beatMs === 0 ? ': beat\n\n' : '')
    assert.equal(stuck.destroyed, false)
  }
  await hub.tail(startMs + limits.stallMs)
  assert.equal(stuck.destroyed, true)
  assert.equal(body.destroyed, false)
})

test('nobody holds more than their share, and a closed one gives its place back', async () => {
  const [merchant, holder] = [stage.mint('mer'), stage.mint('key')]
  const hub = hubOf()
  const bodies: Readable[] = []
  for (let count = 0; count < limits.perHolder; count += 1)
    bodies.push(opened(await hub.open(listen(merchant, holder))))
  const more = await hub.open(listen(merchant, holder))
  assert.deepEqual(more, { ok: false, refusal: 'too_many_streams' })
  opened(await hub.open(listen(merchant)))
  bodies[0]?.destroy()
  await sleep(10)
  opened(await hub.open(listen(merchant, holder)))
})

const isEnded = async (body: Readable): Promise<boolean> => {
  body.resume()
  await sleep(10)
  return body.readableEnded
}

test('a revoked key hears no more', async () => {
  const [merchant, key, other] = [stage.mint('mer'), stage.mint('key'), stage.mint('key')]
  const standing = new Set<Holder>([key, other])
  const hub = hubOf(standing)
  const body = opened(await hub.open(listen(merchant, key)))
  const stays = opened(await hub.open(listen(merchant, other)))
  await hub.tail(startMs)
  standing.delete(key)
  await hub.tail(startMs + limits.standingMs)
  assert.equal(await isEnded(body), true)
  assert.equal(await isEnded(stays), false)
})

test('a suspended terminal is told why and hears no more; another one goes on', async () => {
  const [person, phone, tablet] = [stage.mint('chl'), stage.mint('trm'), stage.mint('trm')]
  const standing = new Set<Holder>([phone, tablet])
  const hub = hubOf(standing)
  const body = opened(await hub.open(listen(person, phone)))
  const other = opened(await hub.open(listen(person, tablet)))
  await hub.tail(startMs)
  standing.delete(phone)
  // The look that finds it suspended comes before the notice: it waits for it.
  await hub.tail(startMs + limits.standingMs)
  take(body)
  await write(stage.store.sql, person, { subject: phone, type: 'terminal.suspended' })
  await write(stage.store.sql, person, { subject: 'later', type: 'card.suspended' })
  const tail = () => hub.tail(startMs + limits.standingMs + 1)
  assert.deepEqual(await tailUntil(tail, other, 2), [phone, 'later'])
  assert.deepEqual(take(body).subjects, [phone])
  assert.equal(await isEnded(body), true)
  assert.equal(await isEnded(other), false)
})

test('where the notice does not come, the second look ends it', async () => {
  const [person, phone] = [stage.mint('chl'), stage.mint('trm')]
  const hub = hubOf(new Set<Holder>([stage.mint('trm')]))
  const body = opened(await hub.open(listen(person, phone)))
  await hub.tail(startMs)
  assert.equal(await isEnded(body), false)
  await hub.tail(startMs + limits.standingMs)
  assert.equal(await isEnded(body), true)
})

test('while nobody listens PostgreSQL is not asked; afterwards nothing is told twice', async () => {
  const silent = createStreams({
    store: { sql: refusing },
    show: () => ({}),
    standing: async () => new Set(),
  })
  await silent.tail(startMs)
  const hub = hubOf()
  const merchant = stage.mint('mer')
  const body = opened(await hub.open(listen(merchant)))
  await hub.tail(startMs)
  hub.endAll()
  assert.equal(await isEnded(body), true)
  await hub.tail(startMs)
})

const refusing = (() => {
  throw new Error('asked')
}) as unknown as Rehearsal['store']['sql']
