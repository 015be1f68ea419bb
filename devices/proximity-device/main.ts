/**
 * The device's process: `node devices/proximity-device/main.ts`. Its file, sockets, clock and
 * chance come in here and nowhere else. It prints that it is ready, and never a code.
 */
import { createECDH, createPrivateKey, randomBytes } from 'node:crypto'
import process from 'node:process'
import type { HpkeKeyPair } from '@warifu/crypto/hpke'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { killingDisk, MemoryFileError, openDisk, openRecords } from '@warifu/devices/flash'
import { sandboxClock } from '@warifu/devices/sandbox-clock'
import type { LinkAnswer } from '@warifu/protocol/proximity'
import type { Advertiser } from './advertiser.ts'
import { chipFormat } from './chip-memory.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { openHciAir } from './hci-air.ts'
import { listenLink } from './link-server.ts'
import { type Input, type Output, startChip, step } from './machine.ts'
import { openUdpAir } from './udp-air.ts'

/** Well inside what Bluetooth allows between two advertisements (20 ms to 10.24 s). */
const TICK_MS = 250

function openMemory({ memoryFile, killAt }: Config) {
  const disk = openDisk(memoryFile, 'r+')
  const kill = () => {
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way; nothing more may happen until it comes.
    for (;;);
  }
  const frail = killAt === undefined ? disk : killingDisk(disk, { ...killAt, kill })
  return openRecords(frail, chipFormat)
}

const openAir = ({ air }: Config): Promise<Advertiser> =>
  air.kind === 'udp' ? openUdpAir(air) : openHciAir(air)

function keyPair(): HpkeKeyPair {
  const made = createECDH('prime256v1')
  const publicBytes = new Uint8Array(made.generateKeys())
  const jwk = { ...jwkOfPoint(publicBytes), d: made.getPrivateKey('base64url') }
  return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicBytes }
}

async function start(config: Config): Promise<void> {
  const file = openMemory(config)
  const air = await openAir(config)
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const nowMs = sandboxClock(config.sandboxFile, Date.now)
  let chip = startChip(file.memory)
  const perform = (output: Output): LinkAnswer | undefined => {
    if (output.kind === 'keep') file.keep(output.memory)
    if (output.kind === 'advertise') void air.advertise(output.advertisement).catch(leave)
    return output.kind === 'answer' ? output.answer : undefined
  }
  /** In order: what has to be kept is kept before anything is said. */
  const run = (input: Input): LinkAnswer | undefined => {
    const next = step(chip, input, { nowMs: nowMs(), random, keyPair })
    chip = next.chip
    return next.outputs.map(perform).findLast((said) => said !== undefined)
  }
  const { linkPort: port, walletOrigin } = config
  await listenLink({ port, walletOrigin, ask: (request) => run({ kind: 'request', request }) })
  run({ kind: 'tick' })
  setInterval(() => {
    run({ kind: 'tick' })
    air.tick()
  }, TICK_MS)
  // Its button, held down: it forgets its phone.
  process.on('SIGUSR2', () => void run({ kind: 'button' }))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))
  const { device, carrier } = file.memory
  say({ event: 'ready', process: 'proximity device (simulator)', device, carrier, port })
}

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

function leave(error: unknown): never {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exit(1)
}

function sentenceOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MemoryFileError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return 'The port of the proximity device’s link is taken.'
  if (code === 'ENOENT' || code === 'EACCES')
    return `The device’s memory or its controller cannot be opened (${code}).`
  const why = error instanceof Error ? error.message : 'fault'
  return `The proximity device could not start (${why}).`
}

process.umask(0o077)
// A listener of our own takes the place of Node’s, which would open the inspector.
process.on('SIGUSR1', () => {})
try {
  await start(readConfig(process.env))
} catch (error) {
  leave(error)
}
