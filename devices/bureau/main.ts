/**
 * SIMULATOR of a card bureau and its post: `node devices/bureau/main.ts`. A process of its own with
 * keys of its own: it pulls jobs that are sealed to it, draws each card, writes its chip, and says
 * how far it is. Its clock, chance, files and sockets come in here and nowhere else.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { mintId } from '@warifu/protocol/ids'
import type { PlasticJob } from '@warifu/protocol/plastic'
import { createBureauApi } from './bureau-api.ts'
import { BureauError, keepKeys, type OwnKeys, readKeys } from './bureau-keys.ts'
import { drawCard } from './drawing.ts'
import { type Letterbox, listenLetterbox } from './letterbox.ts'
import { cardFile } from './personalising.ts'
import { type Workshop, workOnce } from './working.ts'

const PAUSE_MS = 500

type Config = {
  readonly apiUrl: string
  readonly folder: string
  readonly letterboxPort: number
  /** How long the post takes. */
  readonly postMs: number
}

function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { API_URL: apiUrl = '', FOLDER: folder = '', PORT = '', POST_MS = '2000' } = env
  const [letterboxPort, postMs] = [Number(PORT), Number(POST_MS)]
  if (!/^https?:\/\//.test(apiUrl)) throw new BureauError('API_URL: where the platform is.')
  if (folder === '') throw new BureauError('FOLDER: where the bureau keeps its keys and letters.')
  if (!Number.isInteger(letterboxPort) || letterboxPort < 1)
    throw new BureauError('PORT: of the letterbox, from 1 to 65535.')
  if (!Number.isInteger(postMs) || postMs < 0) throw new BureauError('POST_MS: milliseconds.')
  return { apiUrl, folder, letterboxPort, postMs }
}

/** The keys of before, or new ones; the public halves lie beside them for the operator. */
async function ownKeys(folder: string): Promise<OwnKeys> {
  const path = join(folder, 'bureau.keys.json')
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  if (kept !== undefined) return readKeys(kept)
  const chance = new Uint8Array(randomBytes(14))
  const bureau = mintId({ prefix: 'bur', lane: 0, nowMs: Date.now(), chance })
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const text = keepKeys({ bureau, sealing: pair(), signing: pair() })
  const keys = readKeys(text)
  await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  await writeFile(join(folder, 'bureau.json'), `${JSON.stringify(keys.open, null, 2)}\n`)
  return keys
}

const lettersOf = (folder: string) => join(folder, 'letters')

/** A letter is a folder that appears whole: picture, chip, and nobody else may look. */
async function produce(folder: string, job: PlasticJob): Promise<void> {
  const letter = join(lettersOf(folder), job.plastic)
  if ((await stat(letter).catch(() => undefined)) !== undefined) return
  const making = `${letter}.making`
  await mkdir(making, { recursive: true, mode: 0o700 })
  const closed = { mode: 0o600 }
  await writeFile(join(making, 'card.svg'), drawCard(job), closed)
  await writeFile(join(making, 'card.json'), cardFile(job), closed)
  const address = [job.ship_to.name, ...job.ship_to.lines, job.ship_to.country]
  await writeFile(join(making, 'address.txt'), `${address.join('\n')}\n`, closed)
  await rename(making, letter)
}

function letterboxOf({ folder, postMs }: Config): Letterbox & Pick<Workshop, 'hasArrived'> {
  const hasArrived = async (plastic: string): Promise<boolean> => {
    const letter = await stat(join(lettersOf(folder), plastic)).catch(() => undefined)
    return letter !== undefined && Date.now() - letter.mtimeMs >= postMs
  }
  const picture = async (plastic: string) =>
    (await hasArrived(plastic))
      ? readFile(join(lettersOf(folder), plastic, 'card.svg'), 'utf8')
      : undefined
  const letters = async () => {
    const all = (await readdir(lettersOf(folder))).filter((name) => /^pls_[0-9A-Z]+$/.test(name))
    const arrived = await Promise.all(all.map(hasArrived))
    return all.filter((_, i) => arrived[i]).reverse()
  }
  return { hasArrived, picture, letters }
}

async function start(config: Config): Promise<void> {
  const { folder, apiUrl, letterboxPort } = config
  await mkdir(lettersOf(folder), { recursive: true, mode: 0o700 })
  const keys = await ownKeys(folder)
  const box = letterboxOf(config)
  await listenLetterbox(letterboxPort, box)
  const shop: Workshop = {
    keys,
    api: createBureauApi({ fetch, apiUrl }, keys, Date.now),
    produce: (job) => produce(folder, job),
    track: (plastic) => `WR${plastic.slice(-9)}JP`,
    hasArrived: box.hasArrived,
  }
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
  say({ event: 'ready', process: 'bureau (simulator)', bureau: keys.bureau, port: letterboxPort })
  let trouble = ''
  for (;;) {
    let steps = 0
    const fault = await workOnce(shop).then(
      (done) => {
        steps = done
        return ''
      },
      (error: unknown) =>
        error instanceof Error && 'code' in error ? String(error.code) : 'fault',
    )
    // Not admitted yet, or nobody answers: said once, tried again.
    if (fault !== trouble) say({ event: fault === '' ? 'working' : 'waiting', because: fault })
    trouble = fault
    if (steps === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

process.umask(0o077)
process.once('SIGTERM', () => process.exit(0))
process.once('SIGINT', () => process.exit(0))
try {
  await start(readConfig(process.env))
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'fault'
  const words = error instanceof BureauError ? error.message : `The bureau cannot start (${code}).`
  process.stderr.write(`${words}\n`)
  process.exit(1)
}
