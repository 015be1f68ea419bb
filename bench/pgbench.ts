/** PostgreSQL's own pgbench (TPC-B) on the cluster of the server, in a database of its own. */
import { spawn } from 'node:child_process'
import { access, glob } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Sorry } from '@warifu/cli/sorry'
import postgres from 'postgres'

const DATABASE = 'warifu_bench_tpcb'
export const CLIENTS = 16
export const SCALE = 10

export type Pgbench = {
  readonly version: string
  /** Transactions a second, without the time to connect. */
  readonly perSecond: (seconds: number) => Promise<number>
}

/** The program, on PATH or where Debian keeps it; asked for before anything is started. */
export async function findPgbench(): Promise<{ readonly path: string; readonly version: string }> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found: string[] = []
  for await (const folder of glob('/usr/lib/postgresql/*/bin')) found.push(folder)
  for (const folder of [...folders, ...found.sort().reverse()]) {
    const path = join(folder, 'pgbench')
    const isThere = folder !== '' && (await access(path).then(yes, no))
    if (isThere) return { path, version: (await run(path, ['--version'])).trim() }
  }
  throw new Sorry(
    'The bench compares with pgbench, which is not here: install it (Debian and Ubuntu: ' +
      'apt-get install postgresql-contrib) or put it on PATH.',
  )
}
const yes = () => true
const no = () => false

/** Makes its tables in the cluster of this superuser. */
export async function preparePgbench(
  { path, version }: Awaited<ReturnType<typeof findPgbench>>,
  adminUrl: string,
): Promise<Pgbench> {
  const sql = postgres(adminUrl, { max: 1 })
  try {
    await sql`create database ${sql(DATABASE)}`
  } finally {
    await sql.end()
  }
  const url = new URL(adminUrl)
  const place = ['-h', url.hostname, '-p', url.port, '-U', url.username]
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(url.password) }
  const pgbench = (args: readonly string[]) => run(path, [...place, ...args, DATABASE], env)
  await pgbench(['-i', '-q', '-s', String(SCALE)])
  return {
    version,
    perSecond: async (seconds) => {
      const clients = ['-c', String(CLIENTS), '-j', '2', '-T', String(seconds)]
      const out = await pgbench(['-n', '-M', 'prepared', ...clients])
      const [, tps] = /^tps = ([0-9.]+)/m.exec(out) ?? []
      if (tps === undefined) throw new Error('pgbench has told no tps')
      return Number(tps)
    },
  }
}

function run(path: string, args: readonly string[], env = process.env): Promise<string> {
  const child = spawn(path, args, { env })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`pgbench ended with ${code}: ${err}`)),
    )
  })
}
