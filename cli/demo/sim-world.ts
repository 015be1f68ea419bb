/**
 * A SIM for a journey: written by the vault through the maker's tool, in a reader behind a pcscd of
 * its own where this machine can have one, else in the bridge's process; and the bridge beside it.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeProgram } from '@warifu/cli/child'
import { newIccid } from '@warifu/cli/iccid'
import { createKeeper } from '@warifu/cli/keeper'
import { operateServer } from '@warifu/cli/operators'
import { type BridgeCard, type RunningBridge, startBridge } from '@warifu/cli/sim-bridges'
import { type Admitted, admitSim, personaliseSim, pressSim, type SimMaker } from '@warifu/cli/sims'
import { root, sandboxFileOf } from '@warifu/cli/state-folder'
import { missingForReader, startVirtualReader } from '@warifu/cli/virtual-reader'
import { simulatedSlot } from '@warifu/devices/sim-card'
import { type BridgeLine, linkSim, pairBridge, type Sim } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import type { Person, World } from './world.ts'

export const codes = { pin: '2580', puk: '12345678' }

/** Whether the SIM is behind PC/SC here, or a state machine in the bridge's process. */
export type Mode = 'pcsc' | 'in process'
const binding = join(root, 'node_modules/smartcard/build/Release/smartcard_napi.node')
export const modeHere = (): Mode =>
  missingForReader().length === 0 && existsSync(binding) ? 'pcsc' : 'in process'

export type SimWorld = {
  readonly mode: Mode
  readonly folder: string
  /** A new SIM of this card's owner; `cards` were written into it, unless none were. */
  readonly sim: (card: Id<'crd'>, cards?: readonly Id<'crd'>[]) => Promise<Pressed>
  /** The bridge with this SIM in its reader; `port` of one that ran before keeps its name. */
  readonly bridge: (pressed: Pressed, port?: number) => Promise<RunningBridge>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
export type Pressed = Admitted & { readonly file: string; readonly commands: number }

export async function createSimWorld({ sandbox }: World): Promise<SimWorld> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'warifu-sim-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const name = `SIM maker ${folder.slice(-6)}`
  const added = await operateServer(sandbox.serverDatabase.url, ['add', name, 'issuer'])
  const { token } = JSON.parse(added)
  const api = { fetch, apiUrl: sandbox.url }
  const maker: SimMaker = { api, token, vault: sandbox.operator, folder }
  const owned = stack.move()
  const mode = modeHere()
  return {
    mode,
    folder,
    sim: async (card, cards = [card]) => {
      const admitted = await admitSim(maker, { iccid: newIccid(), card })
      const file = join(folder, admitted.sim)
      pressSim(file, admitted, codes)
      if (cards.length === 0) return { ...admitted, file, commands: 0 }
      const slot = simulatedSlot(file)
      const { commands } = await personaliseSim(maker, slot, admitted, cards)
      await slot.close()
      return { ...admitted, file, commands }
    },
    bridge: async ({ file }, port) => {
      const card = mode === 'pcsc' ? await inReader(owned, keeper, file) : { memoryFile: file }
      const place = { folder, keeper, ...(port === undefined ? {} : { port }) }
      const { walletOrigin, home } = sandbox
      const sandboxFile = sandboxFileOf(home)
      const bridge = await startBridge(place, { walletOrigin, card, sandboxFile })
      owned.defer(bridge.stop)
      return bridge
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

type Keeper = ReturnType<typeof createKeeper>

/** A service of its own for each: so two SIMs never meet in one reader. */
async function inReader(
  stack: AsyncDisposableStack,
  keeper: Keeper,
  memoryFile: string,
): Promise<BridgeCard> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-sc-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const reader = await startVirtualReader({ folder, keeper })
  stack.defer(reader.stop)
  const main = join(root, 'devices', 'sim-card', 'main.ts')
  const card = await reader.insert(await nodeProgram('The SIM', main, { MEMORY_FILE: memoryFile }))
  stack.defer(card.stop)
  return { reader: reader.name, env: reader.env }
}

/** The person allows the page in the bridge's window, and lets this phone use the SIM. */
export async function takeIntoUse(
  { needs }: Pick<Person, 'needs'>,
  bridge: RunningBridge,
  pin = codes.pin,
): Promise<{ readonly line: BridgeLine; readonly sim: Sim }> {
  const pairing = pairBridge(needs, bridge.line)
  await bridge.answer()
  const line = await pairing
  const linking = linkSim(needs, line)
  linking.catch(() => undefined)
  await Promise.race([bridge.answer(pin), linking])
  return { line, sim: await linking }
}
