// Goal: only who may speak is heard: a socket closed to others, or TLS 1.3 with a certificate of
// our CA. Who does not speak the protocol is cut off, and the vault goes on.
// Method: real sockets and certificates.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { connect as connectSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Dispatch } from './dispatcher.ts'
import { createFrameReader, encodeFrame } from './framing.ts'
import { type Endpoint, type Listener, listen } from './listener.ts'
import { certify } from './rehearsal-certificate.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-vault-'))
})
after(() => rm(folder, { recursive: true }))

const heard: string[] = []
const dispatch: Dispatch = async (calls) => {
  heard.push(...calls.map(({ operation }) => operation))
  return calls.map(({ id }) => ({ id, ok: true, output: {} }))
}
const serve = (endpoint: Endpoint): Promise<Listener> =>
  listen({ dispatch, endpoint, log: () => {} })

/** Sends bytes; answers with the first frame, or `closed` where the vault ends the connection. */
const talk = (socket: Socket, bytes: Uint8Array): Promise<unknown> =>
  new Promise((settle) => {
    const take = createFrameReader()
    socket.on('data', (chunk) => {
      for (const body of take(chunk)) {
        settle(JSON.parse(Buffer.from(body).toString('utf8')))
        socket.destroy()
      }
    })
    socket.on('error', () => settle('closed'))
    socket.on('close', () => settle('closed'))
    socket.write(bytes)
  })

const frameOf = (operation: string): Buffer => encodeFrame([{ id: 7, operation, input: {} }])
const answered = [{ id: 7, ok: true, output: {} }]

test('a Unix socket: folder 0700, socket 0600, and it answers', async () => {
  const path = join(folder, 'run', 'vault.sock')
  const listener = await serve({ kind: 'unix', path })
  assert.equal((await stat(join(folder, 'run'))).mode & 0o777, 0o700)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await talk(connectSocket(path), frameOf('a')), answered)
  const again = serve({ kind: 'unix', path })
  await assert.rejects(again, { name: 'ConfigError', message: /Another vault already listens/ })
  await listener.close()
})

test('an open folder and a long path are refused; a dead socket is taken over', async () => {
  const shared = join(folder, 'run')
  await chmod(shared, 0o755)
  await assert.rejects(serve({ kind: 'unix', path: join(shared, 'v') }), /is open to others/)
  await chmod(shared, 0o700)
  const long = join(folder, 'x'.repeat(120))
  await assert.rejects(serve({ kind: 'unix', path: long }), /longer than 107 bytes/)
  const path = join(shared, 'dead.sock')
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () =>
    process.kill(process.pid, 'SIGKILL'))`
  await once(spawn(process.execPath, ['-e', script]), 'exit')
  assert((await stat(path)).isSocket(), 'what a killed vault leaves behind')
  const listener = await serve({ kind: 'unix', path })
  assert.deepEqual(await talk(connectSocket(path), frameOf('c')), answered)
  await listener.close()
})

test('who speaks something else is cut off, and the others are answered', async () => {
  const path = join(folder, 'run', 'other.sock')
  const listener = await serve({ kind: 'unix', path })
  for (const noise of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), encodeFrame({ not: 'calls' })])
    assert.equal(await talk(connectSocket(path), noise), 'closed')
  assert.deepEqual(await talk(connectSocket(path), frameOf('b')), answered)
  await listener.close()
})

test('frames are answered in the order they came, whichever is done first', async (t) => {
  const path = join(folder, 'run', 'order.sock')
  const slow = Promise.withResolvers<void>()
  const done: string[] = []
  const late: Dispatch = async (calls) => {
    const [{ operation = '' } = {}] = calls
    if (operation === 'slow') await slow.promise
    done.push(operation)
    if (operation === 'quick') slow.resolve()
    return calls.map(({ id }) => ({ id, ok: true, output: {} }))
  }
  const endpoint = { kind: 'unix', path } as const
  const listener = await listen({ dispatch: late, endpoint, log: () => {} })
  t.after(() => listener.close())
  const socket = connectSocket(path)
  const take = createFrameReader()
  const ids: unknown[] = []
  const both = new Promise<void>((settle) =>
    socket.on('data', (chunk) => {
      for (const body of take(chunk)) ids.push(JSON.parse(Buffer.from(body).toString())[0].id)
      if (ids.length === 2) settle()
    }),
  )
  socket.write(encodeFrame([{ id: 1, operation: 'slow', input: {} }]))
  socket.write(encodeFrame([{ id: 2, operation: 'quick', input: {} }]))
  await both
  socket.destroy()
  assert.deepEqual(done, ['quick', 'slow'], 'the second frame was done first')
  assert.deepEqual(ids, [1, 2])
})

// ─── mutual TLS ────────────────────────────────────────────────────────────────────────────────

const freshPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

test('TLS 1.3 with a client certificate of our CA is heard; anything less is not', async (t) => {
  const authority = certify('Warifu test CA', freshPair())
  const issuer = { name: 'Warifu test CA', privateKey: authority.privateKey }
  const server = certify('vault', freshPair(), issuer)
  const client = certify('server', freshPair(), issuer)
  // The same name, and a CA of the attacker's own under our CA's name.
  const foreign = certify('server', freshPair(), { ...issuer, privateKey: freshPair().privateKey })
  const { cert, key } = server
  const ca = authority.cert
  const endpoint = { kind: 'tls', host: '127.0.0.1', port: 0, cert, key, ca } as const
  const listener = await serve(endpoint)
  t.after(() => listener.close())
  const { port } = listener
  assert(port)
  const speak = (operation: string, own: ConnectionOptions) =>
    talk(connectTls({ host: '127.0.0.1', port, ca, ...own }), frameOf(operation))
  const admitted = { cert: client.cert, key: client.key }
  assert.deepEqual(await speak('ours', admitted), answered)
  assert.equal(await speak('none', {}), 'closed')
  assert.equal(await speak('foreign', { cert: foreign.cert, key: foreign.key }), 'closed')
  const own = certify('server', freshPair())
  assert.equal(await speak('own', { cert: own.cert, key: own.key }), 'closed')
  assert.equal(await speak('old', { ...admitted, maxVersion: 'TLSv1.2' }), 'closed')
  assert.equal(await talk(connectSocket(port, '127.0.0.1'), frameOf('plain')), 'closed')
  assert.deepEqual(await speak('again', admitted), answered)
  assert.deepEqual(
    heard.filter((name) => name.length > 1),
    ['ours', 'again'],
  )
})
