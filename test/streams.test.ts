// Goal: what happens is told to whoever may read it, and to nobody else, on every process.
// Method: two real server processes on one database, the SDK's reader and the terminal's.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Followed, followEvents } from '@warifu/sdk/follow-events'
import { type House, startHouse } from './house.ts'
import { collect } from './listening.ts'
import { type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let apiKey: string

before(async () => {
  house = await startHouse({ servers: 2 })
  people = peopleOf(house)
  apiKey = house.seed.api_key ?? ''
})
after(async () => await house?.stop())

const merchantStream = (url: string, from?: string) =>
  collect((following) => followEvents({ fetch, apiUrl: url }, apiKey, following), from)

const typesOf = (found: readonly Followed[], subject: string) =>
  found.filter(({ event }) => event.subject === subject).map(({ event }) => event.type)

test('a payment is told to its merchant on every process, and to its cardholder', async () => {
  const [one, two] = house.urls.map((url) => merchantStream(url))
  assert(one && two)
  const holder = await people.become('Aiko')
  const notices = collect(holder.terminal.followNotices)
  for (const stream of [one, two, notices]) await stream.opened()
  const { id, link } = await people.ask({ amount: 900 })
  await pay(holder, link)
  await people.merchant.payments.capture(id)
  await people.merchant.payments.refund(id, { amount: 400 })
  const whole = ['created', 'claimed', 'authorized', 'captured', 'refunded'].map(
    (t) => `payment.${t}`,
  )
  for (const stream of [one, two]) {
    await stream.saw('payment.refunded', id)
    assert.deepEqual(typesOf(stream.found, id), whole)
    const sequence = stream.found.filter(({ event }) => event.subject === id)
    assert.deepEqual(
      sequence.map(({ event }) => event.sequence),
      [1, 2, 3, 4, 5],
    )
  }
  assert.deepEqual(
    one.found.map(({ place }) => place),
    two.found.map(({ place }) => place),
  )
  await notices.saw('payment.refunded', id)
  assert.deepEqual(typesOf(notices.found, id), ['payment.captured', 'payment.refunded'])
  const listed = await people.merchant.events.list({ limit: 2 }).take(5)
  assert.deepEqual(
    listed.map(({ type }) => type),
    whole.toReversed(),
  )
  for (const stream of [one, two, notices]) await stream.stop()
})
