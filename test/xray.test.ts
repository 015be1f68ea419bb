/**
 * Goal: the X-ray of a payment is what crossed the wires: as many messages, between the same
 *   parties, in the same order; a message that was dropped is missing, a refusal is where it ends.
 * Method: a house with relays before the server and before the vault; each system pays once while
 *   they record, and their record is compared with the arrows drawn from the timeline. The devices
 *   of a person let no relay in (they check the Host they are called by): there the phone's own
 *   end of the line is counted.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { operateServer } from '@warifu/cli/operators'
import type { ChipLink } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { type Arrow, xrayOf } from '@warifu/web/xray'
import postgres from 'postgres'
import { type Capture, createCapture } from './capture.ts'
import { askFor, openTill, type Till } from './charging.ts'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay } from './people.ts'
import { openAir } from './proximity.ts'
import { type Bench, openBench, PIN, questionFor } from './reader-bench.ts'
import { cutAt } from './relay.ts'
import { compareWith, arrowsOf as drawn, routeOf } from './xray-compare.ts'

let house: House
let bench: Bench
let people: People
let aiko: Holder
let till: Till
let database: postgres.Sql
let capture: Capture

before(async () => {
  house = await startHouse({ relays: ['client', 'vault'] })
  bench = await openBench(house)
  people = bench.people
  aiko = bench.holder
  till = await openTill(house, people)
  database = postgres(house.serverDatabase.url, { max: 1, onnotice: () => {} })
  capture = createCapture()
  house.relay('vault').hook(capture.vault)
})
beforeEach(() => house.relay('client').hook(capture.client))
after(async () => {
  await bench?.close()
  await database?.end()
  await house?.stop()
})

const arrowsOf = (payment: Id<'pay'>) => drawn({ database, people }, payment)
const compare = (payment: Id<'pay'>, near?: string) =>
  compareWith({ database, people, capture }, payment, near)

const keysOf = (arrows: readonly Arrow[]) =>
  arrows.flatMap(({ to, chips }) =>
    to === 'vault' ? chips.flatMap((chip) => (chip.kind === 'sealed' ? [chip.sealed] : [])) : [],
  )

test('wallet: link, claim, card, capture', async () => {
  capture.begin()
  const { id, link } = await people.ask()
  await pay(aiko, link)
  await people.merchant.payments.capture(id)
  const arrows = await compare(id)
  assert.equal(capture.seen().length, 10)
  const [key] = keysOf(arrows)
  assert.match(key?.check_value ?? '', /^[0-9A-F]{6}$/)
  const answered = arrows.find(({ from }) => from === 'vault')
  assert.ok((answered?.sinceMs ?? 0) > 0, 'the vault took its time')
})

test('entry device: one request, one opening', async () => {
  const ask = askFor()
  const message = till.message(await till.typed(aiko), ask)
  capture.begin()
  const { id } = await till.charge({ kind: 'entry_device', message }, ask)
  const [key] = keysOf(await compare(id))
  assert.match(key?.check_value ?? '', /^[0-9A-F]{6}$/)
})

test('token: the vault is not asked at all', async () => {
  const ask = askFor()
  const message = till.message(await till.typed(aiko), ask)
  const first = await till.charge({ kind: 'entry_device', message }, ask)
  const body = { source: { kind: 'payment', payment: first.id } } as const
  const { token } = await callApi(people.api, 'createToken', {
    body,
    headers: till.headers(randomUUID()),
  })
  capture.begin()
  const { id } = await till.charge({ kind: 'token', token: token ?? '' }, askFor(700))
  const arrows = await compare(id)
  assert.ok(!arrows.some(({ to }) => to === 'vault'))
})

test('beacon: asked, shown, confirmed by the chip', async () => {
  await using air = await openAir(house)
  const car = await air.make('car')
  const code = await air.hearNew()
  const link = await car.link()
  const { label } = car
  await aiko.terminal.pairDevice(link, { label, name: 'car', card: aiko.card })
  capture.begin()
  const asked = await people.merchant.payments.create({
    ...({ amount: 1200, currency: 'jpy', capture_method: 'manual' } as const),
    presentment: { kind: 'beacon', code },
  })
  capture.watch(asked.id)
  const question = await questionFor(aiko.terminal, asked.id)
  await aiko.terminal.received(question)
  const counted: ChipLink = {
    ...link,
    ask: async (request) => {
      capture.note('terminal>proximity_device')
      const answer = await link.ask(request)
      capture.note('proximity_device>terminal')
      return answer
    },
  }
  const how = { device: car.device, number: asked.match_number ?? '', verifyUser: true }
  await aiko.terminal.confirmByDevice(counted, question, how)
  link.close()
  const arrows = (await compare(asked.id, 'proximity_device')).slice(1)
  assert.equal(arrows.filter(({ message }) => message === 'verify_chip').length, 1)
})

test('reader: a key pair for the sale, the card, the PIN', async () => {
  capture.begin()
  const { id } = await bench.ask()
  capture.watch(id)
  await bench.approve(id)
  await bench.hands.insert(bench.card)
  await bench.page.until('pin')
  await bench.hands.key(PIN)
  await bench.page.until('paid')
  const arrows = await compare(id)
  const messages = bench.page.heard.filter(({ tell }) => tell === 'sealed').length
  assert.equal(arrows.filter(({ from }) => from === 'reader').length, messages)
  const [card, pin] = keysOf(arrows)
  assert.deepEqual([card?.what, pin?.what], ['card', 'PIN'])
  assert.ok(card?.key !== 'vault' && card?.key === pin?.key, 'one key')
})

test('a message that is dropped is missing; said again, it is there once', async () => {
  const { id, link } = await people.ask()
  const claim = await aiko.terminal.claim(link)
  const presents = ({ bytes }: { readonly bytes: Buffer }) => /\/present /.test(bytes.toString())
  house.relay('client').hook(cutAt(presents))
  await assert.rejects(aiko.terminal.present(claim, aiko.card, { verifyUser: true }))
  const dropped = await arrowsOf(id)
  assert.equal(dropped.filter(({ message }) => message === 'presentCard').length, 0)
  house.relay('client').hook(capture.client)
  await aiko.terminal.retry()
  const arrows = await arrowsOf(id)
  assert.equal(arrows.length, dropped.length + 6)
  assert.equal(arrows.filter(({ message }) => message === 'presentCard').length, 1)
})

test('a refused payment ends where it was refused; what comes before has crossed', async () => {
  capture.begin()
  const { id, link } = await people.ask({ amount: 50_001 })
  await assert.rejects(pay(aiko, link), { code: 'limit_exceeded' })
  const arrows = await arrowsOf(id)
  const last = arrows.at(-1)
  assert.deepEqual(
    [last?.refused, last?.message, last?.inside],
    ['limit_exceeded', 'authorize', true],
  )
  const crossed = arrows.filter(({ inside, reported }) => !inside && !reported)
  const seen = capture.seen().map(({ route }) => route)
  assert.deepEqual([...crossed.map(routeOf), 'server>terminal'], seen)
})

test('an auditor without an account reads it by a link, once two people have agreed', async () => {
  const { id, link: paying } = await people.ask()
  await pay(aiko, paying)
  const made = [await linkBy(id, 'Emi'), await linkBy(id, 'Fumio')]
  assert.equal(made[0], null, 'one person is not enough')
  const link = made[1] ?? assert.fail('no link')
  const { timeline } = await callApi(people.api, 'readXray', { body: { link } })
  assert.equal(xrayOf(timeline).arrows.length, (await arrowsOf(id)).length)
})

async function linkBy(id: Id<'pay'>, name: string): Promise<string | null> {
  const added = await operateServer(house.serverDatabase.url, ['add', name, 'operator'])
  const headers = { authorization: `Bearer ${JSON.parse(added).token}` }
  const asked = { params: { id }, body: {}, headers }
  return (await callApi(people.api, 'makeXrayLink', asked)).link
}
