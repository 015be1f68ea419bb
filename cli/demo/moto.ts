/**
 * S4, by telephone (JP2024-058277): the agent keys the card that the customer reads out on the
 * entry device, declared as such; or asks for no card at all, and the customer's own phone rings.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { scanFolder } from '@warifu/cli/scan'
import type { Reply } from '@warifu/protocol/contract'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Fetch } from '@warifu/sdk/api-call'
import { type Checks, JourneyEnded } from './checks.ts'
import { paid } from './entry-device.ts'
import { availableOf, becomeHolder, type Holder } from './journey.ts'
import { checkReading } from './reading.ts'
import { keyed, openTill, type Till } from './till.ts'
import type { Reader, Saboteur, World } from './world.ts'

type Question = Reply<'getApproval'>
type Stage = { readonly world: World; readonly checks: Checks; readonly holder: Holder }
type Keyed = Stage & { readonly till: Till }

const payIdOf = (payment: string): Id<'pay'> => {
  if (!isId('pay', payment)) throw new JourneyEnded('the sale names no payment')
  return payment
}

/** The agent keys number, expiry and code; a part is given back; the rest is another day's. */
async function orderKeyed({ world, checks, till }: Keyed): Promise<Id<'pay'>> {
  const { merchant } = world
  const sold = await paid(checks, 'the agent keys the card', till.sell(1200, keyed(), 'moto'))
  const id = payIdOf(sold.payment)
  const payment = await merchant.payments.get(id)
  checks.that('it is declared as a phone order', payment.presentment === 'moto')
  const hops = (await merchant.payments.timeline(id)).flatMap((one) => one.hops)
  const reads = (party: string) =>
    hops.some(({ to, readable }) => to === party && readable.includes('card'))
  checks.that('its timeline: the device alone reads a card', reads('entry_device'))
  checks.that('and neither shop nor platform', !reads('merchant') && !reads('server'))
  await checks.step('it is captured', () => merchant.payments.capture(id))
  await checks.step('¥200 are given back', () => merchant.payments.refund(id, { amount: 200 }))
  const over = () => merchant.payments.refund(id, { amount: 1001 }).then(() => ({}))
  await checks.refused('never more than was captured', 'amount_above_captured', over)
  return id
}

const ring = ({ merchant }: World, phone: string, amount: number) =>
  merchant.payments.create({
    ...{ amount, currency: 'jpy', capture_method: 'manual' },
    presentment: { kind: 'phone', phone },
  })

/** It is looked for whom to ask once the shop has its answer, so that its time tells nothing. */
async function questionOf({ terminal }: Holder, payment: Id<'pay'>): Promise<Question> {
  for (let patience = 200; patience > 0; patience -= 1) {
    const found = (await terminal.questions()).find(({ content }) => content.subject.id === payment)
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new JourneyEnded('nobody was asked')
}

type Yes = { readonly by?: Holder; readonly says?: 'deny' }

/** No card is told at all: the phone rings, the person sees shop and amount, and says yes. */
async function orderByNumber({ world, checks, holder }: Stage, { by = holder, says }: Yes = {}) {
  const asked = await checks.step('the shop asks by the phone number alone', () =>
    ring(world, holder.phone, 900),
  )
  checks.that('the shop learns nothing of whose it is', asked.card === null && asked.link === null)
  const question = await checks.step('the phone rings', () => questionOf(holder, asked.id))
  if (says === 'deny') await holder.terminal.answer(question, says)
  else
    await checks.step('the person approves what is shown', () =>
      by.terminal.presentAsked(question, by.card, { verifyUser: true }),
    )
  return authorised(checks, 'the order is paid', await world.merchant.payments.get(asked.id))
}

/** Ends the journey where it is not; the decline's own code is what was seen. */
function authorised(checks: Checks, name: string, payment: Reply<'getPayment'>): Id<'pay'> {
  const { status, declined_because, id } = payment
  checks.that(name, status === 'authorized', declined_because ?? status)
  if (status !== 'authorized') throw new JourneyEnded(name)
  return id
}

/** The shop keeps the card of either order as a token; the next order asks for nothing. */
async function repeat({ world, checks }: Stage, payment: Id<'pay'>): Promise<void> {
  const { tokens, payments } = world.merchant
  const token = await checks.step('the shop gets a token for next time', () =>
    tokens.create({ source: { kind: 'payment', payment } }),
  )
  const again = () => ({
    ...{ amount: 700, currency: 'jpy', capture_method: 'manual' as const },
    presentment: { kind: 'token' as const, token: token.token ?? '' },
  })
  const name = 'the next order is paid by it, with nobody rung'
  authorised(checks, name, await payments.create(again()))
  await checks.step('the token is deleted', () => tokens.delete(token.id))
  const gone = () => payments.create(again())
  await checks.refused('a deleted token charges nothing', 'token_unknown', gone)
}

async function become(world: World, checks: Checks, name = 'Aiko'): Promise<Holder> {
  return await becomeHolder({ world, checks, person: world.person(), name })
}

export async function runMoto(world: World, checks: Checks): Promise<readonly Reader[]> {
  const holder = await become(world, checks)
  const stage = { world, checks, holder }
  await using till = await checks.step('the telephone desk has an entry device', () =>
    openTill({ world, card: holder.card }),
  )
  const before = await availableOf(holder)
  await orderKeyed({ ...stage, till })
  const rung = await orderByNumber(stage)
  await repeat(stage, rung)
  const held = before - (await availableOf(holder))
  checks.that('¥2,600 are paid and held, and no more', held === 2600, String(held))
  const readers = await checkReading(stage)
  const found = await scanFolder(till.folder, [till.plastic.pan])
  checks.that('the number is not in the desk’s files, nor the device’s', found.length === 0)
  const what = 'ciphertext of keyed cards, outcomes'
  return [...readers, { who: 'the telephone desk', held: what, number: found.length > 0 }]
}

const rewriting =
  (...pairs: readonly (readonly [from: string, to: string])[]) =>
  (fetch: Fetch): Fetch =>
  (url, init) => {
    const body = pairs.reduce((text, [from, to]) => text.replace(from, to), String(init.body))
    return init.method === 'POST' ? fetch(url, { ...init, body }) : fetch(url, init)
  }
const asShopSale = ['"kind":"moto"', '"kind":"entry_device"'] as const

/** What goes wrong with a keyed order, on the desk's own machine or on its line. */
const keyedPlans = [
  {
    name: 'a phone order passed off as a sale in the shop',
    expects: 'entry_mismatch',
    wrap: rewriting(asShopSale),
  },
  {
    name: 'the same, with the channel taken out of what the device has signed',
    expects: 'entry_invalid',
    wrap: rewriting(asShopSale, [',"channel":"moto"', '']),
  },
] as const

const keyedSaboteurs: readonly Saboteur[] = keyedPlans.map((plan) => ({
  name: plan.name,
  expects: [plan.expects],
  run: async (world: World, checks: Checks) => {
    const holder = await become(world, checks)
    await using till = await openTill({ world, card: holder.card, wrap: plan.wrap })
    await paid(checks, 'the agent keys the card', till.sell(1200, keyed(), 'moto'))
  },
}))

const rungSaboteurs: readonly Saboteur[] = [
  {
    name: 'the person who is rung says no',
    expects: ['approval_denied'],
    run: async (world, checks) => {
      const holder = await become(world, checks)
      await orderByNumber({ world, checks, holder }, { says: 'deny' })
    },
  },
  {
    name: 'somebody else’s phone says yes',
    expects: ['already_claimed'],
    run: async (world, checks) => {
      const holder = await become(world, checks)
      const by = await become(world, checks, 'Beni')
      await orderByNumber({ world, checks, holder }, { by })
    },
  },
]

export const motoSaboteurs: readonly Saboteur[] = [...keyedSaboteurs, ...rungSaboteurs]
