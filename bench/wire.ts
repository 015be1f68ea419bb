/**
 * One connection of the load generator: HTTP/1.1 kept alive, request bytes made beforehand, answers
 * read with as little work as can be: the generator shares its processors with what it measures.
 */
import { connect, type Socket } from 'node:net'

export type Prepared = {
  readonly path: string
  readonly query: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** The request as it goes over the wire. */
export function wireOf(url: string, { path, query, body, headers }: Prepared): Buffer {
  const lines = Object.entries({ ...headers, 'content-type': 'application/json' })
  const head = [
    `POST ${path}${query} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

export type Wire = {
  /** Sends one request and waits for its answer, which must be a yes. */
  readonly send: (request: Buffer) => Promise<void>
  readonly close: () => void
}

type Waiting = { readonly resolve: () => void; readonly reject: (fault: Error) => void }
const YES = '"status":"authorized"'

export function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  const { promise, resolve, reject } = Promise.withResolvers<Wire>()
  let waiting: Waiting | undefined
  let held = Buffer.alloc(0)
  const settle = (fault?: Error) => {
    const one = waiting
    waiting = undefined
    if (fault === undefined) one?.resolve()
    else one?.reject(fault)
  }
  socket.once('error', (fault) => {
    reject(fault)
    settle(fault)
  })
  socket.on('close', () => settle(new Error('the connection was closed')))
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk])
    const end = endOfAnswer(held)
    if (end === undefined) return
    const text = held.toString('latin1', 0, end)
    held = held.subarray(end)
    settle(text.includes(YES) ? undefined : new Error(`not authorized: ${text.slice(0, 900)}`))
  })
  const wait = (next: Waiting) => {
    waiting = next
  }
  socket.once('connect', () => resolve(wireOn(socket, wait)))
  return promise
}

const wireOn = (socket: Socket, wait: (waiting: Waiting) => void): Wire => ({
  send: (request) =>
    new Promise((resolve, reject) => {
      wait({ resolve, reject })
      socket.write(request)
    }),
  close: () => socket.destroy(),
})

/** Where the first answer ends; undefined while it is not all there. */
function endOfAnswer(bytes: Buffer): number | undefined {
  const body = bytes.indexOf('\r\n\r\n')
  if (body < 0) return undefined
  const head = bytes.toString('latin1', 0, body)
  const [, length] = /\r\ncontent-length: ([0-9]+)/i.exec(head) ?? []
  if (length === undefined) throw new Error(`an answer without a length: ${head}`)
  const end = body + 4 + Number(length)
  return bytes.length < end ? undefined : end
}
