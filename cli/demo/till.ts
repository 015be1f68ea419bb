/**
 * A till of the demo's shop: an entry device as a process of its own with keys of the vault, hands
 * that key, swipe and insert, and the communication module that drives it.
 */
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Child, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { equipWithCard, type Injection, type Plastic } from '@warifu/cli/entry-device-keys'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { entryDeviceProgram } from '@warifu/cli/programs'
import { sandboxFileOf } from '@warifu/cli/state-folder'
import { makeDevice, openPanel, type Panel } from '@warifu/devices/entry-device'
import { createPaymentCard, paymentCard, reset } from '@warifu/devices/payment-card'
import { isId } from '@warifu/protocol/ids'
import type { Fetch } from '@warifu/sdk/api-call'
import { openCommunicationModule } from '@warifu/sdk/communication-module'
import type { World } from './world.ts'

export type Till = {
  readonly device: Injection['device']
  /** Where the communication module writes its sales down. */
  readonly folder: string
  readonly plastic: Plastic
  /** A sale, with the card shown by these hands; answers with how it ended. */
  readonly sell: (amount: number, show: Hands, channel?: 'moto') => Promise<Sold>
  readonly tamper: () => Promise<void>
  readonly stateOf: () => Promise<string | undefined>
  /** Puts an old copy of the device's memory back, as somebody would who copied the device. */
  readonly rollBack: (work: () => Promise<void>) => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
export type Sold = { readonly state: string; readonly code: string; readonly payment: string }
export type Hands = (panel: Panel, plastic: Plastic) => Promise<unknown>

type Opening = {
  readonly world: World
  readonly card: string
  /** Puts somebody between the till and the platform. */
  readonly wrap?: (fetch: Fetch) => Fetch
}

export async function openTill({ world, card, wrap = (fetch) => fetch }: Opening): Promise<Till> {
  const { sandbox, traffic } = world
  await using stack = new AsyncDisposableStack()
  const { operator, seed, url: apiUrl } = sandbox
  const fetch = wrap(traffic.fetchOf('merchant'))
  const secrets = join(sandbox.home, 'secrets')
  const api = { fetch: traffic.fetchOf('merchant'), apiUrl }
  const place = { api, apiKey: seed.api_key, operator, folder: secrets }
  if (!isId('crd', card)) throw new RangeError('card: an id of a card')
  const { injection, plastic } = await equipWithCard(place, 'Till 1', card)
  const folder = join(sandbox.home, 'tills', injection.device)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const power = await plugIn(
    { folder, sandboxFile: sandboxFileOf(sandbox.home) },
    injection,
    keeper,
  )
  stack.defer(() => power.off())
  const { merchant } = seed
  if (!isId('mer', merchant)) throw new Error('the seed names no merchant')
  const places = [{ kind: 'tcp', host: '127.0.0.1', port: power.port } as const]
  const shop = { fetch, apiKey: seed.api_key, apiUrl, merchant, places }
  const module = await openCommunicationModule({ ...shop, folder: join(folder, 'sales') })
  stack.defer(() => module.close())
  const owned = stack.move()
  return {
    device: injection.device,
    folder,
    plastic,
    sell: async (amount, show, channel) => {
      const by = channel === undefined ? {} : { channel }
      const asked = { amount, currency: 'jpy', capture_method: 'manual', ...by } as const
      const { done } = await module.sale({ ...asked, timeoutS: 20 })
      await power.hand((panel) => show(panel, plastic))
      return soldOf(await done)
    },
    tamper: () => power.hand(async (panel) => void (await panel.tamper())),
    stateOf: async () => (await module.devices())[0]?.state,
    rollBack: power.rollBack,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  }
}

function soldOf(outcome: { readonly state: string }): Sold {
  const { state, code, payment } = { code: '', payment: '', ...outcome }
  return { state, code: code ?? '', payment }
}

/** The device's process, on what its file has kept; its keys are loaded through its own port. */
async function plugIn(
  { folder, sandboxFile }: { readonly folder: string; readonly sandboxFile: string },
  { device, kbpk, key_block }: Injection,
  keeper: ReturnType<typeof createKeeper>,
) {
  const memoryFile = join(folder, 'key-memory')
  makeDevice(memoryFile, { device, kbpk: Uint8Array.from(Buffer.from(kbpk, 'hex')) })
  const [port, panelPort] = [await choosePort(), await choosePort()]
  const program = await entryDeviceProgram({ memoryFile, panelPort, link: { port }, sandboxFile })
  const start = async (): Promise<Child> => {
    const child = await startChild(program, join(folder, 'device.log'), keeper)
    await untilReady(child, saidReady(child))
    return child
  }
  let child = await start()
  const hand = async (work: (panel: Panel) => Promise<unknown>): Promise<void> => {
    const panel = await openPanel(panelPort)
    await work(panel)
    panel.close()
  }
  await hand((panel) => panel.loadKey(key_block))
  return {
    port,
    hand,
    off: () => child.stop(),
    rollBack: async (work: () => Promise<void>) => {
      await copyFile(memoryFile, `${memoryFile}.copy`)
      await work()
      await child.stop()
      await copyFile(`${memoryFile}.copy`, memoryFile)
      child = await start()
    },
  }
}

const asked = async (panel: Panel): Promise<void> => {
  for (let patience = 400; (await panel.look()).state !== 'busy'; patience -= 1) {
    if (patience === 0) throw new Error('the device did not ask for a card')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Number, expiry (MMYY) and security code, as a person keys them in. */
export const keyed =
  (code?: string): Hands =>
  async (panel, { pan, expiry, security_code }) => {
    await asked(panel)
    for (const digits of [pan, expiry.slice(2) + expiry.slice(0, 2), code ?? security_code]) {
      await panel.digits(digits)
      await panel.key('accept')
    }
  }

export const swiped: Hands = async (panel, { track2 }) => {
  await asked(panel)
  await panel.swipe(`;${track2}?`)
}

/** The chip of the plastic card; a new one each time, so that its counter goes on from `atc`. */
export const inserted =
  (atc: number): Hands =>
  async (panel, plastic) => {
    await asked(panel)
    const discretionary = { stripe: plastic.track2.slice(-8), chip: '00000000' }
    let card = reset({
      ...createPaymentCard({
        pan: plastic.pan,
        psn: plastic.pan_sequence,
        expiry: plastic.expiry,
        name: 'AIKO/A',
        serviceCode: '201',
        discretionary,
        iccMasterKey: Uint8Array.from(Buffer.from(plastic.chip_key, 'hex')),
        offlinePin: undefined,
      }),
      atc,
    })
    await panel.insert((apdu) => {
      const { state, reply } = paymentCard(card, apdu)
      card = state
      return reply
    })
  }
