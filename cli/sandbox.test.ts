// Goal: a sandbox finds its data again, stops everything it started however it ends, and tells
//   what a person can mend in one sentence.
// Method: the real command in a process of its own, on a temporary state folder; signals, a taken
//   port, broken folders.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { choosePort } from './ports.ts'

let home = ''
before(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'warifu-sandbox-')), 'a state folder')
})
after(async () => await rm(join(home, '..'), { recursive: true, force: true }))

type Started = { readonly child: ChildProcess; readonly said: () => string }

/** `warifu start` on our folder; settles when it is running or has ended. */
async function start(): Promise<Started> {
  const bootstrap = join(import.meta.dirname, 'bootstrap.cjs')
  const env = { ...process.env, WARIFU_HOME: home }
  const child = spawn(process.execPath, [bootstrap, 'start'], { env, stdio: 'pipe' })
  let said = ''
  const running = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += String(chunk)
      if (said.includes('Ctrl-C stops everything')) running.resolve()
    })
  child.once('close', () => running.resolve())
  await running.promise
  return { child, said: () => said }
}

async function stop({ child }: Started, signal: NodeJS.Signals): Promise<unknown> {
  const closed = once(child, 'close')
  child.kill(signal)
  return (await closed)[0]
}

/** Processes that mention our folder in their command line or environment. */
async function left(): Promise<string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const words = ['cmdline', 'environ'].map((file) =>
      readFile(join('/proc', pid, file), 'utf8').catch(() => ''),
    )
    if ((await Promise.all(words)).join('\0').includes(home)) found.push(pid)
  }
  return found
}

async function untilNobodyIsLeft(): Promise<void> {
  for (let tries = 0; tries < 100 && (await left()).length > 0; tries += 1) await sleep(100)
  assert.deepEqual(await left(), [])
}

/** Starts, expects that it fails, and answers with the sentence. */
async function refusal(): Promise<string> {
  const started = await start()
  assert.equal(started.child.exitCode, 1, started.said())
  const sentence = started
    .said()
    .split('\n')
    .filter((line) => line.startsWith('warifu: '))
  assert.equal(sentence.length, 1, started.said())
  assert.deepEqual(await left(), [])
  return sentence[0] ?? ''
}

test('two starts find the same data, Ctrl-C ends every child, secrets are closed', async () => {
  const first = await start()
  assert.match(first.said(), /http:\/\/api\.localhost:\d+/)
  const kept = await Promise.all(keptFiles().map((file) => readFile(file)))
  assert((await stop(first, 'SIGINT')) === 0, first.said())
  assert.deepEqual(await left(), [])
  for (const file of keptFiles()) assert.equal((await stat(file)).mode & 0o777, 0o600, file)
  assert.equal((await stat(home)).mode & 0o777, 0o700)

  const second = await start()
  assert.match(second.said(), /Ctrl-C stops everything/)
  assert.deepEqual(await Promise.all(keptFiles().map((file) => readFile(file))), kept)
  const third = await start()
  assert.match(third.said(), /A sandbox is running on .* already \(process \d+\)/)
  assert.equal(third.child.exitCode, 1)
  assert.equal(await stop(second, 'SIGTERM'), 0)
  assert.deepEqual(await left(), [])
})

const keptFiles = () =>
  ['ports.json', 'sandbox.json', 'secrets/databases.json', 'secrets/server.key'].map((name) =>
    join(home, name),
  )

test('a supervisor that is killed takes its children with it', async () => {
  const started = await start()
  await stop(started, 'SIGKILL') // the bootstrap; main.ts notices that it is alone
  await untilNobodyIsLeft()
  await rm(join(home, 'sandbox.json')) // as if it was killed between seeding and keeping the key
  const again = await start()
  assert.match(again.said(), /Ctrl-C stops everything/)
  const main = Number.parseInt(await readFile(join(home, 'pid'), 'utf8'), 10)
  process.kill(main, 'SIGKILL') // main.ts itself; its keeper notices
  await untilNobodyIsLeft()
  assert.equal(again.child.exitCode, 137)
})

test('a child that ends takes the sandbox down, with a sentence', async () => {
  const started = await start()
  const log = join(home, 'postgres', 'vault', 'postmaster.pid')
  const closed = once(started.child, 'close')
  process.kill(Number.parseInt(await readFile(log, 'utf8'), 10), 'SIGKILL')
  assert.equal((await closed)[0], 1)
  assert.match(
    started.said(),
    /PostgreSQL of the vault was ended by SIGKILL; everything is stopped/,
  )
  assert.deepEqual(await left(), [])
})

test('a taken port is named, and what to do', async () => {
  const ports: unknown = JSON.parse(await readFile(join(home, 'ports.json'), 'utf8'))
  for (const [name, port] of Object.entries(ports ?? {})) {
    if (['wallet', 'proximity', 'sim_bridge'].includes(name)) continue
    const other = createServer().listen(Number(port), '127.0.0.1')
    await once(other, 'listening')
    assert.match(await refusal(), new RegExp(`Port ${port}, kept for .*, is taken .*ports\\.json`))
    await new Promise((resolve) => other.close(resolve))
  }
})

test('a broken data folder, other versions and unreadable files are told apart', async () => {
  const version = join(home, 'postgres', 'server', 'PG_VERSION')
  await rm(version)
  assert.match(await refusal(), /server, .*, is broken \(no PG_VERSION/)
  await writeFile(version, '15\n')
  assert.match(await refusal(), /is of PostgreSQL 15; this is PostgreSQL 18/)
  await writeFile(version, '18\n')
  const ports = await readFile(join(home, 'ports.json'))
  await writeFile(join(home, 'ports.json'), '{"api": "many"}')
  assert.match(await refusal(), /ports\.json cannot be understood/)
  await writeFile(join(home, 'ports.json'), ports)
})

test('a state folder that cannot be used is named', async () => {
  const wanted = home
  home = join(wanted, 'not-a-folder')
  await writeFile(home, '')
  assert.match(
    await refusal(),
    /The state folder .*not-a-folder cannot be written \((EEXIST|ENOTDIR)\)/,
  )
  await rm(home)
  await mkdir(home, { mode: 0o700 })
  await writeFile(join(home, 'secrets'), '')
  assert.match(await refusal(), /cannot be written/)
  home = wanted
})

test('a port that is free is chosen', async () => {
  const port = await choosePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  assert.notEqual(await choosePort(port), port)
  await new Promise((resolve) => other.close(resolve))
})
