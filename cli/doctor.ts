/**
 * What a person would look at first when something does not work: each check is one line that says
 * what was found and, where it is bad, what to do. Nothing is started, changed or mended here.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { databaseUrl, listenFailure } from './cluster.ts'
import { serverSide, vaultSide } from './database.ts'
import { keptPasswords } from './passwords.ts'
import { type Ports, readPorts } from './ports.ts'
import { codeOf } from './sorry.ts'

export type Finding = { readonly check: string; readonly ok: boolean; readonly said: string }

const NODE_MAJOR = 24
const PATIENCE_MS = 3_000
const CLOCK_MS = 2_000

const good = (check: string, said: string): Finding => ({ check, ok: true, said })
const bad = (check: string, said: string): Finding => ({ check, ok: false, said })

/** Looks at this machine and at the sandbox of this state folder, whether it runs or not. */
export async function examine(home: string): Promise<Finding[]> {
  const ports = await readFile(join(home, 'ports.json'), 'utf8').then(readPorts, () => undefined)
  const found = [node(process.versions.node), await folder(home), await secrets(home)]
  if (ports === undefined)
    return [...found, good('sandbox', 'never started here: npm start makes everything')]
  const health = await ask(`http://127.0.0.1:${ports.api}/healthz`)
  if (health === undefined) return [...found, ...(await freePorts(ports))]
  return [...found, ...(await running(home, ports, health))]
}

export function node(version: string): Finding {
  return Number.parseInt(version, 10) >= NODE_MAJOR
    ? good('node', `Node.js ${version}`)
    : bad('node', `Node.js ${version}; ${NODE_MAJOR} or newer is needed: https://nodejs.org`)
}

/** The state folder is ours, and closed to others. */
async function folder(home: string): Promise<Finding> {
  const found = await stat(home).catch((error: unknown) => codeOf(error) ?? 'unknown')
  if (found === 'ENOENT') return good('folder', `${home} is not there yet`)
  if (typeof found === 'string') return bad('folder', `${home} cannot be read (${found})`)
  const own = process.getuid?.()
  if (own !== undefined && found.uid !== own)
    return bad('folder', `${home} belongs to user ${found.uid}: run as its owner`)
  if (!closed(found.mode)) return bad('folder', `open to others: chmod 700 ${home}`)
  return good('folder', home)
}

const closed = (mode: number) => (mode & 0o077) === 0

async function secrets(home: string): Promise<Finding> {
  const place = join(home, 'secrets')
  const names = await readdir(place).catch(() => [])
  for (const name of names)
    if (!closed((await stat(join(place, name))).mode))
      return bad('secrets', `open to others: chmod 600 ${join(place, name)}`)
  return good('secrets', `${names.length} files, closed to others`)
}

/** Where nothing runs, everything that will be listened on must be free. */
async function freePorts(ports: Ports): Promise<Finding[]> {
  const taken: string[] = []
  for (const [name, port] of Object.entries(ports)) {
    const failure = await listenFailure(port)
    if (failure !== undefined) taken.push(`${port} for ${name} (${failure})`)
  }
  return [
    good('sandbox', 'does not run: npm start'),
    taken.length === 0
      ? good('ports', `free: ${Object.values(ports).join(', ')}`)
      : bad('ports', `cannot be used: ${taken.join(', ')}: stop who uses them`),
  ]
}

async function running(home: string, ports: Ports, health: Response): Promise<Finding[]> {
  const server = good('server', `answers on port ${ports.api}`)
  const databases = await Promise.all([
    database(home, ports.server_database, serverSide),
    database(home, ports.vault_database, vaultSide),
  ])
  const isVaultBad = health.status !== 200 && databases.every(({ ok }) => ok)
  const vault = isVaultBad
    ? bad('vault', `does not answer the server: see ${join(home, 'logs', 'vault.log')}`)
    : good('vault', health.status === 200 ? 'answers the server' : 'not known without databases')
  const pages = await Promise.all([
    page('wallet', `http://127.0.0.1:${ports.wallet}/`),
    page('till', `http://127.0.0.1:${ports.pos}/`),
  ])
  return [server, ...databases, vault, ...pages, clock(health)]
}

async function database(
  home: string,
  port: number,
  { name, app, plan, variable }: typeof serverSide,
): Promise<Finding> {
  const check = `${name} database`
  const own = process.env[variable]
  const kept = await readFile(join(home, 'secrets/databases.json'), 'utf8').catch(() => undefined)
  const password = kept === undefined ? '' : (keptPasswords.read(kept)[app] ?? '')
  const sql = postgres(own ?? databaseUrl(app, password, `${port}/${plan.database}`), {
    max: 1,
    connect_timeout: PATIENCE_MS / 1000,
  })
  try {
    const [row] = await sql<{ version: string }[]>`
      select current_setting('server_version') as version`
    return good(check, `PostgreSQL ${row?.version} answers`)
  } catch (error) {
    return bad(check, `does not answer (${codeOf(error) ?? 'unknown'})`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function page(check: string, url: string): Promise<Finding> {
  const answer = await ask(url)
  return answer ? good(check, `answers at ${url}`) : bad(check, `does not answer at ${url}`)
}

/** Signatures and deadlines compare clocks; the server tells its own with every answer. */
export function clock(answer: Response, nowMs = Date.now()): Finding {
  const theirs = Date.parse(answer.headers.get('date') ?? '')
  const apart = Math.abs(nowMs - theirs)
  // The header has whole seconds; without one, `apart` is not a number.
  return apart <= CLOCK_MS + 1000
    ? good('clock', 'this clock and the server’s agree')
    : bad('clock', `this clock and the server’s are ${Math.round(apart / 1000)} s apart: set them`)
}

const ask = (url: string): Promise<Response | undefined> =>
  fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined)
