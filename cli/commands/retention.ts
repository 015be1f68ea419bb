/** `warifu retention`: what lies in which partition, and old ones into archives (as the owner). */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { nodeProgram } from '@warifu/cli/child'
import { serverOwnerOf } from '@warifu/cli/operators'
import { findSandbox } from '@warifu/cli/sandbox-address'
import { root } from '@warifu/cli/state-folder'

const help = `warifu retention list [--json]
warifu retention run --to FOLDER [--json]

  list   every partition: from when to when, rows (as PostgreSQL estimates them), bytes, whether it
         is due, and in which file it lies if it is gone
  run    takes out what is due: written to FOLDER and compared with the table, then detached while
         payments run, then dropped. Legs go when the books are carried without them. Ctrl-C stops
         after the chunk that is being written; the same command goes on

How long rows stay: RETENTION_DAYS=ledger.leg=1100,merchants.request=14 (docs/operating.md).
The database: DATABASE_OWNER_URL, or the sandbox's own.
Exit codes: 0 done, 1 failed or stopped, 2 not understood.`

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'retention', who: 'merchant', help }, () => act(args))
}

async function act(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    json: { type: 'boolean' },
    to: { type: 'string' },
  })
  const [name = '', rest] = positionals
  if (name !== 'list' && name !== 'run')
    throw new Misunderstood(`an act is list or run; got "${name}".`)
  if (rest !== undefined) throw new Misunderstood(`${name} does not take "${rest}".`)
  if (name === 'run' && values.to === undefined) throw new Misunderstood('run needs --to FOLDER.')
  const url = process.env['DATABASE_OWNER_URL'] ?? (await serverOwnerOf((await findSandbox()).home))
  const entry = join(root, 'server', 'ledger', 'main.ts')
  const days = process.env['RETENTION_DAYS']
  const program = await nodeProgram('Retention', entry, {
    DATABASE_OWNER_URL: url,
    ...(days === undefined ? {} : { RETENTION_DAYS: days }),
  })
  const words = [name, ...(values.to === undefined ? [] : [resolve(values.to)])]
  const child = spawn(program.command, [...program.args, ...words], {
    env: program.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // Ctrl-C reaches the child too; it ends after its chunk, and we after it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const ended = new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1)))
  let all = true
  for await (const line of createInterface(child.stdout)) {
    const said: Said = JSON.parse(line)
    if (said.all === false) all = false
    console.log(values.json ? line : sentenceOf(said))
  }
  const code = await ended
  return code === 0 && !all ? 1 : code
}

type Said = {
  readonly name?: string
  readonly fromMs?: number
  readonly untilMs?: number
  readonly state?: string
  readonly file?: string | null
  readonly bytes?: number
  readonly due?: boolean
  readonly partition?: string
  readonly step?: string
  readonly rows?: number
  readonly done?: number
  readonly all?: boolean
}

const day = (ms = 0) => (ms === 0 ? 'the beginning' : new Date(ms).toISOString().slice(0, 10))

function sentenceOf(said: Said): string {
  const what = said.step === 'carried' ? 'lanes' : 'rows'
  if (said.partition !== undefined) return `${said.partition}  ${said.step}  ${said.rows} ${what}`
  if (said.done !== undefined)
    return `${said.done} taken out${said.all ? '' : '; stopped, the same command goes on'}`
  const size = `${said.rows} rows, ${Math.ceil((said.bytes ?? 0) / 1024)} KiB`
  const where = said.state === 'dropped' ? `in ${said.file}` : size
  const due = said.due ? '  due' : ''
  return `${said.name}  ${day(said.fromMs)} to ${day(said.untilMs)}  ${said.state}  ${where}${due}`
}
