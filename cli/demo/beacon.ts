/**
 * S1 (KR 2017, Kim/Kwon): a till hears the device in a car, the person's phone asks, and a code of
 * the device's chip confirms exactly this payment; refuelling takes less than the ceiling.
 */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { proximityProgram } from '@warifu/cli/programs'
import { airOf } from '@warifu/cli/proximity-air'
import { makeDeviceOf, openLinkTo, type ProximityDevice } from '@warifu/cli/proximity-devices'
import { sandboxFileOf } from '@warifu/cli/state-folder'
import type { Question } from '@warifu/devices/terminal'
import { type BeaconListener, listenForBeacons } from '@warifu/sdk/beacon-listener'
import { type Checks, JourneyEnded } from './checks.ts'
import { availableOf, becomeHolder, type Holder } from './journey.ts'
import { checkReading } from './reading.ts'
import type { Reader, Saboteur, World } from './world.ts'

type Tampering = {
  /** What becomes of the code that the till heard. */
  readonly bend?: (code: string) => string
  /** What the person enters for the till's number. */
  readonly enter?: (number: string) => string
  /** Another chip of the same person answers. */
  readonly isOther?: boolean
  /** The device is switched off once it was heard. */
  readonly isGone?: boolean
}
type Fuel = { readonly amount: number; readonly extent: 'exact' | 'up_to' }

type Carried = ProximityDevice & { readonly port: number; readonly stop: () => Promise<void> }
let made = 0

/** A device of this journey alone: its process, its air, a till's ear. */
async function carry({ sandbox }: World, stack: AsyncDisposableStack) {
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const airPort = await choosePort()
  const air = airOf(airPort)
  const [, group = ''] = air.split(':')
  const ear = await listenForBeacons({ air: { kind: 'udp', group, port: airPort } })
  stack.defer(() => ear.close())
  const device = async (carrier: 'obd_plug' | 'key_ring'): Promise<Carried> => {
    made += 1
    const { home, operator, walletOrigin } = sandbox
    const one = await makeDeviceOf({ home, name: `demo-${made}`, carrier, operator })
    const port = await choosePort()
    const sandboxFile = sandboxFileOf(home)
    const { memoryFile } = one
    const settings = { memoryFile, linkPort: port, walletOrigin, air, sandboxFile }
    const log = join(home, 'logs', `${one.name}.log`)
    const child = await startChild(await proximityProgram(settings), log, keeper)
    await untilReady(child, saidReady(child))
    stack.defer(child.stop)
    return { ...one, port, stop: child.stop }
  }
  return { ear, device }
}

const linkOf = ({ sandbox: { walletOrigin } }: World, { port }: Carried) =>
  openLinkTo({ port, walletOrigin })

export async function journey(
  world: World,
  checks: Checks,
  { fuel, tampering }: { readonly fuel: Fuel; readonly tampering: Tampering },
): Promise<{ readonly holder: Holder; readonly before: number; readonly paid: `pay_${string}` }> {
  await using stack = new AsyncDisposableStack()
  const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  const { terminal, card } = holder
  const { ear, device } = await carry(world, stack)
  const pair = async (one: Carried, name: string) => {
    const link = await linkOf(world, one)
    await terminal.pairDevice(link, { label: one.label, name, card })
    link.close()
  }
  const car = await checks.step('a device is made: its chip admitted, its keys as key blocks', () =>
    device('obd_plug'),
  )
  const heard = await checks.step('a till hears a code that tells it nothing', () => hear(ear))
  await checks.step('its label is scanned: the phone pairs with it', () => pair(car, 'car'))
  const before = await availableOf(holder)
  const { bend = (code) => code } = tampering
  const asked = await checks.step('the till asks with what it heard', () =>
    world.merchant.payments.create({
      ...{ ...fuel, currency: 'jpy', capture_method: 'manual' },
      presentment: { kind: 'beacon', code: bend(heard) },
    }),
  )
  const number = asked.match_number ?? ''
  checks.that('two digits on the till, and nothing of anybody', asked.card === null, number)
  const question = await checks.step('the phone is asked', () => ask(holder, asked.id))
  const other = tampering.isOther === true ? await device('key_ring') : car
  if (other !== car) await pair(other, 'keys')
  if (tampering.isGone === true) await car.stop()
  const { enter = (shown) => shown } = tampering
  await checks.step('the number is entered, the chip makes its code, the vault verifies both', () =>
    confirm(world, { holder, question, number: enter(number), by: other }),
  )
  const { status } = await world.merchant.payments.get(asked.id)
  checks.that('authorised', status === 'authorized', status)
  return { holder, before, paid: asked.id }
}

async function hear(ear: BeaconListener): Promise<string> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const [nearest] = ear.nearby()
    if (nearest !== undefined) return nearest.code
    await sleep(50)
  }
  throw new JourneyEnded('nothing was heard')
}

async function ask({ terminal }: Holder, payment: string): Promise<Question> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const found = (await terminal.questions()).find(({ content }) => content.subject.id === payment)
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error('nobody was asked')
}

type Confirming = {
  readonly holder: Holder
  readonly question: Question
  readonly number: string
  readonly by: Carried
}

async function confirm(world: World, { holder, question, number, by }: Confirming): Promise<void> {
  const link = await linkOf(world, by)
  const how = { device: by.device, number, verifyUser: true }
  await holder.terminal.confirmByDevice(link, question, how).finally(() => link.close())
}

export const exact: Fuel = { amount: 1200, extent: 'exact' }
const ceiling: Fuel = { amount: 9000, extent: 'up_to' }

export async function runBeacon(world: World, checks: Checks): Promise<readonly Reader[]> {
  const { holder, before, paid } = await journey(world, checks, { fuel: exact, tampering: {} })
  await checks.step('the till captures', () => world.merchant.payments.capture(paid))
  checks.that('¥1,200 were paid', before - (await availableOf(holder)) === 1200)
  return await checkReading({ world, checks, holder })
}

export async function runRefuelling(world: World, checks: Checks): Promise<readonly Reader[]> {
  const { holder, before, paid } = await journey(world, checks, { fuel: ceiling, tampering: {} })
  checks.that('the ceiling is held', before - (await availableOf(holder)) === 9000)
  await checks.step('¥4,310 were pumped, and are taken', () =>
    world.merchant.payments.capture(paid, { amount: 4310 }),
  )
  checks.that('the rest is released', before - (await availableOf(holder)) === 4310)
  await checks.refused('more is not to be had', 'payment_state', () =>
    world.merchant.payments.capture(paid, { amount: 1 }),
  )
  return await checkReading({ world, checks, holder })
}

const plans: readonly (Tampering & { readonly name: string; readonly expects: string })[] = [
  {
    name: 'another till’s number is entered: the broadcast was relayed',
    expects: 'match_number_wrong',
    enter: (shown) => String((Number(shown) + 1) % 100).padStart(2, '0'),
  },
  { name: 'another chip of the same person answers', expects: 'chip_mismatch', isOther: true },
  { name: 'the device is out of reach', expects: 'device_not_near', isGone: true },
  {
    name: 'one letter of the heard code altered',
    expects: 'Error: nobody was asked',
    bend: (code) => (code.startsWith('A') ? 'B' : 'A') + code.slice(1),
  },
]

const saboteursOf = (fuel: Fuel): readonly Saboteur[] =>
  plans.map(({ name, expects, ...tampering }) => ({
    name,
    expects: [expects],
    run: async (world, checks) => void (await journey(world, checks, { fuel, tampering })),
  }))

export const beaconSaboteurs = saboteursOf(exact)
export const refuellingSaboteurs = saboteursOf(ceiling)
