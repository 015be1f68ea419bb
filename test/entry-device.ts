/**
 * An entry device for a journey: its real process on a real file, a relay on its line, and hands
 * that key and swipe. The base key is the journey’s own, unless it brings a block of the vault’s.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { entryDeviceProgram } from '@warifu/cli/programs'
import { makeDevice, openPanel, type Panel } from '@warifu/devices/entry-device'
import type { EntryMessage } from '@warifu/protocol/entry-device'
import { type Id, mintId } from '@warifu/protocol/ids'
import type { LinkAsk } from '@warifu/sdk/device-link'
import { createFrameReader } from '@warifu/sdk/link-frames'
import { loopback, type Relay, startRelay } from './relay.ts'

export type Bench = {
  readonly folder: string
  readonly device: Id<'edv'>
  readonly memoryFile: string
  readonly kbpk: Uint8Array
  /** The port behind which the relay stands. */
  readonly port: number
  readonly relay: Relay
  /** Starts the process, on what its file has kept; `killAt` such as `3:within`. */
  readonly start: (options?: { readonly killAt?: string }) => Promise<Child>
  readonly panel: () => Promise<Panel>
  /** Every message that crossed the relay, oldest first. */
  readonly messages: () => EntryMessage[]
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export const random = (length: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(randomBytes(length))
export type BenchOptions = {
  /** A line of one's own; else TCP through the relay. */
  readonly serial?: string
  /** As the vault has admitted it; else a device of nobody's. */
  readonly admitted?: { readonly device: Id<'edv'>; readonly kbpk: Uint8Array }
  /** Where a till looks for it; else a free one. */
  readonly port?: number
}

export async function setUpDevice(options: BenchOptions = {}): Promise<Bench> {
  const { serial, admitted } = options
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'warifu-device-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const keeper = createKeeper()
  keeper.folder(folder)
  stack.defer(() => keeper.close())
  const memoryFile = join(folder, 'key-memory')
  const nobodys = () => mintId({ prefix: 'edv', lane: 0, nowMs: Date.now(), chance: random(14) })
  const { device, kbpk } = admitted ?? { device: nobodys(), kbpk: random(32) }
  makeDevice(memoryFile, { device, kbpk: kbpk.slice() })
  const port = options.port ?? (await choosePort())
  const [own, panelPort] = [await choosePort(), await choosePort()]
  const [listen, to] = [loopback(port), loopback(own)]
  const relay = stack.use(await startRelay({ listen, to, framing: 'length' }))
  const link = serial === undefined ? { port: own } : { serial }
  const program = await entryDeviceProgram({ memoryFile, panelPort, link })
  let child: Child | undefined
  stack.defer(async () => await child?.stop())
  const owned = stack.move()
  return {
    folder,
    device,
    memoryFile,
    kbpk,
    port,
    relay,
    start: async ({ killAt } = {}) => {
      await child?.stop()
      const env = { ...program.env, ...(killAt === undefined ? {} : { KILL_AT: killAt }) }
      child = await startChild({ ...program, env }, join(folder, 'device.log'), keeper)
      await untilReady(child, saidReady(child))
      return child
    },
    panel: () => openPanel(panelPort),
    messages: () => messagesIn(relay),
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  }
}

/** The messages of each connection in turn; a connection may have ended within a frame. */
function messagesIn(relay: Relay): EntryMessage[] {
  return Array.from({ length: relay.connections() }, (_, at) =>
    createFrameReader().feed(relay.captured('down', at)),
  )
    .flat()
    .flatMap((frame) => (frame !== 'garbage' && 'message' in frame ? [readMessage(frame)] : []))
}

/** As the device sent it: the capture is judged by others. */
const readMessage = (frame: { message: unknown }): EntryMessage =>
  JSON.parse(JSON.stringify(frame.message))

/** A sale that nobody had before. */
export const saleOf = (pin = false): Extract<LinkAsk, { command: 'sale' }> => ({
  command: 'sale',
  context: {
    sale: Buffer.from(randomUUID()).toString('base64url').slice(0, 43),
    purpose: 'payment',
    amount: 1200,
    currency: 'jpy',
    merchant: 'mer_01KQ0000000000000000000000',
  },
  entry: ['keyed', 'swiped'],
  pin,
})

/** Keys a whole card, once the device asks for one. */
export async function keyCard(panel: Panel, card: Plastic = nobodys): Promise<void> {
  while ((await panel.look()).state !== 'busy') await sleep(1)
  for (const digits of [card.pan, card.expiry, card.code]) {
    await panel.digits(digits)
    await panel.key('accept')
  }
}

/** What stands on a card, as a person reads it: MMYY. */
export type Plastic = { readonly pan: string; readonly expiry: string; readonly code: string }
const nobodys: Plastic = { pan: '4111111111111111', expiry: '1230', code: '' }
