/**
 * Where calls come in: a Unix socket (0600, in a folder of 0700) on one machine, or TLS 1.3 over
 * TCP between machines, where only a client with a certificate of our own CA is heard at all.
 */
import { chmod, mkdir, stat, unlink } from 'node:fs/promises'
import { connect, createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { ConfigError } from './config-error.ts'
import type { Dispatch } from './dispatcher.ts'
import { createFrameReader, encodeFrame, FrameError, readCalls } from './framing.ts'
import { describeFault, type Log } from './log.ts'

export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'tls'
      readonly host: string
      readonly port: number
      readonly cert: Buffer
      readonly key: Buffer
      readonly ca: Buffer
    }

export type Listener = {
  /** The port where TCP is used; it may have been chosen by the system. */
  readonly port: number | undefined
  readonly close: () => Promise<void>
}
export type ListenerNeeds = {
  readonly dispatch: Dispatch
  readonly endpoint: Endpoint
  readonly log: Log
}

/** Frames of one connection that may be at work; further ones wait in the kernel. */
const MAX_IN_FLIGHT = 8
const SOCKET_PATH_BYTES = 107

export async function listen({ dispatch, endpoint, log }: ListenerNeeds): Promise<Listener> {
  const open = new Map<Socket, () => Promise<void>>()
  const accept = (socket: Socket): void => {
    socket.setNoDelay(true)
    open.set(socket, serveConnection(socket, dispatch, log))
    socket.on('close', () => open.delete(socket))
  }
  const server = createServer(endpoint, accept, log)
  if (endpoint.kind === 'unix') await prepareSocketPath(endpoint.path)
  await bind(server, endpoint)
  if (endpoint.kind === 'unix') await chmod(endpoint.path, 0o600)
  const address = server.address()
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.all([...open.values()].map((drain) => drain()))
      await closed
    },
  }
}

function createServer(endpoint: Endpoint, accept: (socket: Socket) => void, log: Log): Server {
  if (endpoint.kind === 'unix') return createSocketServer(accept)
  const { cert, key, ca } = endpoint
  const server = createTlsServer({
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
  })
  server.on('secureConnection', accept)
  server.on('tlsClientError', (error) => log('warn', { event: 'refused', ...describeFault(error) }))
  return server
}

/** Serves one connection; answers with how to end it once what it asked is answered. */
function serveConnection(socket: Socket, dispatch: Dispatch, log: Log): () => Promise<void> {
  const takeChunk = createFrameReader()
  const working = new Set<Promise<void>>()
  const answer = async (body: Uint8Array, before: Promise<void>): Promise<void> => {
    try {
      const [answers] = await Promise.all([dispatch(readCalls(body)), before])
      if (!socket.destroyed) socket.write(encodeFrame(answers))
    } catch (error) {
      log('warn', { event: 'connection_ended', ...describeFault(error) })
      socket.destroy()
    }
  }
  // Frames are worked on side by side and answered in the order they came.
  let last = Promise.resolve()
  const take = (chunk: Buffer): void => {
    for (const body of takeChunk(chunk)) {
      last = answer(body, last)
      const work = last.finally(() => {
        working.delete(work)
        if (working.size < MAX_IN_FLIGHT) socket.resume()
      })
      working.add(work)
    }
    if (working.size >= MAX_IN_FLIGHT) socket.pause()
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    try {
      take(chunk)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      log('warn', { event: 'connection_ended', ...describeFault(error) })
      socket.destroy()
    }
  })
  return async () => {
    socket.pause()
    await Promise.all(working)
    socket.destroySoon()
  }
}

async function bind(server: Server, endpoint: Endpoint): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', resolve)
    if (endpoint.kind === 'unix') server.listen(endpoint.path)
    else server.listen(endpoint.port, endpoint.host)
  })
}

/** The folder is ours alone, the path short enough, and no living vault stands there. */
async function prepareSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES)
    throw new ConfigError(`VAULT_SOCKET is longer than ${SOCKET_PATH_BYTES} bytes: ${path}`)
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (((await stat(folder)).mode & 0o077) !== 0)
    throw new ConfigError(`The folder of VAULT_SOCKET is open to others; chmod 700 ${folder}`)
  if (!(await exists(path))) return
  if (await isAlive(path)) throw new ConfigError(`Another vault already listens on ${path}`)
  await unlink(path)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const isAlive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
