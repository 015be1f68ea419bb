// Goal: whoever loses their connection to PostgreSQL is told so, and the process goes on: a
// transaction ends with its connection, nothing that it asks afterwards is done outside of it, and
// nobody waits for ever, or hears what another asked.
// Method: the server's store and the vault's, each on one connection to a real PostgreSQL. Backends
// are ended in the middle of transactions, and the line between is reset, plain and under TLS.
// Nothing is caught that a process would die of.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls'
import { openStore as openServerStore } from '@warifu/server/rehearsal'
import { certify } from '@warifu/vault/rehearsal-certificate'
import { openStore as openVaultStore } from '@warifu/vault/store'
import postgres from 'postgres'

const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL'] ?? ''
let admin: postgres.Sql
before(() => {
  admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
})
after(() => admin.end())

type Tx = postgres.ISql
type Store = {
  readonly sql: Tx
  readonly transaction: (work: (tx: Tx) => Promise<unknown>) => Promise<unknown>
  readonly end: () => Promise<void>
}
const stores: Readonly<Record<string, (url: string, connections: number) => Store>> = {
  server: openServerStore,
  vault: (url, connections) => {
    const sql = openVaultStore({ url, connections })
    return { sql, transaction: (work) => sql.begin(work), end: () => sql.end() }
  },
}

const pidOf = async (tx: Tx): Promise<number> => {
  const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
  return row?.pid ?? assert.fail()
}

const turns = async () => {
  for (let turned = 0; turned < 20; turned += 1) await turn()
}

/** Gone when this returns, and its connection is closed on this side too. */
async function endBackend(pid: number): Promise<void> {
  await admin`select pg_terminate_backend(${pid}, 60000)`
  await turns()
}

const echo = async ({ sql }: Store, n: number) =>
  (await sql<{ n: number }[]>`select ${n}::int as n`)[0]?.n

/** postgres.js tells the next one what PostgreSQL said to the last; it is not asked then. */
const again = async (store: Store, n: number) =>
  await echo(store, n).catch((fault: unknown) => {
    assert(fault instanceof postgres.PostgresError && fault.code === '57P01')
    return echo(store, n)
  })

async function assertAnswers(store: Store): Promise<void> {
  assert.equal(await again(store, 1), 1)
  assert.deepEqual(await Promise.all([2, 3, 4].map((n) => echo(store, n))), [2, 3, 4])
}

const gone = { code: 'CONNECTION_CLOSED' }

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const authority = certify('house', pair())
/** Good for 127.0.0.1, as long as whoever looks knows who signed it. */
const { cert, key } = certify('postgresql', pair(), { ...authority, name: 'house' })

/** As PostgreSQL begins TLS: a request, a letter, the handshake. */
async function secured(socket: Socket): Promise<Socket> {
  await once(socket, 'data')
  socket.on('error', () => {}).write('S')
  return new TLSSocket(socket, { isServer: true, cert, key })
}

/** A line to PostgreSQL that can be reset. */
async function resettable(sslmode?: 'require' | 'verify-full') {
  const { hostname, port } = new URL(adminUrl)
  const near = new Set<Socket>()
  const listener = createServer(async (raw) => {
    near.add(raw)
    const socket = sslmode === undefined ? raw : await secured(raw)
    const onward = connect(Number(port), hostname)
    const ways = [
      [socket, onward],
      [onward, socket],
    ] as const
    for (const [from, to] of ways)
      from
        .on('error', () => {})
        .on('close', () => to.destroy())
        .pipe(to)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  assert(typeof address === 'object' && address !== null)
  const url = new URL(adminUrl)
  url.host = `127.0.0.1:${address.port}`
  if (sslmode !== undefined) url.searchParams.set('sslmode', sslmode)
  const each = (end: (socket: Socket) => void) => {
    near.forEach(end)
    near.clear()
  }
  const reset = () => each((socket) => socket.resetAndDestroy())
  const hangUp = () => each((socket) => socket.end())
  const close = async () => {
    reset()
    listener.close()
  }
  return { url: url.href, reset, hangUp, [Symbol.asyncDispose]: close }
}

type Work = (store: Store) => Promise<void>

const endedWhileAnswering: Work = async (store) => {
  const pid = Promise.withResolvers<number>()
  const asked = store.transaction(async (tx) => {
    pid.resolve(await pidOf(tx))
    await tx`select pg_sleep(600)`
  })
  const rejected = assert.rejects(asked, gone)
  await endBackend(await pid.promise)
  await rejected
  await assertAnswers(store)
}

const endedWhileIdle: Work = async (store) => {
  const table = `lost_line_${process.pid}`
  await admin`create table ${admin(table)} (what text)`
  const [pid, goOn] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()]
  const late = Promise.withResolvers<unknown>()
  const asked = store.transaction(async (tx) => {
    const insert = async (what: string) => await tx`insert into ${tx(table)} values (${what})`
    await insert('before')
    pid.resolve(await pidOf(tx))
    await goOn.promise
    await insert('after').then(late.resolve, late.reject)
  })
  const rejected = assert.rejects(asked, gone)
  await endBackend(await pid.promise)
  // The only connection is somebody else's by now.
  await assertAnswers(store)
  goOn.resolve()
  await rejected
  await assert.rejects(late.promise, gone)
  await assertAnswers(store)
  assert.deepEqual([...(await admin`select what from ${admin(table)}`)], [])
  await admin`drop table ${admin(table)}`
}

const endedBeforeCommit: Work = async (store) => {
  const asked = store.transaction(async (tx) => await endBackend(await pidOf(tx)))
  await assert.rejects(asked, gone)
  await assertAnswers(store)
}

const reset =
  (resetLine: () => void): Work =>
  async (store) => {
    const asked = store.transaction(async (tx) => {
      await tx`select 1`
      setImmediate(resetLine)
      await tx`select pg_sleep(600)`
    })
    await assert.rejects(asked, gone)
    await assertAnswers(store)
    // Whoever was refused asks again at once.
    const refused = store.sql`select pg_sleep(600)`.catch(() => echo(store, 7))
    await turns()
    resetLine()
    assert.equal(await refused, 7)
    await assertAnswers(store)
  }

/**
 * Asked in every turn of the event loop, also in the one between a line's end and the news of it.
 * Each round ends another moment; of the driver as it comes, one in six had somebody waiting.
 */
const lostAtAnyMoment =
  (lose: () => void, rounds: number): Work =>
  async (store) => {
    for (let round = 0; round < rounds; round += 1) {
      await echo(store, round)
      const losing = sleep(round % 7).then(lose)
      const asked: Promise<unknown>[] = []
      for (let n = 0; n < 300; n += 1) {
        const one = n % 100 === 99 ? store.transaction((tx) => pidOf(tx)) : echo(store, n)
        asked.push(one.catch(() => 'lost'))
        await turn()
      }
      await losing
      const answers = await Promise.race([Promise.all(asked), sleep(5000, 'somebody waits')])
      assert.notEqual(answers, 'somebody waits', `round ${round}`)
    }
  }

const toldOf =
  (fault: { readonly code?: string; readonly message?: RegExp }): Work =>
  async (store) => {
    for (let asked = 0; asked < 2; asked += 1) await assert.rejects(echo(store, 1), fault)
  }

const notThere: Work = async (store) => {
  await assert.rejects(echo(store, 1), { code: 'ECONNREFUSED' })
}

for (const [name, open] of Object.entries(stores)) {
  const withStore = async (work: Work, url = adminUrl, connections = 1) => {
    const store = open(url, connections)
    await work(store).finally(store.end)
  }

  describe(`the ${name}’s connection`, () => {
    test('ended while its transaction waits for an answer', () => withStore(endedWhileAnswering))
    test('ended while its transaction waits for something else: nothing is done outside', () =>
      withStore(endedWhileIdle))
    test('ended before its transaction commits', () => withStore(endedBeforeCommit))

    for (const sslmode of [undefined, 'require'] as const) {
      const over = sslmode === undefined ? '' : ' under TLS'
      test(`reset${over}: nobody waits for ever, or hears what another asked`, async () => {
        await using line = await resettable(sslmode)
        await withStore(reset(line.reset), line.url)
      })
    }

    for (const [way, rounds, sslmode] of [
      ['reset', 30],
      ['hangUp', 30],
      ['reset', 10, 'require'],
    ] as const)
      test(`lost at any moment (${way} ${sslmode ?? ''}): whoever asks is told`, async () => {
        await using line = await resettable(sslmode)
        await withStore(lostAtAnyMoment(line[way], rounds), line.url, 2)
      })

    test('TLS is as it is asked for: checked, unchecked, or not there', async () => {
      await using own = await resettable('verify-full')
      await withStore(toldOf({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), own.url)
      await using plain = await resettable()
      const none = { message: /does not speak TLS/ }
      await withStore(toldOf(none), `${plain.url}?sslmode=require`)
      await withStore(assertAnswers, `${plain.url}?sslmode=prefer`)
    })

    test('a certificate is checked: who signed it, and for which name', async () => {
      const trusted = getCACertificates()
      setDefaultCACertificates([...trusted, authority.cert])
      try {
        await using own = await resettable('verify-full')
        await withStore(assertAnswers, own.url)
        const misnamed = new URL(own.url)
        misnamed.hostname = 'localhost'
        await withStore(toldOf({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), misnamed.href)
      } finally {
        setDefaultCACertificates(trusted)
      }
    })

    test('whoever closes instead of beginning TLS is told of', async () => {
      const mute = createServer((socket) => socket.once('data', () => socket.end()))
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
      const address = mute.address()
      assert(typeof address === 'object' && address !== null)
      const url = new URL(adminUrl)
      url.host = `127.0.0.1:${address.port}`
      await withStore(toldOf({ message: /closed the line/ }), `${url}?sslmode=require`)
      mute.close()
    })

    test('is not there: that is told', async () => {
      const line = await resettable()
      await line[Symbol.asyncDispose]()
      for (const asked of ['', '?sslmode=require', '?sslmode=require&sslnegotiation=direct'])
        await withStore(notThere, `${line.url}${asked}`)
    })
  })
}
