/**
 * A SIM bridge as a process of its own, and the two who stand before it: a program that calls it as
 * the wallet's page does, and the fingers of the person in its window.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BridgeLine } from '@warifu/devices/terminal'
import { nodeProgram, type Program, saidReady, startChild, untilReady } from './child.ts'
import type { Keeper } from './keeper.ts'
import { choosePort } from './ports.ts'
import { timeOf } from './programs.ts'
import { root } from './state-folder.ts'

/** The memory of a simulated SIM in the bridge's process, or a reader of the machine's PC/SC. */
export type BridgeCard =
  | { readonly memoryFile: string }
  | { readonly reader: string; readonly env?: Readonly<Record<string, string>> }

export type BridgeSettings = {
  readonly port: number
  readonly walletOrigin: string
  readonly stateFile: string
  readonly card: BridgeCard
  readonly sandboxFile?: string
}

export async function bridgeProgram(settings: BridgeSettings): Promise<Program> {
  const { port, walletOrigin, stateFile, card } = settings
  return nodeProgram('The SIM bridge', join(root, 'devices', 'sim-bridge', 'main.ts'), {
    PORT: String(port),
    WALLET_ORIGIN: walletOrigin,
    STATE_FILE: stateFile,
    ...timeOf(settings),
    ...('reader' in card ? { READER: card.reader, ...card.env } : { SIM_FILE: card.memoryFile }),
  })
}

export type RunningBridge = {
  readonly url: string
  /** As the wallet's page: its origin goes with each call. */
  readonly line: Omit<BridgeLine, 'token'>
  /** In the window: waits for the next question, and answers it. */
  readonly answer: (typed?: string) => Promise<void>
  readonly stop: () => Promise<void>
}

type Place = { readonly folder: string; readonly keeper: Keeper; readonly port?: number }

export async function startBridge(
  { folder, keeper, port: wanted }: Place,
  settings: Omit<BridgeSettings, 'port' | 'stateFile'>,
): Promise<RunningBridge> {
  const port = wanted ?? (await choosePort())
  const stateFile = join(folder, `sim-bridge-${port}.json`)
  const program = await bridgeProgram({ ...settings, port, stateFile })
  const child = await startChild(program, join(folder, 'sim-bridge.log'), keeper)
  await untilReady(child, saidReady(child))
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    line: {
      url,
      fetch: (to, init) => fetch(to, { ...init, headers: withOrigin(init, settings.walletOrigin) }),
    },
    answer: (typed = '') => answerWindow(url, typed),
    stop: child.stop,
  }
}

const withOrigin = ({ headers }: RequestInit, origin: string) => {
  const all = new Headers(headers)
  all.set('origin', origin)
  return all
}

const PATIENCE_MS = 10_000

async function answerWindow(url: string, typed: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const page = await (await fetch(`${url}/`)).text()
    const [, id] = /name="id" value="([^"]+)"/.exec(page) ?? []
    if (id !== undefined) {
      const body = new URLSearchParams({ id, typed, answer: 'yes' })
      await fetch(`${url}/answer`, { method: 'POST', headers: { origin: url }, body })
      return
    }
    if (Date.now() > deadline) throw new Error('the SIM bridge asks nothing')
    await sleep(20)
  }
}
