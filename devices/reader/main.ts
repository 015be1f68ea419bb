/**
 * The reader's process: `node devices/reader/main.ts`. Its files, sockets, clock and chance come in
 * here and nowhere else. It prints that it is ready and how its state changes, never more.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import process from 'node:process'
import { type PublicJwk, pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import {
  listenPanel,
  openMemoryFile,
  type PanelAnswer,
  selfTest,
} from '@warifu/devices/entry-device'
import { MemoryFileError, openDisk } from '@warifu/devices/flash'
import { collectGarbage, emptyCoreDumps } from '@warifu/devices/process-memory'
import { sandboxClock } from '@warifu/devices/sandbox-clock'
import { type Cable, listenCable } from './cable-server.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { displayOf, type Input, type Output, startReader, stateOf, step } from './machine.ts'
import { readSettings, SettingsError, writeSettings } from './settings.ts'

const TICK_MS = 500

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

const random = (length: number) => new Uint8Array(randomBytes(length))
function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // Node exports a P-256 key in this very form.
  return { privateKey, publicBytes: pointOfJwk(publicKey.export({ format: 'jwk' }) as PublicJwk) }
}

async function start(config: Config): Promise<void> {
  const failed = selfTest()
  if (failed.length > 0) throw new ConfigError(`The self-test failed: ${failed.join(', ')}.`)
  const file = openMemoryFile(openDisk(config.memoryFile, 'r+'), 'rdr')
  const nowMs = sandboxClock(config.sandboxFile, Date.now)
  let reader = startReader(file.memory, readSettings(config.settingsFile))
  let cable: Cable | undefined

  const perform = (output: Output): string | undefined => {
    if (output.kind === 'panel') return output.said
    if (output.kind === 'apdu') return `apdu ${Buffer.from(output.apdu).toString('hex')}`
    if (output.kind === 'keep') file.keep(output.memory)
    if (output.kind === 'erase') file.erase(output.memory)
    if (output.kind === 'pair') writeSettings(config.settingsFile, output.settings)
    if (output.kind === 'erase' || output.kind === 'forget') collectGarbage()
    if (output.kind !== 'send') return undefined
    if (output.frame.tell === 'state') say({ event: 'state', state: output.frame.state })
    cable?.send(output.frame)
    return undefined
  }
  /** In order, and to the end of each: what has to be kept is kept before anything is sent. */
  const run = (input: Input): string | undefined => {
    const next = step(reader, input, { nowMs: nowMs(), random, keyPair })
    reader = next.reader
    return next.outputs.map(perform).findLast((said) => said !== undefined)
  }
  const press = (input: Input | undefined): PanelAnswer => {
    const said = input === undefined ? undefined : run(input)
    return { display: displayOf(reader), state: stateOf(reader), said: said ?? null }
  }

  cable = await listenCable(config, {
    onPlugged: (origin) => void run({ kind: 'plugged', origin }),
    onRequest: (request) => void run({ kind: 'cable', request }),
    onUnplugged: () => void run({ kind: 'unplugged' }),
  })
  await listenPanel(config.panelPort, press)
  setInterval(() => run({ kind: 'tick' }), TICK_MS)
  // Power off: what is entered is lost, what is kept is on the disk already.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))
  const { device: id } = file.memory
  say({ event: 'ready', process: 'reader (simulator)', reader: id, state: stateOf(reader) })
}

function sentenceOf(error: unknown): string {
  const isPlain =
    error instanceof ConfigError ||
    error instanceof SettingsError ||
    error instanceof MemoryFileError
  if (isPlain) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return 'A port of the reader is taken.'
  if (code === 'ENOENT' || code === 'EACCES')
    return `The reader’s key memory or settings cannot be opened (${code}).`
  return `The reader could not start (${error instanceof Error ? error.message : 'fault'}).`
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
