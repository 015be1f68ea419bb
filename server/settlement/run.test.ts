// Goal: a long run shows how far it is, stops where it is told to, and goes on in any process; what
// is owed below zero, or came back from the bank, is carried into the next day.
// Method: 450 movements on a real PostgreSQL, collected piece by piece by two processes' doors.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { createMerchant } from '#merchants'
import { createSettlement, type SettlementRow } from './settlement.ts'
import { collect, openDays } from './settling.ts'

const DAY_MS = 86_400_000
const startMs = Date.UTC(2027, 0, 5, 10)
const morning = (days: number) => Date.UTC(2027, 0, 5 + days, 0, 15)
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'settlement run' }, startMs)
})
after(() => stage.close())

async function openMerchant(): Promise<Id<'mer'>> {
  const id = stage.mint('mer', stage.lane())
  await createMerchant(stage.store.sql, { id, name: '花屋', nowMs: startMs })
  return id
}

/** So many movements of this sum each. */
async function move(merchant: Id<'mer'>, count: number, amount: number, nowMs: number) {
  await stage.store.sql`
    select ledger.correct_payable(${laneOf(merchant)}::smallint, ${merchant},
             ${`${amount}/${nowMs}/`} || n, ${amount}, 'jpy', ${nowMs}::bigint)
      from generate_series(1, ${count}::int) n`
}

/** As a process of its own would see it: nothing is kept between two of them. */
const house = () => createSettlement(stage)
const all = { limit: 100, before: undefined }
/** The newest day first. */
const daysOf = async (merchant: Id<'mer'>): Promise<SettlementRow[]> =>
  (await house().list({ merchant, page: all })).sort((a, b) => b.cut_ms - a.cut_ms)

async function sound(merchant: Id<'mer'>): Promise<void> {
  assert.deepEqual((await house().check([laneOf(merchant)])).faults, [])
}

test('a run is held after a piece, and another process goes on where it stood', async () => {
  const merchant = await openMerchant()
  await move(merchant, 450, 10, startMs)
  await openDays(stage, morning(1))
  const [opened] = await daysOf(merchant)
  assert(opened !== undefined)
  assert.deepEqual([opened.status, opened.items, opened.items_total], ['collecting', 0, 450])

  await collect(stage, opened.id, { pieces: 1, nowMs: morning(1) })
  assert.equal((await daysOf(merchant))[0]?.items, 200)
  await sound(merchant)

  assert((await house().hold(opened.id, true)).ok)
  await house().tick(morning(1))
  assert.equal((await daysOf(merchant))[0]?.items, 200, 'held')
  assert((await house().hold(opened.id, false)).ok)

  await Promise.all([house().tick(morning(1)), house().tick(morning(1))])
  await house().tick(morning(1))
  const [closed, ...more] = await daysOf(merchant)
  assert.equal(more.length, 0)
  assert(closed !== undefined)
  assert.deepEqual([closed.status, closed.items, closed.net], ['ready', 450, 4500])
  assert.deepEqual(await house().hold(opened.id, true), {
    ok: false,
    refusal: 'settlement_state',
  })
  const items = await house().items({ settlement: opened.id, limit: 1000, after: undefined })
  assert.equal(
    items.reduce((sum, { amount }) => sum + amount, 0),
    4500,
  )
  await sound(merchant)
})

test('what the bank could not pay is paid with the next day, once', async () => {
  const merchant = await openMerchant()
  await move(merchant, 3, 100, startMs)
  await house().tick(morning(1))
  const payout = (await daysOf(merchant))[0]?.payout
  assert(payout)
  const failed = {
    payout,
    status: 'failed' as const,
    bankReference: null,
    reason: 'closed',
  }
  for (const nowMs of [morning(1), morning(1) + 1])
    assert((await house().endPayout({ ...failed, nowMs })).ok)
  const paid = { ...failed, status: 'paid' as const, nowMs: morning(1) }
  assert.deepEqual(await house().endPayout(paid), { ok: false, refusal: 'payout_state' })
  assert.equal((await house().balances(merchant))[0]?.amount, 300n)

  await house().tick(morning(2))
  const [next, first] = await daysOf(merchant)
  assert.deepEqual(
    [first?.status, next?.carried, next?.net, next?.status],
    ['carried', 300, 300, 'ready'],
  )
  await sound(merchant)
})

test('a balance below zero is carried, and taken of what comes', async () => {
  const merchant = await openMerchant()
  await move(merchant, 1, -700, startMs)
  await house().tick(morning(1))
  const [below] = await daysOf(merchant)
  assert.deepEqual([below?.status, below?.net, below?.payout], ['carried', -700, null])
  await house().tick(morning(3))
  assert.equal((await daysOf(merchant)).length, 1, 'nothing moved: no day')
  await move(merchant, 1, 1000, morning(3))
  await house().tick(morning(4))
  const [next] = await daysOf(merchant)
  assert.deepEqual([next?.carried, next?.net, next?.status], [-700, 300, 'ready'])
  await sound(merchant)
})

test('a day ends where the merchant is; a change of zone settles no day twice', async () => {
  const merchant = await openMerchant()
  assert.equal(await house().putZone(merchant, 'Asia/Tokyo'), true)
  assert.equal(await house().putZone(merchant, 'Asia/Nowhere'), false)
  const [before, after_] = [Date.UTC(2027, 0, 5, 14, 59), Date.UTC(2027, 0, 5, 15, 1)]
  await move(merchant, 1, 100, before)
  await move(merchant, 1, 200, after_)
  await house().tick(Date.UTC(2027, 0, 5, 15, 5))
  const [tokyo] = await daysOf(merchant)
  assert.deepEqual([tokyo?.day, tokyo?.zone, tokyo?.net], ['2027-01-05', 'Asia/Tokyo', 100])
  await house().putZone(merchant, 'UTC')
  await house().tick(morning(1))
  assert.equal((await daysOf(merchant)).length, 1, 'no second 5th of January')
  await house().tick(startMs + 2 * DAY_MS)
  const [utc] = await daysOf(merchant)
  assert.deepEqual([utc?.day, utc?.zone, utc?.net], ['2027-01-06', 'UTC', 200])
  await sound(merchant)
})

/** As the merchant's own calendar calls an instant. */
const calledIn = (timeZone: string, ms: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(ms)

test('every day of a leap year ends once, whatever its clocks do', async () => {
  // Clocks go forward at 02:00, or at midnight itself; half an hour only; or never.
  const zones = ['America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Tokyo']
  const fromMs = Date.UTC(2028, 0, 1, 12)
  for (const zone of zones) {
    const rows = await stage.store.sql<{ day: string; end: number }[]>`
      with recursive day as (
        select 1 as n, ledger.day_end(${zone}, ${fromMs}) as ends
        union all
        select n + 1, ledger.day_end(${zone}, ends) from day where n < 366)
      select ledger.day_called(${zone}, ends - 1) as day, ends::float8 as end from day order by n`
    for (const [at, { day, end }] of rows.entries()) {
      const next = rows[at + 1]?.day ?? calledIn(zone, end)
      assert.deepEqual([calledIn(zone, end - 1), calledIn(zone, end)], [day, next], zone)
    }
    const days = rows.map(({ day }) => day)
    assert.equal(new Set(days).size, 366, zone)
    for (const last of ['2028-01-31', '2028-02-29', '2028-04-30', '2028-12-31'])
      assert(days.includes(last), `${zone} ${last}`)
  }
})

test('the last moment of a month is that month’s, by the shop’s clock', async () => {
  const merchant = await openMerchant()
  assert.equal(await house().putZone(merchant, 'America/New_York'), true)
  // On the night to 14 March 2027 New York's clocks go forward: the day has 23 hours.
  const [last, ends] = [Date.UTC(2027, 2, 14, 5), Date.UTC(2027, 2, 15, 4)]
  await move(merchant, 1, 100, last)
  await move(merchant, 1, 20, ends - 1)
  await move(merchant, 1, 3, ends)
  await house().tick(ends + 60_000)
  const [first] = await daysOf(merchant)
  assert.deepEqual([first?.day, first?.cut_ms, first?.net], ['2027-03-14', ends, 120])
  const [march, april] = [Date.UTC(2027, 3, 1, 3, 59, 59, 999), Date.UTC(2027, 3, 1, 4)]
  await house().tick(ends + 36 * 3_600_000)
  await move(merchant, 1, 50, march)
  await move(merchant, 1, 7, april)
  await house().tick(april + 60_000)
  const [month] = await daysOf(merchant)
  assert.deepEqual([month?.day, month?.cut_ms, month?.net], ['2027-03-31', april, 50])
  await sound(merchant)
})
