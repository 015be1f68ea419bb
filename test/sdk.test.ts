// Goal: ten lines of the SDK's README take a payment, as they stand there; a stream that is cut,
//   and a program that starts again, miss nothing.
// Method: the README's example as a program of its own against real processes, a cardholder who
//   reads its link; a relay that cuts the line of a stream.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { root } from '@warifu/cli/state-folder'
import { createWarifu, type StreamedEvent, type StreamOptions } from '@warifu/sdk/sdk'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let aiko: Holder

before(async () => {
  house = await startHouse({ relays: ['client'] })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
})
after(async () => await house?.stop())

async function readmeExample(): Promise<string> {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(
    await readFile(join(root, 'sdk', 'README.md'), 'utf8'),
  ) ?? ['']
  assert.ok(example)
  assert.ok(example.trim().split('\n').length <= 11, 'ten lines and a blank one')
  return example
}

test('the README’s ten lines take a payment', async () => {
  const example = await readmeExample()
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', example], {
    cwd: root,
    env: { ...process.env, WARIFU_API_KEY: house.seed.api_key, WARIFU_API_URL: house.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    const [link] = /http\S+#\S+$/.exec(line) ?? []
    if (link !== undefined) assert.equal((await pay(aiko, link)).status, 'authorized')
  }
  assert.equal(await ended, 0)
  assert.match(lines.at(-1) ?? '', /^(?:authorized|captured), card ···· [0-9]{4}$/)
  const [paid] = await people.merchant.payments.list().take(1)
  assert.deepEqual([paid?.amount, paid?.order.lines[0]?.description], [1200, 'Blend coffee'])
})

test('a customer who says no, and one who is too late, are decisions too', async () => {
  const { id, link } = await people.ask()
  const decided = people.merchant.payments.whenDecided(id)
  await aiko.terminal.deny(await aiko.terminal.claim(link))
  const { status, declined_because } = await decided
  assert.deepEqual([status, declined_because], ['declined', 'approval_denied'])
  const late = await people.ask({ expires_in: 1 })
  assert.equal((await people.merchant.payments.whenDecided(late.id)).status, 'expired')
})

test('a card that paid is kept as a token, charged by it, and forgotten', async () => {
  const { payments, tokens } = people.merchant
  const { id: payment, link } = await people.ask()
  await pay(aiko, link)
  const { id, token: digits } = await tokens.create({ source: { kind: 'payment', payment } })
  const presentment = { kind: 'token', token: digits ?? '', initiator: 'customer' } as const
  const again = { amount: 300, currency: 'jpy', presentment }
  assert.equal(
    (await payments.create(again)).card?.last4,
    (await payments.get(payment)).card?.last4,
  )
  const [kept] = await tokens.list().take(9)
  assert.deepEqual([kept?.id, kept?.token], [id, null])
  assert.equal((await tokens.get(id)).token, digits)
  await tokens.delete(id)
  await assert.rejects(payments.create(again), { code: 'token_unknown' })
})

test('whoever gives up waiting is told why', async () => {
  const { id } = await people.ask()
  const enough = new AbortController()
  const waiting = people.merchant.payments.whenDecided(id, { signal: enough.signal })
  setTimeout(() => enough.abort(new Error('the shop closes')), 300)
  await assert.rejects(waiting, /the shop closes/)
})

test('a stream that is cut, and one begun anew, miss nothing and tell nothing twice', async () => {
  const { events } = createWarifu({ apiUrl: house.url, apiKey: house.seed.api_key })
  const heard: StreamedEvent[] = []
  const { promise: open, resolve } = Promise.withResolvers<void>()
  const hear = async (until: () => boolean, options: StreamOptions) => {
    for await (const one of events.stream(options)) {
      heard.push(one)
      if (until()) return
    }
  }
  const subjects = () => heard.map(({ event }) => event.subject)
  const made: string[] = []
  const listening = hear(() => made.length === 3 && subjects().includes(made[2] ?? ''), {
    onState: () => resolve(),
  })
  await open
  for (const amount of [1, 2, 3]) {
    made.push((await people.ask({ amount })).id)
    house.relay('client').cut()
  }
  await listening
  assert.deepEqual(subjects(), made)
  const [first] = heard.splice(0)
  assert.ok(first)
  await hear(() => heard.length === 2, { after: first.place })
  assert.deepEqual(subjects(), made.slice(1))
})
