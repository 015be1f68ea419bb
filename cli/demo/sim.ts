/**
 * S2 (KR100451174B1): a card in the SIM's files, written by the vault, read by a bridge beside the
 * wallet after the SIM's PIN, sealed for the card's company; two PIN digits only when it asks.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { operateVault } from '@warifu/cli/programs'
import {
  type BridgeLine,
  callBridge,
  claim,
  linkSim,
  pairBridge,
  presentSim,
  type Sim,
  showSim,
} from '@warifu/devices/terminal'
import type { Fetch } from '@warifu/sdk/api-call'
import type { Checks } from './checks.ts'
import { ask, becomeHolder, type Holder } from './journey.ts'
import { checkReading } from './reading.ts'
import { codes, createSimWorld, type SimWorld, takeIntoUse } from './sim-world.ts'
import type { Reader, Saboteur, World } from './world.ts'

const CARD_PIN = '4719'
const byDefault = { choice: { default: true as const }, verifyUser: true }

/** From nobody to somebody whose card is in their SIM, with a PIN. */
export async function equip(world: World, checks: Checks, wrap?: (fetch: Fetch) => Fetch) {
  const person = wrap === undefined ? world.person() : world.person(wrap)
  const holder = await becomeHolder({ world, checks, person, name: 'Aiko' })
  const { home, operator } = world.sandbox
  const file = (name: string) => join(home, `${holder.card}.${name}`)
  await writeFile(file('pin'), CARD_PIN, { mode: 0o600 })
  const named = ['--card', holder.card, '--pin-file', file('pin'), '--out', file('plastic')]
  await operateVault(operator, ['personalise-card', ...named])
  return holder
}

type Using = {
  readonly holder: Holder
  readonly line: BridgeLine
  readonly sim: Sim
}

export async function payBySim(world: World, { holder, line, sim }: Using, amount: number) {
  const { payment, link } = await ask(world, { amount })
  const claimed = await claim(holder.needs, link, 'sim')
  const presented = await presentSim(holder.needs, line, claimed, { sim: sim.id, ...byDefault })
  if (presented.status !== 'authorized') throw new Error(presented.declined_because ?? 'declined')
  return { payment, presented, claimed }
}

export async function runSim(world: World, checks: Checks): Promise<readonly Reader[]> {
  await using sims = await createSimWorld(world)
  const { mode } = sims
  const isCi = process.env['CI'] === 'true'
  checks.that(`the SIM answers by ${mode}`, mode === 'pcsc' || !isCi, mode)
  const holder = await equip(world, checks)
  const pressed = await checks.step('the vault writes the SIM by SCP03', () =>
    sims.sim(holder.card),
  )
  checks.that('through commands that were ciphertext', pressed.commands > 10)
  const bridge = await sims.bridge(pressed)
  const { line, sim } = await checks.step('page and bridge pair; SIM PIN in its window', () =>
    takeIntoUse(holder, bridge),
  )
  const used = { holder, line, sim }
  const small = await checks.step('¥300 by one press of a key', () => payBySim(world, used, 300))
  checks.that('an approval number came back', small.presented.approval.startsWith('apr_'))
  const shown = await world.merchant.payments.get(small.payment.id)
  checks.that('the shop sees a reference and four digits', shown.card?.last4.length === 4)
  await askForDigits(world, checks, used)
  await refuse(world, checks, used)
  return [
    ...(await checkReading({ world, checks, holder })),
    { who: `the SIM (${mode})`, held: 'number and two PIN digits, behind its PIN', number: true },
  ]
}

/** The card company asks from ¥10,000 on; below, no digit leaves the SIM. */
async function askForDigits(world: World, checks: Checks, { holder, line, sim }: Using) {
  const { link } = await ask(world, { amount: 12_000 })
  const claimed = await claim(holder.needs, link, 'sim')
  const how = { sim: sim.id, ...byDefault }
  const first = await showSim(holder.needs, line, claimed, { ...how, withDigits: false })
  checks.that('the company asks for PIN digits', first.next_action?.kind === 'pin_digits')
  const second = await checks.step('¥12,000 with two PIN digits, sealed', () =>
    showSim(holder.needs, line, claimed, { ...how, withDigits: true }),
  )
  checks.that('authorised', second.status === 'authorized', second.status)
}

async function refuse(world: World, checks: Checks, used: Using): Promise<void> {
  const write = (digits: string) =>
    callBridge(used.line, 'digits', { choice: { default: true }, digits })
  await write('00')
  await checks.refused('other digits than the PIN’s', 'pin_digits_wrong', async () => {
    const { presented } = await payBySim(world, used, 12_000)
    return presented
  })
  await write(CARD_PIN.slice(0, 2))
  const stranger = { ...used.line, token: 'A'.repeat(43) }
  await checks.refused('a page that nobody allowed', 'not_paired', async () => {
    await callBridge(stranger, 'sim', {})
    return {}
  })
}

// ─── Sabotage ────────────────────────────────────────────────────────────────────────────────────

type Plan = {
  readonly name: string
  readonly expects: readonly string[]
  readonly wrap?: (fetch: Fetch) => Fetch
  readonly pay?: (world: World, sims: SimWorld, holder: Holder) => Promise<unknown>
}

const honest = async (world: World, sims: SimWorld, holder: Holder) => {
  const bridge = await sims.bridge(await sims.sim(holder.card))
  return payBySim(world, { holder, ...(await takeIntoUse(holder, bridge)) }, 300)
}

const plans: readonly Plan[] = [
  {
    name: 'a wrong SIM PIN, until it is blocked',
    expects: ['sim_pin_blocked'],
    pay: async (_world, sims, holder) => {
      const bridge = await sims.bridge(await sims.sim(holder.card))
      const pairing = pairBridge(holder.needs, bridge.line)
      await bridge.answer()
      const linking = linkSim(holder.needs, await pairing)
      linking.catch(() => undefined)
      for (let wrong = 0; wrong < 3; wrong += 1) await bridge.answer('0000')
      return linking
    },
  },
  {
    name: 'a SIM into which nothing was written',
    expects: ['sim_not_written'],
    pay: async (_world, sims, holder) =>
      takeIntoUse(holder, await sims.bridge(await sims.sim(holder.card, []))),
  },
  {
    name: 'the same card in another SIM, in the linked bridge',
    expects: ['sim_other'],
    pay: async (world, sims, holder) => {
      const bridge = await sims.bridge(await sims.sim(holder.card))
      const used = { holder, ...(await takeIntoUse(holder, bridge)) }
      await bridge.stop()
      const port = Number(new URL(bridge.url).port)
      const swapped = await sims.bridge(await sims.sim(holder.card), port)
      const paying = payBySim(world, used, 300)
      paying.catch(() => undefined)
      await swapped.answer(codes.pin)
      return paying
    },
  },
  {
    name: 'the amount altered on the way',
    expects: ['signature_invalid'],
    wrap: (fetch) => (url, init) =>
      url.endsWith('/present')
        ? fetch(url, { ...init, body: String(init.body).replace('"amount":', '"amount":1') })
        : fetch(url, init),
  },
  {
    name: 'other PIN digits in the SIM than the PIN’s',
    expects: ['pin_digits_wrong'],
    pay: async (world, sims, holder) => {
      const bridge = await sims.bridge(await sims.sim(holder.card))
      const used = { holder, ...(await takeIntoUse(holder, bridge)) }
      await callBridge(used.line, 'digits', { choice: { default: true }, digits: '00' })
      return payBySim(world, used, 12_000)
    },
  },
]

export const simSaboteurs: readonly Saboteur[] = plans.map((plan) => ({
  name: plan.name,
  expects: plan.expects,
  run: async (world, checks) => {
    await using sims = await createSimWorld(world)
    const holder = await equip(world, checks, plan.wrap)
    await checks.step('the SIM pays', () => (plan.pay ?? honest)(world, sims, holder))
  },
}))
