/**
 * The bridge's process: `node devices/sim-bridge/main.ts`. Its port on the loopback, its reader,
 * its file, clock and chance come in here. It prints what was called and how it ended, no more.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import process from 'node:process'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { pcscSlot } from '@warifu/devices/pcsc'
import { sandboxClock } from '@warifu/devices/sandbox-clock'
import { simulatedSlot } from '@warifu/devices/sim-card'
import { createBridge } from './bridge.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { createDoors } from './doors.ts'
import { createPairings, type KeptPairing } from './pairings.ts'
import { createQuestions } from './questions.ts'
import { createSimInUse } from './sim-in-use.ts'

const TICK_MS = 1000
const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)
const random = (size: number) => new Uint8Array(randomBytes(size))

type State = { readonly key: string; readonly pairings: readonly KeptPairing[] }

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

async function loadState(path: string): Promise<State> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text !== undefined) return JSON.parse(text)
  const key = newKey().privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')
  const state = { key, pairings: [] }
  await saveState(path, state)
  return state
}

/** Whole, or the one before; for its owner's eyes. */
async function saveState(path: string, state: State): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

const openSlot = ({ card }: Config) =>
  'reader' in card
    ? () => pcscSlot({ reader: card.reader })
    : async () => simulatedSlot(card.memoryFile)

function keyPair() {
  const { privateKey, publicKey } = newKey()
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { privateKey, publicBytes: pointOfJwk({ kty: 'EC', crv: 'P-256', x, y }) }
}

async function start(config: Config): Promise<void> {
  const state = await loadState(config.stateFile)
  const key = createPrivateKey({
    key: Buffer.from(state.key, 'base64url'),
    format: 'der',
    type: 'pkcs8',
  })
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' })
  const point = pointOfJwk({ kty: 'EC', crv: 'P-256', x, y })
  const nowMs = sandboxClock(config.sandboxFile, Date.now)
  const questions = createQuestions({ nowMs, newId: () => randomBytes(16).toString('base64url') })
  const { idleMs, port, walletOrigin, stateFile } = config
  const sim = createSimInUse({ openSlot: openSlot(config), questions, nowMs, idleMs })
  const save = (pairings: readonly KeptPairing[]) => saveState(stateFile, { ...state, pairings })
  const pairings = createPairings({ kept: state.pairings, save, random })
  const bridge = createBridge({ sim, questions, pairings, key, point, keyPair, nowMs })
  const doors = createDoors({ port, walletOrigin, bridge, pairings, questions, sim, log: say })
  const server = createServer((request, response) => {
    doors(request, response).catch((error: unknown) => {
      say({ event: 'fault', kind: error instanceof Error ? error.name : 'fault' })
      response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  setInterval(() => {
    questions.tick(nowMs())
    void sim.tick(nowMs())
  }, TICK_MS)
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void sim.leave().then(() => process.exit(0)))
  const card = 'reader' in config.card ? 'pcsc' : 'in process'
  say({ event: 'ready', process: 'SIM bridge', port, card })
}

process.umask(0o077)
// A listener of our own takes the place of Node’s, which would open the inspector.
process.on('SIGUSR1', () => {})
try {
  await start(readConfig(process.env))
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const said =
    error instanceof ConfigError
      ? error.message
      : `The SIM bridge could not start (${code === '' ? 'fault' : code}).`
  process.stderr.write(`${said}\n`)
  process.exit(1)
}
