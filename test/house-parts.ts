/** What a house is put together from: its processes by name, and relays where it wants them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Child, type Program, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { loopback, type Place, type Relay, startRelay } from './relay.ts'

export type ProcessName =
  | 'vault'
  | 'vault-2'
  | 'server'
  | 'server-2'
  | 'wallet'
  | 'pos'
  | 'cardholders'
/** `client-2` stands before the second server, `pos` between till and server. */
export type RelayName = 'client' | 'client-2' | 'database' | 'vault' | 'pos'

/** What the parts of a house are built on; `stack` takes everything down again. */
export type Site = {
  readonly folder: string
  readonly stack: AsyncDisposableStack
  readonly relays: Map<RelayName, Relay>
  readonly wanted: ReadonlySet<RelayName>
}

export function known<K extends string, V>(found: ReadonlyMap<K, V>, name: K): V {
  const value = found.get(name)
  if (value === undefined) throw new Error(`this house was started without: ${name}`)
  return value
}

/** By their names. */
export type ProcessDoors = {
  readonly pid: (name: ProcessName) => number
  /** What a process has logged since the house stands. */
  readonly logs: (name: ProcessName) => Promise<string>
  /** SIGKILL, and waits until it is gone. */
  readonly kill: (name: ProcessName) => Promise<void>
  /** Starts it again with the same settings; ends it first where it still runs. */
  readonly restart: (name: ProcessName) => Promise<void>
}

type Running = { readonly program: Program; readonly child: Child }
export type Processes = {
  readonly start: (name: ProcessName, program: Program) => Promise<void>
  readonly doors: ProcessDoors
}

/** The processes by name. They are stopped in the opposite order of their first start. */
export function createProcesses({ folder, stack }: Site): Processes {
  const keeper = createKeeper()
  keeper.folder(folder)
  stack.defer(() => keeper.close())
  const running = new Map<ProcessName, Running>()
  const logOf = (name: ProcessName) => join(folder, `${name}.log`)
  const launch = async (name: ProcessName, program: Program) => {
    const child = await startChild(program, logOf(name), keeper)
    running.set(name, { program, child })
    await untilReady(child, saidReady(child))
  }
  return {
    start: async (name, program) => {
      stack.defer(async () => await running.get(name)?.child.stop())
      await launch(name, program)
    },
    doors: {
      pid: (name) => known(running, name).child.pid,
      logs: async (name) => await readFile(logOf(name), 'utf8'),
      kill: async (name) => {
        const { child } = known(running, name)
        child.kill('SIGKILL')
        await child.exited
      },
      restart: async (name) => {
        const { program, child } = known(running, name)
        await child.stop()
        await launch(name, program)
      },
    },
  }
}

async function relayed(
  { relays, stack, wanted }: Site,
  name: RelayName,
  ends: {
    readonly listen: Place
    readonly to: Place
    readonly framing: 'chunks' | 'postgres' | 'length'
  },
): Promise<Place> {
  if (!wanted.has(name)) return ends.to
  const relay = stack.use(await startRelay(ends))
  relays.set(name, relay)
  return ends.listen
}

const portOf = (place: Place): number => ('port' in place ? place.port : 0)
const pathOf = (place: Place): string => ('path' in place ? place.path : '')

export async function databaseThroughRelay(site: Site, url: string): Promise<string> {
  const through = new URL(url)
  const to = loopback(Number(through.port))
  const listen = loopback(await choosePort())
  through.port = String(
    portOf(await relayed(site, 'database', { listen, to, framing: 'postgres' })),
  )
  return through.href
}

export async function vaultThroughRelay(site: Site, socket: string): Promise<string> {
  const listen = { path: join(site.folder, 'vault-relay.sock') }
  return pathOf(await relayed(site, 'vault', { listen, to: { path: socket }, framing: 'length' }))
}

export async function clientThroughRelay(
  site: Site,
  name: RelayName,
  port: number,
): Promise<number> {
  const listen = loopback(await choosePort())
  return portOf(await relayed(site, name, { listen, to: loopback(port), framing: 'chunks' }))
}
