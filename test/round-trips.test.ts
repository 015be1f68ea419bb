// Goal: a presented card costs exactly one round trip to PostgreSQL and one to the vault; cards
//   presented together share statements.
// Method: relays that count. What the server does by its own clock is noise that only adds: the
//   cost of a payment is the least of several windows; what names the payment is counted besides.
//   The vault's frames are read: of its clock the server asks for one thing only, known by name.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forge } from '@warifu/cli/tampering'
import type { Claim } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf, sendPresent } from './people.ts'
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

const roundTrips = () => house.relay('database').counts().roundTrips

/** Asked for every quarter of an hour, whoever pays meanwhile: the codes of the next epoch. */
const BY_THE_CLOCK = 'make_epoch_codes'

/** The vault's frames of `work`: what each of them asks, and how many answer about this card. */
async function vaultFrames(card: Id<'crd'>, work: () => Promise<void>) {
  const asked: string[] = []
  let answered = 0
  house.relay('vault').hook(({ direction, bytes }): Verdict => {
    if (direction === 'up') asked.push(operationsOf(bytes))
    else if (bytes.includes(card)) answered += 1
    return 'pass'
  })
  await work()
  house.relay('vault').hook()
  return { asked: asked.filter((frame) => frame !== ''), answered }
}

/** The clock may have a frame of its own, or a place in another's. */
function operationsOf(frame: Buffer): string {
  const calls: { operation: string }[] = JSON.parse(frame.toString('utf8', 4))
  const names = calls.map(({ operation }) => operation)
  return names.filter((name) => name !== BY_THE_CLOCK).join()
}

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
      const start = roundTrips()
      const frames = await vaultFrames(holder.card, send)
      costs.push(roundTrips() - start)
      assert.deepEqual(frames, { asked: ['open_card'], answered: 1 })
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
