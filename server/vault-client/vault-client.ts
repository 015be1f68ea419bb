/**
 * The server's only way to the vault. Concurrent calls share a frame; a lone call leaves at once.
 * The vault answers with references, digests and ciphertext: nothing here ever holds a number.
 */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import {
  MAX_FRAME_BYTES,
  type VaultAnswer,
  type VaultInput,
  type VaultOperation,
  type VaultOutput,
  type VaultRefusal,
} from '@warifu/protocol/vault'
import { type Batcher, createBatcher } from '#store'
import { frame, readFrames } from './frames.ts'

export type VaultReply<O extends VaultOperation> =
  | { readonly ok: true; readonly output: VaultOutput<O> }
  | { readonly ok: false; readonly refusal: VaultRefusal }

/** The vault did not answer. Every operation is idempotent: the same call may be sent again. */
export class VaultUnavailable extends Error {
  override readonly name = 'VaultUnavailable'
}

export type VaultClient = {
  readonly call: <O extends VaultOperation>(
    operation: O,
    input: VaultInput<O>,
  ) => Promise<VaultReply<O>>
  readonly close: () => void
}

type Needs = {
  /**
   * Opens a connection: a Unix socket in the sandbox, mutual TLS between machines. Its `timeout`
   * event, where it has one, ends what waits.
   */
  readonly dial: () => Socket
}

type Ask = { readonly operation: VaultOperation; readonly input: unknown }
type Pending = { resolve: (answers: VaultAnswer[]) => void; reject: (fault: Error) => void }
type Line = { readonly socket: Socket; readonly pending: Pending[]; asked: number }

export function createVaultClient(needs: Needs): VaultClient {
  let line: Line | undefined
  const batcher: Batcher<Ask, VaultAnswer> = createBatcher({
    maxSize: 64,
    maxInFlight: 4,
    send: async (asks) => {
      if (line === undefined || line.socket.destroyed) line = openLine(needs)
      const first = line.asked
      line.asked += asks.length
      const calls = asks.map((ask, i) => ({ id: first + i, ...ask }))
      return inOrder(await exchange(line, calls), calls)
    },
  })
  return {
    call: async (operation, input) => {
      const answer = await batcher.ask({ operation, input })
      if (answer.ok) {
        // The vault checked this output against the operation's closed schema before sending it.
        return { ok: true, output: answer.output as VaultOutput<typeof operation> }
      }
      if ('refusal' in answer) return { ok: false, refusal: answer.refusal }
      throw new VaultUnavailable(answer.fault)
    },
    close: () => line?.socket.destroy(),
  }
}

/** Frames are answered in the order they were sent, so a queue is all that one line needs. */
function openLine({ dial }: Needs): Line {
  const socket = dial()
  const line: Line = { socket, pending: [], asked: 0 }
  const read = readFrames(MAX_FRAME_BYTES)
  const fail = (why: string, cause?: Error) => {
    socket.destroy()
    for (const { reject } of line.pending.splice(0)) reject(new VaultUnavailable(why, { cause }))
  }
  socket.on('timeout', () => {
    if (line.pending.length > 0) fail('no answer in time')
  })
  socket.on('error', (cause) => fail('connection failed', cause))
  socket.on('close', () => fail('connection closed'))
  socket.on('data', (chunk) => {
    try {
      for (const answers of read(chunk)) line.pending.shift()?.resolve(answers)
    } catch (cause) {
      fail('unreadable frame', cause instanceof Error ? cause : undefined)
    }
  })
  return line
}

type Call = Ask & { readonly id: number }

const exchange = (line: Line, calls: readonly Call[]): Promise<VaultAnswer[]> =>
  new Promise((resolve, reject) => {
    line.pending.push({ resolve, reject })
    line.socket.write(frame(calls))
  })

/** Ids are never used twice on a line: an answer to another frame is no answer to these calls. */
function inOrder(answers: readonly VaultAnswer[], calls: readonly Call[]): VaultAnswer[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  return calls.map(
    ({ id }) => byId.get(id) ?? { id, ok: false as const, fault: 'vault_unavailable' as const },
  )
}

/** Dials the vault's Unix socket. */
export const dialUnix = (path: string) => () => connect(path)

/** Dials the vault over mutual TLS 1.3: both sides show a certificate of the same authority. */
export const dialTls =
  ({
    host,
    port,
    cert,
    key,
    ca,
  }: {
    host: string
    port: number
    cert: Buffer
    key: Buffer
    ca: Buffer
  }) =>
  () =>
    connectTls({ host, port, cert, key, ca, minVersion: 'TLSv1.3', servername: 'vault' })
