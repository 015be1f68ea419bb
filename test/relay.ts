/**
 * A relay between two processes, TCP or Unix socket: our own capture. It records what crosses,
 * counts messages, and shows each one to a hook before it goes on; the hook may hold it (answer
 * later), cut the connection, or do whatever it likes first, such as ending a process.
 */
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Counts, createMeter, createSplitters, type Framing } from './framing.ts'

export type Place =
  | { readonly port: number; readonly host: '127.0.0.1' }
  | { readonly path: string }
/** `up` is from the client to the service. */
export type Direction = 'up' | 'down'
/** `twice`: the message goes on two times; `last`: it goes on, then the connection is cut. */
export type Verdict = 'pass' | 'cut' | 'twice' | 'last'
export type Frame = {
  readonly direction: Direction
  /** The how-manieth message in this direction since the relay began, from 1. */
  readonly count: number
  /** Which connection, from 0. */
  readonly connection: number
  readonly bytes: Buffer
}
export type Hook = (frame: Frame) => Verdict | Promise<Verdict>

export type RelayOptions = {
  readonly listen: Place
  readonly to: Place
  readonly framing: Framing
  readonly onFrame?: Hook
}

export type Relay = {
  readonly listen: Place
  /** All bytes that arrived in this direction so far; of one connection, or of all in turn. */
  readonly captured: (direction: Direction, connection?: number) => Buffer
  readonly connections: () => number
  readonly counts: () => Counts
  /** Sets the hook for the messages from now on, or takes it away. */
  readonly hook: (onFrame?: Hook) => void
  /** Cuts every connection that is open now; new ones are welcome. */
  readonly cut: () => void
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

type Recording = { readonly up: Buffer[]; readonly down: Buffer[] }

export const loopback = (port: number): Place => ({ port, host: '127.0.0.1' })

export async function startRelay({ listen, to, framing, onFrame }: RelayOptions): Promise<Relay> {
  const meter = createMeter(framing)
  const recordings: Recording[] = []
  const open = new Set<Socket>()
  let hook = onFrame
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const service = connect({ ...to, allowHalfOpen: true, noDelay: true })
    const recording: Recording = { up: [], down: [] }
    const connection = recordings.push(recording) - 1
    const splitters = createSplitters(framing)
    const pump = async (direction: Direction) => {
      const [from, onward] = direction === 'up' ? [client, service] : [service, client]
      for await (const chunk of chunksOf(from)) {
        recording[direction].push(chunk)
        for (const bytes of splitters[direction](chunk)) {
          meter.count(direction, bytes)
          const count = meter.counts()[direction]
          const verdict = await hook?.({ direction, count, connection, bytes })
          if (verdict === 'cut' || onward.destroyed) return void destroy()
          onward.write(bytes)
          if (verdict === 'twice') onward.write(bytes)
          if (verdict === 'last') return void onward.end(destroy)
        }
      }
      onward.end()
    }
    const destroy = () => [client, service].map((socket) => socket.destroy())
    for (const socket of [client, service]) {
      open.add(socket)
      socket.on('error', destroy)
      socket.on('close', () => open.delete(socket))
    }
    for (const direction of ['up', 'down'] as const) pump(direction).catch(destroy)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen, resolve)
  })
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    cut()
    await closed
  }
  return {
    listen,
    captured: (direction, connection) =>
      Buffer.concat(
        recordings
          .filter((_, at) => connection === undefined || at === connection)
          .flatMap((recording) => recording[direction]),
      ),
    connections: () => recordings.length,
    counts: meter.counts,
    hook: (next) => {
      hook = next
    },
    cut,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function* chunksOf(socket: Socket): AsyncGenerator<Buffer> {
  const chunks: AsyncIterable<Buffer> = socket.iterator({ destroyOnReturn: false })
  yield* chunks
}

/** A hook that lets everything pass but the message that `wanted` knows; that one it cuts. */
export const cutAt =
  (wanted: (frame: Frame) => boolean, first: () => Promise<void> | void = () => {}): Hook =>
  async (frame): Promise<Verdict> => {
    if (!wanted(frame)) return 'pass'
    await first()
    return 'cut'
  }

/** PostgreSQL has done what was asked for so, and says it: ReadyForQuery, idle. */
export function doneAfter(asked: (frame: Frame) => boolean): (frame: Frame) => boolean {
  let connection: number | undefined
  let hasRun = false
  return (frame) => {
    if (asked(frame)) [connection, hasRun] = [frame.connection, false]
    if (frame.direction === 'up' || frame.connection !== connection) return false
    const type = String.fromCharCode(frame.bytes[0] ?? 0)
    if (type === 'C') hasRun = true
    return hasRun && type === 'Z' && frame.bytes[5] === 0x49
  }
}

/** A hook that keeps the message that `wanted` knows back for this long. */
export const holdAt =
  (wanted: (frame: Frame) => boolean, heldMs: number): Hook =>
  async (frame): Promise<Verdict> => {
    if (wanted(frame)) await sleep(heldMs)
    return 'pass'
  }
