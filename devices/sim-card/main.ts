/**
 * The card's process: `node devices/sim-card/main.ts`. It puts the card into pcscd's virtual reader
 * (vpcd) and answers until it is drawn out. It prints that it is in, never what is said.
 */
import process from 'node:process'
import { killingDisk, MemoryFileError, openDisk } from '@warifu/devices/flash'
import { insertCard } from '@warifu/devices/virtual-reader'
import { type Config, ConfigError, readConfig } from './config.ts'
import { openSim } from './keeping.ts'
import { ATR } from './uicc.ts'

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

function openMemory({ memoryFile, killAt }: Config) {
  const disk = openDisk(memoryFile, 'r+')
  const kill = () => {
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way; nothing more may happen until it comes.
    for (;;);
  }
  return openSim(killAt === undefined ? disk : killingDisk(disk, { ...killAt, kill }))
}

async function start(config: Config): Promise<void> {
  const sim = openMemory(config)
  const { gone, draw } = await insertCard(config.readerPort, { ...sim, atr: ATR })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, draw)
  say({ event: 'ready', process: 'SIM card (simulator)', reader: config.readerPort })
  await gone
  sim.close()
}

function sentenceOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MemoryFileError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return 'No virtual reader waits: start pcscd with vsmartcard-vpcd.'
  if (code === 'ENOENT' || code === 'EACCES') return `The card's memory cannot be opened (${code}).`
  return `The SIM card could not start (${error instanceof Error ? error.message : 'fault'}).`
}

process.umask(0o077)
// A listener of our own takes the place of Node’s, which would open the inspector.
process.on('SIGUSR1', () => {})
try {
  await start(readConfig(process.env))
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exit(1)
}
