/**
 * The five systems as a newcomer meets them: from nobody to one payment each, by the same pieces as
 * the demo (cli/demo), without its search of disks and its refusals.
 */

import type { Presentment } from '@warifu/protocol/objects'
import type { TourSystem } from '@warifu/web/tour'
import { exact, journey } from './beacon.ts'
import type { Checks } from './checks.ts'
import { paid } from './entry-device.ts'
import { ask, becomeHolder, type Holder, payBy } from './journey.ts'
import { begin, ended, enter, insert, PIN, plugIn } from './reader.ts'
import { equip, payBySim } from './sim.ts'
import { createSimWorld, takeIntoUse } from './sim-world.ts'
import { keyed, openTill } from './till.ts'
import type { World } from './world.ts'

type Journey = {
  /** The way in which the shop asks, by which its payment is known. */
  readonly presentment: Presentment
  readonly run: (world: World, checks: Checks) => Promise<unknown>
}

const holderIn = (world: World, checks: Checks): Promise<Holder> =>
  becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })

async function payByWallet(world: World, checks: Checks): Promise<void> {
  const holder = await holderIn(world, checks)
  const { link } = await checks.step('the shop asks, and shows a link', () =>
    ask(world, { amount: 1200 }),
  )
  await checks.step('¥1,200 with the passkey', () => payBy(holder, link, true))
}

async function payByReader(world: World, checks: Checks): Promise<void> {
  const holder = await holderIn(world, checks)
  await using phone = await checks.step('a reader is paired with the phone and registered', () =>
    plugIn(world, holder),
  )
  const id = await checks.step('the shop asks by telephone number; the person says yes', () =>
    begin(world, holder, phone),
  )
  await checks.step('the chip is read and sealed for this sale', async () => {
    await insert(phone, phone.plastic)
    await phone.page.until('pin')
  })
  await checks.step('the PIN is keyed at the reader and sealed in the same context', async () => {
    await enter(phone, PIN)
    await phone.page.until('paid')
  })
  const { status } = await ended(world, id)
  checks.that('the shop is told: authorized', status === 'authorized', status)
}

async function payInSim(world: World, checks: Checks): Promise<void> {
  await using sims = await createSimWorld(world)
  const holder = await equip(world, checks)
  const pressed = await checks.step('the vault writes the SIM by SCP03', () =>
    sims.sim(holder.card),
  )
  const bridge = await sims.bridge(pressed)
  const { line, sim } = await checks.step('page and bridge pair; SIM PIN in its window', () =>
    takeIntoUse(holder, bridge),
  )
  await checks.step('¥300 by one press of a key', () => payBySim(world, { holder, line, sim }, 300))
}

async function payAtTill(world: World, checks: Checks): Promise<void> {
  const holder = await holderIn(world, checks)
  await using till = await checks.step('an operator admits the device; its keys are loaded', () =>
    openTill({ world, card: holder.card }),
  )
  await paid(checks, 'the card is keyed in and pays', till.sell(1200, keyed()))
}

export const journeys: Readonly<Record<TourSystem, Journey>> = {
  S0: { presentment: 'wallet', run: payByWallet },
  S1: {
    presentment: 'beacon',
    run: (world, checks) => journey(world, checks, { fuel: exact, tampering: {} }),
  },
  S2: { presentment: 'wallet', run: payInSim },
  S3: { presentment: 'reader', run: payByReader },
  S4: { presentment: 'entry_device', run: payAtTill },
}
