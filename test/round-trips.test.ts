// Goal: a presented card costs exactly one round trip to PostgreSQL and one to the vault; cards
//   presented together share statements.
// Method: relays that count. What the server does by its own clock is noise that only adds: the
//   cost of a payment is the least of several windows; what names the payment is counted besides.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Claim } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { type House, startHouse } from './house.ts'
import { forge, type Holder, type People, pay, peopleOf, sendPresent } from './people.ts'
import { holdAt, type Verdict } from './relay.ts'

const TERMINALS = 8

let house: House
let people: People
let holders: readonly Holder[]

before(async () => {
  house = await startHouse({ relays: ['database', 'vault'] })
  people = peopleOf(house)
  holders = await Promise.all(
    Array.from({ length: TERMINALS }, (_, at) => people.become(`Holder ${at}`)),
  )
  await Promise.all(holders.map((holder) => payNew(holder)))
})
after(async () => await house?.stop())

const payNew = async (holder: Holder) => pay(holder, (await people.ask({ amount: 100 })).link)

/** Everything but the sending, so that a window holds nothing else. */
const ready = async (holder: Holder) => readied(holder, await claimNew(holder))
const claimNew = async ({ terminal }: Holder) =>
  terminal.claim((await people.ask({ amount: 100 })).link)

async function readied(holder: Holder, claim: Claim) {
  const request = await forge(holder, { claim })
  const send = async () => assert.equal((await sendPresent(holder, request)).status, 'authorized')
  return { payment: claim.payment, send }
}

const counts = () => ({
  roundTrips: house.relay('database').counts().roundTrips,
  asked: house.relay('vault').counts().up,
  answered: house.relay('vault').counts().down,
})

/** How often PostgreSQL is told one of these words while `work` is done, and shortly after. */
async function naming(words: readonly string[], work: () => Promise<void>): Promise<number> {
  let told = 0
  house.relay('database').hook(({ direction, bytes }): Verdict => {
    if (direction === 'up' && words.some((word) => bytes.includes(word))) told += 1
    return 'pass'
  })
  await work()
  await sleep(50)
  house.relay('database').hook()
  return told
}

test('one card: one round trip to PostgreSQL, one frame to the vault and one back', async () => {
  const [holder] = holders
  assert(holder)
  const { terminal } = await holder.terminal.state()
  const costs: number[] = []
  const claims: Claim[] = []
  for (let turn = 0; turn < 10; turn += 1) claims.push(await claimNew(holder))
  // The shop's own requests, which name these payments too, are logged a moment later.
  await sleep(1000)
  for (const claim of claims) {
    const { payment, send } = await readied(holder, claim)
    const told = await naming([payment, terminal ?? '', holder.card], async () => {
      const start = counts()
      await send()
      const end = counts()
      costs.push(end.roundTrips - start.roundTrips)
      assert.equal(end.asked - start.asked, 1)
      assert.equal(end.answered - start.answered, 1)
    })
    assert.equal(told, 1)
  }
  assert.equal(Math.min(...costs), 1, `round trips: ${costs.join()}`)
})

test('cards presented together share statements', async () => {
  const presented = await Promise.all(holders.map(ready))
  const payments: readonly Id<'pay'>[] = presented.map(({ payment }) => payment)
  const names = (bytes: Buffer) => payments.some((payment) => bytes.includes(payment))
  // Slow statements, so that the others gather behind them whatever this machine's speed is.
  const hold = holdAt(({ direction, bytes }) => direction === 'up' && names(bytes), 300)
  let statements = 0
  house.relay('database').hook((frame) => {
    if (frame.direction === 'up' && names(frame.bytes)) statements += 1
    return hold(frame)
  })
  await Promise.all(presented.map(({ send }) => send()))
  house.relay('database').hook()
  assert(statements >= 1 && statements <= TERMINALS / 2, `${statements} for ${TERMINALS} payments`)
  const shown = await Promise.all(payments.map(people.show))
  assert(shown.every(({ status }) => status === 'authorized'))
})
