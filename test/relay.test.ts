// Goal: a relay passes everything on unchanged, records and counts it, and can hold or cut at any
//   message; its count of PostgreSQL round trips is right for statements of every kind.
// Method: an echo service behind a relay, over TCP and Unix sockets, with messages torn apart at
//   every byte; and a real PostgreSQL behind a relay, asked by the driver the house uses.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { choosePort } from '@warifu/cli/ports'
import fc from 'fast-check'
import postgres from 'postgres'
import { asRole, cloneDatabase } from './databases.ts'
import { createMeter, createSplitters } from './framing.ts'
import { cutAt, type Frame, holdAt, loopback, type Place, startRelay } from './relay.ts'

const framed = (text: string): Buffer => {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text))
  bytes.writeUInt32BE(bytes.length - 4)
  bytes.write(text, 4)
  return bytes
}

async function startEcho(place: Place): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(place)
  await once(server, 'listening')
  return server
}

/** Sends, ends, and answers with everything that came back (also where it was cut). */
async function ask(place: Place, bytes: Buffer): Promise<string> {
  const socket = connect(place)
  const back: Buffer[] = []
  socket.on('data', (chunk) => back.push(chunk))
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.end(bytes)
  await closed
  return Buffer.concat(back).toString()
}

async function withEcho(work: (from: Place, to: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-relay-'))
  const to = { path: join(folder, 'echo.sock') }
  const echo = await startEcho(to)
  try {
    await work({ path: join(folder, 'relay.sock') }, to)
  } finally {
    echo.close()
    await rm(folder, { recursive: true })
  }
}

test('bytes cross unchanged and are recorded, by TCP and by Unix socket', async () => {
  await withEcho(async (listen, to) => {
    await using inner = await startRelay({ listen, to, framing: 'length' })
    const port = loopback(await choosePort())
    await using outer = await startRelay({ listen: port, to: listen, framing: 'chunks' })
    const said = Buffer.concat([framed('one'), framed('two')])
    assert.equal(await ask(port, said), said.toString())
    assert.equal(await ask(port, framed('three')), framed('three').toString())
    for (const relay of [inner, outer])
      for (const direction of ['up', 'down'] as const) {
        assert.deepEqual(relay.captured(direction, 0), said)
        assert.deepEqual(relay.captured(direction), Buffer.concat([said, framed('three')]))
      }
    assert.equal(inner.connections(), 2)
    assert.deepEqual([inner.counts().up, inner.counts().down], [3, 3])
  })
})

test('a hook sees each message, and cuts or holds the one it is asked to', async () => {
  await withEcho(async (listen, to) => {
    const seen: Frame[] = []
    await using relay = await startRelay({ listen, to, framing: 'length' })
    const three = Buffer.concat([framed('one'), framed('two'), framed('three')])
    const cuts: string[] = []
    const isSecond = (frame: Frame) => frame.direction === 'up' && frame.count === 2
    relay.hook(cutAt(isSecond, () => void cuts.push('second')))
    assert.doesNotMatch(await ask(listen, three), /two|three/)
    assert.deepEqual(cuts, ['second'])
    relay.hook((frame) => {
      seen.push(frame)
      return 'pass'
    })
    assert.equal(await ask(listen, three), three.toString())
    const texts = seen.filter((frame) => frame.direction === 'up').map((frame) => frame.bytes)
    assert.deepEqual(
      texts.map((bytes) => bytes.subarray(4).toString()),
      ['one', 'two', 'three'],
    )
    const began = performance.now()
    relay.hook(holdAt((frame) => frame.direction === 'down', 60))
    assert.equal(await ask(listen, framed('held')), framed('held').toString())
    assert(performance.now() - began >= 55)
    relay.hook()
    assert.equal(await ask(listen, framed('free')), framed('free').toString())
  })
})

test('a service that is away looks away through the relay too', async () => {
  await withEcho(async (listen) => {
    const to = loopback(await choosePort())
    await using relay = await startRelay({ listen, to, framing: 'chunks' })
    assert.equal(await ask(listen, framed('anyone?')), '')
    assert.equal(relay.counts().down, 0)
  })
})

test('messages are the same however the stream is torn', () => {
  const ssl = Buffer.from('00000008 04d2162f'.replace(' ', ''), 'hex')
  const startup = Buffer.from('00000009 00030000 00'.replaceAll(' ', ''), 'hex')
  const query = Buffer.from('Q\0\0\0\x06;\0', 'latin1')
  const sync = Buffer.from('S\0\0\0\x04', 'latin1')
  const up = [ssl, startup, query, sync]
  const ok = Buffer.from('R\0\0\0\x08\0\0\0\0', 'latin1')
  const ready = Buffer.from('Z\0\0\0\x05I', 'latin1')
  const down = [Buffer.from('N'), ok, ready, ready, ready]
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 60, maxLength: 60 }),
      (cuts) => {
        const splitters = createSplitters('postgres')
        const meter = createMeter('postgres')
        for (const [direction, messages] of [
          ['up', up],
          ['down', down],
        ] as const) {
          const whole = Buffer.concat(messages)
          const got: Buffer[] = []
          for (let at = 0, next = 0; at < whole.length; next += 1) {
            const end = at + (cuts[next] ?? 1)
            got.push(...splitters[direction](whole.subarray(at, end)))
            at = end
          }
          assert.deepEqual(got, messages)
          for (const message of got) meter.count(direction, message)
        }
        assert.deepEqual(meter.counts(), {
          up: 4,
          down: 5,
          roundTrips: 2,
          statements: 1,
          transactions: 2,
        })
      },
    ),
  )
})

test('PostgreSQL round trips, statements and transactions are counted', async () => {
  await using clone = await cloneDatabase('server')
  const listen = loopback(await choosePort())
  const to = loopback(Number(new URL(clone.adminUrl).port))
  await using relay = await startRelay({ listen, to, framing: 'postgres' })
  const through = new URL(asRole(clone.adminUrl, 'postgres', clone.name))
  through.port = String('port' in listen && listen.port)
  const sql = postgres(through.href, { max: 1, fetch_types: false })
  try {
    const cost = async (work: () => Promise<unknown>) => {
      const before = relay.counts()
      await work()
      const { roundTrips, statements, transactions } = relay.counts()
      return [
        roundTrips - before.roundTrips,
        statements - before.statements,
        transactions - before.transactions,
      ]
    }
    const typed = () => sql`select ${1}::int as one`
    await typed() // connects, and prepares the statement
    assert.deepEqual(await cost(typed), [1, 1, 1])
    assert.deepEqual(await cost(() => sql`select 1`.simple()), [1, 1, 1])
    assert.deepEqual(await cost(() => sql.begin((tx) => tx`select ${1}::int as one`)), [3, 3, 1])
    assert.deepEqual(await cost(() => sql`select ${2}::int + ${3}::int as fresh`), [2, 1, 1])
    assert.match(relay.captured('up').toString('latin1'), /select \$1::int as one/)
  } finally {
    await sql.end()
  }
})
