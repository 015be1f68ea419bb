/**
 * An embedded PostgreSQL 18 cluster: made once in a folder, started on a fixed port of 127.0.0.1,
 * stopped cleanly. Passwords by SCRAM, no Unix socket, checksums and fsync on (PostgreSQL's own
 * defaults). What a person can mend is told in one sentence.
 */
import { chown, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Child, ground, lastWords, runToEnd, startChild, untilReady } from './child.ts'
import { type Footing, findFooting } from './footing.ts'
import type { Keeper } from './keeper.ts'
import { codeOf, Sorry } from './sorry.ts'

export type ClusterOptions = {
  /** `server` or `vault`: the name of the data folder, and of the cluster in sentences. */
  readonly name: string
  /** The state folder; data lies in its `postgres/<name>` (see footing.ts for the exception). */
  readonly home: string
  readonly port: number
  /** Of the superuser `postgres`. */
  readonly password: string
  readonly log: string
  readonly keeper: Keeper
  readonly settings?: Readonly<Record<string, string>>
}

export type Cluster = {
  readonly name: string
  readonly port: number
  readonly dataFolder: string
  /** The superuser, in database `postgres`. */
  readonly adminUrl: string
  readonly child: Child
  readonly stop: () => Promise<void>
  /** Deletes the data of a stopped cluster, wherever it lies. For tests. */
  readonly removeData: () => Promise<void>
}

const MAJOR = '18'
const fixed = { listen_addresses: '127.0.0.1', unix_socket_directories: '', log_timezone: 'UTC' }

export const databaseUrl = (role: string, password: string, place: string): string =>
  `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${place}`

/** Makes the cluster where there is none yet, and starts it. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name, home, port, password, log, keeper, settings } = options
  await assertPortFree(port, `PostgreSQL of the ${name}`, home)
  const footing = await findFooting(home)
  const dataFolder = join(footing.data, name)
  if ((await lstat(dataFolder).catch(() => undefined)) === undefined)
    await makeCluster(footing, dataFolder, password)
  await assertSound(dataFolder, name)
  const knobs = Object.entries({ ...fixed, port: String(port), ...settings })
  const args = ['-D', dataFolder, ...knobs.flatMap(([knob, value]) => ['-c', `${knob}=${value}`])]
  const postgres = program(footing, 'postgres', args)
  const sentenceName = `PostgreSQL of the ${name}`
  const child = await startChild(
    { ...postgres, name: sentenceName, stopSignal: 'SIGINT' },
    log,
    keeper,
  )
  const isReady = async () => (await postmaster(dataFolder))?.at(7)?.trim() === 'ready'
  await untilReady(child, async () => !child.hasExited() && (await isReady())).catch(fatalWords)
  const adminUrl = databaseUrl('postgres', password, `${port}/postgres`)
  const removeData = () => rm(dataFolder, { recursive: true, force: true })
  return { name, port, dataFolder, adminUrl, child, stop: child.stop, removeData }

  async function fatalWords(cause: unknown): Promise<never> {
    const said = (await child.output()).match(/(FATAL|PANIC): .*/g)
    await child.stop()
    if (said === null) throw cause
    throw new Sorry(`${sentenceName} does not start: ${lastWords(said.join('\n'))} (log: ${log})`, {
      cause,
    })
  }
}

/** One of PostgreSQL's programs, run by whoever may run it. */
function program({ prefix, user, binaries }: Footing, command: string, args: readonly string[]) {
  const [first = '', ...rest] = [...prefix, join(binaries, command), ...args]
  const env = { ...ground(), LC_ALL: 'C' }
  return { name: command, command: first, args: rest, env, cwd: '/', ...(user ? { user } : {}) }
}

/** initdb into a folder beside, renamed when it is whole: an interrupted one leaves no cluster. */
async function makeCluster(footing: Footing, dataFolder: string, password: string): Promise<void> {
  const making = `${dataFolder}.making`
  const secret = `${dataFolder}.password`
  await rm(making, { recursive: true, force: true })
  await writeFile(secret, password, { mode: 0o600 })
  if (footing.user) await chown(secret, footing.user.uid, footing.user.gid)
  const how = ['--username=postgres', `--pwfile=${secret}`, '--auth=scram-sha-256']
  const text = ['--encoding=UTF8', '--locale=C', '--no-instructions']
  try {
    await runToEnd(program(footing, 'initdb', ['-D', making, ...how, ...text]))
    await rename(making, dataFolder)
  } finally {
    await rm(secret, { force: true })
  }
}

/** A data folder must be PostgreSQL's, of our version, ours to use, and not in use. */
async function assertSound(dataFolder: string, name: string): Promise<void> {
  const whole = `The data folder of the ${name}, ${dataFolder},`
  const version = await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch((cause: unknown) => {
    if (codeOf(cause) === 'EACCES')
      throw new Sorry(`${whole} may not be read by this user: run as its owner.`, { cause })
    const advice = 'put the right folder back, or move the state folder away to start anew'
    throw new Sorry(`${whole} is broken (no PG_VERSION in it): ${advice}.`, { cause })
  })
  if (version.trim() !== MAJOR)
    throw new Sorry(`${whole} is of PostgreSQL ${version.trim()}; this is PostgreSQL ${MAJOR}.`)
  const pid = Number((await postmaster(dataFolder))?.[0])
  if (Number.isNaN(pid)) return
  const running = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  if (running.trim() === 'postgres')
    throw new Sorry(`${whole} is in use by another PostgreSQL (process ${pid}): stop that first.`)
  // Left by a crash; the number may belong to a stranger by now, which would confuse PostgreSQL.
  await rm(join(dataFolder, 'postmaster.pid'), { force: true })
}

/** The lines of postmaster.pid: the first is the process id, the eighth its state. */
const postmaster = async (dataFolder: string): Promise<string[] | undefined> =>
  (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => undefined))?.split('\n')

/** Refuses a port on which somebody else listens, in one sentence. */
export async function assertPortFree(port: number, who: string, home: string): Promise<void> {
  const failure = await listenFailure(port)
  if (failure === undefined) return
  const advice = `stop that program, or give another number in ${join(home, 'ports.json')}`
  throw new Sorry(
    failure === 'EADDRINUSE'
      ? `Port ${port}, kept for ${who}, is taken by another program: ${advice}.`
      : `Port ${port}, kept for ${who}, cannot be used (${failure}): ${advice}.`,
  )
}

/** Tries to listen: undefined when it works, else the system's code. */
export function listenFailure(port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const server = createServer()
  server.once('error', (error) => resolve(codeOf(error) ?? error.message))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)))
  return promise
}
