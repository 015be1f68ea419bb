// Goal: a till that is ended by SIGKILL at any moment of a sale learns at its next start what
//   happened: charged once, or void. And no card data is in it: memory, files, log, traffic.
// Method: the module in a process of its own, killed when a message passes our relays; real device,
//   server and vault. The memory scan's control is a number that the till was told in a reference.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { scanMemory } from '@warifu/cli/process-memory'
import { findNumbers, scanFolder } from '@warifu/cli/scan'
import { isId } from '@warifu/protocol/ids'
import type { ModuleOptions, Outcome, Resumed } from '@warifu/sdk/communication-module'
import { type Counter, setUpCounter } from './counter.ts'
import { type House, startHouse } from './house.ts'
import type { Told } from './module-process.ts'
import { peopleOf } from './people.ts'
import { cutAt, type Direction, type Relay } from './relay.ts'

const AMOUNT = 100
const entry = join(import.meta.dirname, 'module-process.ts')
/** Nobody's number, in a field that the till carries: what the scans must find. */
const planted = '4929123456781238'

let house: House
let counter: Counter
let folder: string
let options: ModuleOptions
const children: ChildProcess[] = []

before(async () => {
  house = await startHouse({ relays: ['client'] })
  counter = await setUpCounter(house)
  folder = await mkdtemp(join(tmpdir(), 'warifu-module-'))
  const { api_key: apiKey, merchant } = house.seed
  if (!isId('mer', merchant)) throw new Error('the seed names no merchant')
  const places = [{ kind: 'tcp', host: '127.0.0.1', port: counter.bench.port }] as const
  options = { apiKey, apiUrl: house.url, merchant, folder, places }
})
after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await counter?.bench[Symbol.asyncDispose]()
  await house?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function ask(child: ChildProcess, told: Told): Promise<unknown> {
  child.send(told)
  const [said] = await once(child, 'message')
  if (!('done' in said)) throw new Error(said.failed)
  return said.done
}

async function openTill(): Promise<ChildProcess> {
  const child = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.push(child)
  await ask(child, { do: 'open', options })
  return child
}

const paymentsOf = async (reference: string) => {
  const found = []
  for await (const payment of peopleOf(house).merchant.payments.list())
    if (payment.merchant_reference === reference) found.push(payment)
  return found
}

type Moment = readonly [
  name: string,
  relay: () => Relay,
  direction: Direction,
  holds: string,
  ends: Outcome['state'],
]
const line = () => counter.bench.relay
const wire = () => house.relay('client')

// biome-ignore format: a table
const moments: readonly Moment[] = [
  ['when it asks for a card',         line, 'up',   '"sale"',            'failed_nothing_charged'],
  ['when the message comes',          line, 'down', '"message"',         'failed_nothing_charged'],
  ['when the platform is asked',      wire, 'up',   '/v1/payments ',     'approved'],
  ['when the platform answers',       wire, 'down', '"object":"payment"', 'approved'],
]

suite('killed', () => {
  for (const [name, relay, direction, holds, ends] of moments)
    test(name, async () => {
      const [funds, reference] = [await counter.available(), randomUUID()]
      const customer = counter.customer()
      const till = await openTill()
      const dead = once(till, 'exit')
      let times = 0
      relay().hook(
        cutAt(
          (frame) => times === 0 && frame.direction === direction && frame.bytes.includes(holds),
          async () => {
            times += 1
            till.kill('SIGKILL')
            await dead
          },
        ),
      )
      ask(till, { do: 'sale', amount: AMOUNT, reference }).catch(() => {})
      assert.deepEqual(await dead, [null, 'SIGKILL'])
      relay().hook()
      await customer.leave()
      const again = await openTill()
      // As module-process.ts answers: what `resume` gave.
      const [resumed, ...more] = (await ask(again, { do: 'resume' })) as readonly Resumed[]
      assert.deepEqual(more, [])
      assert.equal(resumed?.reference, reference)
      assert.equal(resumed?.outcome.state, ends)
      assert.deepEqual(await ask(again, { do: 'resume' }), [], 'nothing is left open')
      const isPaid = ends === 'approved'
      assert.equal((await paymentsOf(reference)).length, isPaid ? 1 : 0)
      assert.equal(await counter.available(), funds - (isPaid ? AMOUNT : 0))
      again.kill('SIGKILL')
      await once(again, 'exit')
    })
})

test('the till holds nothing of the card', async () => {
  const customer = counter.customer()
  const till = await openTill()
  const reference = `number ${planted}`
  const sold = await ask(till, { do: 'sale', amount: AMOUNT, reference })
  await customer.leave()
  assert.match(JSON.stringify(sold), /"approved"/)
  const { pan } = counter.card
  const judge = (found: readonly { readonly number: string }[]) => {
    const numbers = new Set(found.map(({ number }) => number))
    assert.deepEqual([...numbers], [planted], 'the planted number is found, the card’s is not')
  }
  const { pid } = till
  assert(pid)
  if (process.platform === 'linux') judge(scanMemory(pid, [pan, planted]))
  judge(await scanFolder(folder, [pan, planted]))
  judge(findNumbers(wire().captured('up'), [pan, planted]))
  for (const captured of [line().captured('up'), line().captured('down'), wire().captured('down')])
    assert(!findNumbers(captured, [pan]).length)
  till.kill('SIGKILL')
  await once(till, 'exit')
})
