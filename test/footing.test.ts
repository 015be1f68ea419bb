// Goal: PostgreSQL runs whoever starts it: root with user namespaces, root where the kernel
//   forbids them, a normal user; and data that was moved out once is found there again.
// Method: as root, real clusters with an `unshare` that refuses in front of the PATH, and the same
//   program under another user's number.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { findFooting } from '@warifu/cli/footing'
import { testAsRoot } from './needs.ts'

/** A number that stands in no list of users, as containers give it, and one that does: daemon. */
const STRANGER = 12_345
const LISTED = 1

type Place = AsyncDisposable & { readonly path: string; readonly home: string }

async function openFolder(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'warifu footing '))
  await chmod(path, 0o755)
  const home = join(path, 'state')
  await mkdir(home, { mode: 0o700 })
  return { path, home, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Makes `unshare` refuse, as kernels and containers do that forbid user namespaces. */
async function forbidNamespaces(folder: string): Promise<Disposable> {
  await writeFile(join(folder, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const before = process.env['PATH'] ?? ''
  process.env['PATH'] = `${folder}${delimiter}${before}`
  return {
    [Symbol.dispose]: () => {
      process.env['PATH'] = before
    },
  }
}

/** A program for another process: starts a cluster in `home`, asks it who it is, stops it. */
const script = (home: string, port: number) => `
  import { startCluster } from '@warifu/cli/cluster'
  import { createKeeper } from '@warifu/cli/keeper'
  import postgres from 'postgres'
  const keeper = createKeeper()
  const options = { name: 'server', home: ${JSON.stringify(home)}, port: ${port} }
  const log = options.home + '/log'
  const cluster = await startCluster({ ...options, password: 'p', log, keeper })
  const sql = postgres(cluster.adminUrl, { max: 1 })
  const [row] = await sql\`select current_setting('fsync') as fsync,
    current_setting('data_checksums') as checksums,
    current_setting('listen_addresses') as address, version() as version\`
  await sql.end()
  await cluster.stop()
  keeper.close()
  console.log(JSON.stringify({ ...row, folder: cluster.dataFolder }))`

function runCluster(home: string, user?: number): unknown {
  const port = 20_000 + (process.pid % 12_000)
  const args = ['--input-type=module-typescript', '--eval', script(home, port)]
  const as = user === undefined ? {} : { uid: user, gid: user }
  const options = { cwd: import.meta.dirname, encoding: 'utf8' as const, ...as }
  return JSON.parse(execFileSync(process.execPath, args, options))
}

const expected = (folder: string) => ({
  fsync: 'on',
  checksums: 'on',
  address: '127.0.0.1',
  folder,
})

function assertCluster(found: unknown, folder: string): void {
  const { version, ...rest }: { version?: string } = Object(found)
  assert.match(version ?? '', /^PostgreSQL 18/)
  assert.deepEqual(rest, expected(folder))
}

test('whoever runs this can run PostgreSQL in a closed folder of theirs', async () => {
  await using place = await openFolder()
  assertCluster(runCluster(place.home), join(place.home, 'postgres', 'server'))
})

for (const user of [LISTED, STRANGER])
  testAsRoot(`user ${user} keeps data in the state folder`, async () => {
    await using place = await openFolder()
    await chown(place.home, user, user)
    const folder = join(place.home, 'postgres', 'server')
    assertCluster(runCluster(place.home, user), folder)
    assert.equal((await stat(folder)).uid, user)
  })

testAsRoot('root without namespaces is nobody, outside, and finds that place again', async () => {
  await using place = await openFolder()
  const outside = join(place.path, 'var')
  const inNamespace = await findFooting(place.home, outside)
  assert.equal(inNamespace.data, join(place.home, 'postgres'))
  using _ = await forbidNamespaces(place.path)
  const asNobody = await findFooting(place.home, outside)
  assert.equal(asNobody.user?.uid, Number(execFileSync('id', ['-u', 'nobody'])))
  assert.match(asNobody.data, new RegExp(`^${outside}/[0-9a-f]{16}$`))
  assert.equal(await readFile(join(place.home, 'where'), 'utf8'), `${asNobody.data}\n`)
  assert.equal((await stat(asNobody.data)).mode & 0o777, 0o700)
  assertCluster(runCluster(place.home), join(asNobody.data, 'server'))
})

testAsRoot('where nobody may write nowhere, one sentence says so', async () => {
  await using place = await openFolder()
  using _ = await forbidNamespaces(place.path)
  await chmod(place.path, 0o700)
  await assert.rejects(
    findFooting(place.home, join(place.path, 'var')),
    /cannot run here as root, and no other/,
  )
})
