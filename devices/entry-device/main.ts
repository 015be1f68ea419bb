/**
 * The device's process: `node devices/entry-device/main.ts`. Its file, sockets, clock and chance
 * come in here and nowhere else. It prints that it is ready and how its state changes, never more.
 */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { killingDisk, MemoryFileError, openDisk } from '@warifu/devices/flash'
import { collectGarbage, emptyCoreDumps } from '@warifu/devices/process-memory'
import { sandboxClock } from '@warifu/devices/sandbox-clock'
import { type Config, ConfigError, readConfig } from './config.ts'
import { displayOf, type Input, type Output, startDevice, stateOf, step } from './machine.ts'
import { openMemoryFile } from './memory-file.ts'
import type { PanelAnswer } from './panel.ts'
import { listenPanel } from './panel-server.ts'
import { selfTest } from './self-test.ts'
import { listenTcp, openSerial, type Receiver, type Transport } from './transports.ts'

const TICK_MS = 500

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

function openMemory({ memoryFile, killAt }: Config) {
  const disk = openDisk(memoryFile, 'r+')
  const kill = () => {
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way; nothing more may happen until it comes.
    for (;;);
  }
  const own = killAt === undefined ? disk : killingDisk(disk, { ...killAt, kill })
  return openMemoryFile(own, 'edv')
}

async function start(config: Config): Promise<void> {
  const failed = selfTest()
  if (failed.length > 0) throw new ConfigError(`The self-test failed: ${failed.join(', ')}.`)
  const file = openMemory(config)
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const nowMs = sandboxClock(config.sandboxFile, Date.now)
  let device = startDevice(file.memory)
  let transport: Transport | undefined

  const perform = (output: Output): string | undefined => {
    if (output.kind === 'panel') return output.said
    if (output.kind === 'keep') file.keep(output.memory)
    if (output.kind === 'erase') {
      file.erase(output.memory)
      collectGarbage()
    }
    if (output.kind !== 'send') return undefined
    if ('event' in output.frame && output.frame.event === 'state') say(output.frame)
    transport?.send(output.frame)
    return undefined
  }
  /** In order, and to the end of each: what has to be kept is kept before anything is sent. */
  const run = (input: Input): string | undefined => {
    const next = step(device, input, { nowMs: nowMs(), random })
    device = next.device
    return next.outputs.map(perform).findLast((said) => said !== undefined)
  }
  const press = (input: Input | undefined): PanelAnswer => {
    const said = input === undefined ? undefined : run(input)
    return { display: displayOf(device), state: stateOf(device), said: said ?? null }
  }

  const receiver: Receiver = {
    onRequest: (request) => void run({ kind: 'request', request }),
    onLost: () => void run({ kind: 'link_lost' }),
  }
  const { link } = config
  transport = await ('tcp' in link
    ? listenTcp(link.tcp, receiver)
    : openSerial(link.serial, receiver))
  await listenPanel(config.panelPort, press)
  setInterval(() => {
    run({ kind: 'tick' })
    transport?.tick()
  }, TICK_MS)
  // Power off: what is entered is lost, what is kept is on the disk already.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))
  const { device: id } = file.memory
  say({ event: 'ready', process: 'entry device (simulator)', device: id, state: stateOf(device) })
}

function sentenceOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MemoryFileError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return 'A port of the entry device is taken.'
  if (code === 'ENOENT' || code === 'EACCES')
    return `The key memory or the serial line cannot be opened (${code}).`
  return `The entry device could not start (${error instanceof Error ? error.message : 'fault'}).`
}

process.umask(0o077)
// A listener of our own takes the place of Node’s, which would open the inspector.
process.on('SIGUSR1', () => {})
emptyCoreDumps()
try {
  await start(readConfig(process.env))
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exit(1)
}
