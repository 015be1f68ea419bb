/**
 * One line to one vault. Concurrent calls share a frame; a lone call leaves at once. It dials when
 * something is asked and no connection stands.
 */
import type { Socket } from 'node:net'
import { MAX_FRAME_BYTES, type VaultAnswer, type VaultOperation } from '@warifu/protocol/vault'
import { type Batcher, createBatcher } from '#store'
import { frame, readFrames } from './frames.ts'

/** The vault did not answer. Every operation is idempotent: the same call may be sent again. */
export class VaultUnavailable extends Error {
  override readonly name = 'VaultUnavailable'
}

export type Ask = { readonly operation: VaultOperation; readonly input: unknown }

export type Line = {
  /** Throws VaultUnavailable where the connection gives no answer. */
  readonly ask: (ask: Ask) => Promise<VaultAnswer>
  /** How many calls wait for their answer. */
  readonly waiting: () => number
  readonly close: () => void
}

type Pending = { resolve: (answers: VaultAnswer[]) => void; reject: (fault: Error) => void }
type Connection = { readonly socket: Socket; readonly pending: Pending[]; asked: number }

export function createLine(dial: () => Socket): Line {
  let connection: Connection | undefined
  let waiting = 0
  const batcher: Batcher<Ask, VaultAnswer> = createBatcher({
    maxSize: 64,
    maxInFlight: 2,
    send: async (asks) => {
      if (connection === undefined || connection.socket.destroyed) connection = connectBy(dial)
      const first = connection.asked
      connection.asked += asks.length
      const calls = asks.map((ask, i) => ({ id: first + i, ...ask }))
      return inOrder(await exchange(connection, calls), calls)
    },
  })
  return {
    ask: async (ask) => {
      waiting += 1
      try {
        return await batcher.ask(ask)
      } finally {
        waiting -= 1
      }
    },
    waiting: () => waiting,
    close: () => connection?.socket.destroy(),
  }
}

/** Frames are answered in the order they were sent, so a queue is all that one line needs. */
function connectBy(dial: () => Socket): Connection {
  const socket = dial()
  const connection: Connection = { socket, pending: [], asked: 0 }
  const read = readFrames(MAX_FRAME_BYTES)
  const fail = (why: string, cause?: Error) => {
    socket.destroy()
    for (const { reject } of connection.pending.splice(0))
      reject(new VaultUnavailable(why, { cause }))
  }
  socket.on('timeout', () => {
    if (connection.pending.length > 0) fail('no answer in time')
  })
  socket.on('error', (cause) => fail('connection failed', cause))
  socket.on('close', () => fail('connection closed'))
  socket.on('data', (chunk) => {
    try {
      for (const answers of read(chunk)) connection.pending.shift()?.resolve(answers)
    } catch (cause) {
      fail('unreadable frame', cause instanceof Error ? cause : undefined)
    }
  })
  return connection
}

type Call = Ask & { readonly id: number }

const exchange = (connection: Connection, calls: readonly Call[]): Promise<VaultAnswer[]> =>
  new Promise((resolve, reject) => {
    connection.pending.push({ resolve, reject })
    connection.socket.write(frame(calls))
  })

/** Ids are never used twice on a line: an answer to another frame is no answer to these calls. */
function inOrder(answers: readonly VaultAnswer[], calls: readonly Call[]): VaultAnswer[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  return calls.map(
    ({ id }) => byId.get(id) ?? { id, ok: false as const, fault: 'vault_unavailable' as const },
  )
}
