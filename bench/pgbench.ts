/** PostgreSQL's own pgbench (TPC-B) on the cluster of the server, in a database of its own. */
import { spawn } from 'node:child_process'
import { codeOf, Sorry } from '@warifu/cli/sorry'
import postgres from 'postgres'

const DATABASE = 'warifu_bench_tpcb'
export const CLIENTS = 16
export const SCALE = 10

function run(adminUrl: string, args: readonly string[]): Promise<string> {
  const url = new URL(adminUrl)
  const password = decodeURIComponent(url.password)
  const place = ['-h', url.hostname, '-p', url.port, '-U', url.username]
  const env = { ...process.env, PGPASSWORD: password }
  const child = spawn('pgbench', [...place, ...args, DATABASE], { env })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(codeOf(cause) === 'ENOENT' ? missing() : cause))
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`pgbench ended with ${code}: ${err}`)),
    )
  })
}

const missing = () =>
  new Sorry('pgbench is not on PATH: install it (Debian and Ubuntu: postgresql-contrib).')

export async function preparePgbench(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1 })
  try {
    await sql`create database ${sql(DATABASE)}`
  } finally {
    await sql.end()
  }
  await run(adminUrl, ['-i', '-q', '-s', String(SCALE)])
}

/** Transactions a second, without the time to connect. */
export async function runPgbench(adminUrl: string, seconds: number): Promise<number> {
  const clients = ['-c', String(CLIENTS), '-j', '2', '-T', String(seconds)]
  const out = await run(adminUrl, ['-n', '-M', 'prepared', ...clients])
  const [, tps] = /^tps = ([0-9.]+)/m.exec(out) ?? []
  if (tps === undefined) throw new Error('pgbench has told no tps')
  return Number(tps)
}
