// Goal: an answer reaches the call that it is for, and no other; what has no answer fails.
// Method: a real socket to a peer that speaks frames and answers as each test says: in another
//   order within a frame, for calls of another frame, twice, or not at all.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { MAX_FRAME_BYTES } from '@warifu/protocol/vault'
import { frame, readFrames } from './frames.ts'
import { createVaultClient, dialUnix, VaultUnavailable } from './vault-client.ts'

type Call = { readonly id: number; readonly input: { readonly terminal: string } }
type Peer = (
  calls: readonly Call[],
  say: (answers: readonly object[]) => void,
  socket: Socket,
) => void

let folder = ''
let server: Server
let peer: Peer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-client-'))
  server = createServer((socket) => {
    const read = readFrames(MAX_FRAME_BYTES)
    const say = (answers: readonly object[]) => void socket.write(frame(answers))
    // What comes is the client's own call.
    socket.on('data', (chunk) => {
      for (const calls of read(chunk)) peer(calls as never, say, socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(join(folder, 'vault.sock'), resolve))
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

const client = () => createVaultClient({ dial: dialUnix(join(folder, 'vault.sock')) })
const terminal = (at: number) => `trm_${String(at).padStart(26, '0')}` as const
/** The answer names the terminal that was asked about. */
const answerTo = ({ id, input }: Call) => ({ id, ok: true, output: { terminal: input.terminal } })
const ask = (vault: ReturnType<typeof client>, at: number) =>
  vault.call('remove_terminal', { terminal: terminal(at) })

test('answers of a frame in another order reach their calls', async () => {
  peer = (calls, say) => say([...calls].reverse().map(answerTo))
  const vault = client()
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(vault, at)))
  for (const [at, answer] of answers.entries())
    assert.deepEqual(answer, { ok: true, output: { terminal: terminal(at) } })
  vault.close()
})

test('call ids are never used twice on a line', async () => {
  const seen: number[] = []
  peer = (calls, say) => {
    seen.push(...calls.map(({ id }) => id))
    say(calls.map(answerTo))
  }
  const vault = client()
  for (let at = 0; at < 3; at += 1)
    await Promise.all([ask(vault, at), ask(vault, at + 10), ask(vault, at + 20)])
  assert.equal(seen.length, 9)
  assert.equal(new Set(seen).size, 9)
  vault.close()
})

test('the answer to another frame is no answer: both calls fail, none is crossed', async () => {
  const frames: (readonly Call[])[] = []
  peer = (calls, say) => {
    frames.push(calls)
    const [one, two] = frames
    if (one === undefined || two === undefined) return
    say(two.map(answerTo))
    say(one.map(answerTo))
  }
  const vault = client()
  const first = ask(vault, 1)
  while (frames.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const answers = await Promise.allSettled([first, ask(vault, 2)])
  for (const answer of answers) {
    assert.equal(answer.status, 'rejected')
    assert(answer.status === 'rejected' && answer.reason instanceof VaultUnavailable)
  }
  vault.close()
})

test('a line that is cut fails what waits; the next call dials again', async () => {
  let cuts = 0
  peer = (calls, say, socket) => {
    cuts += 1
    if (cuts === 1) socket.destroy()
    else say(calls.map(answerTo))
  }
  const vault = client()
  await assert.rejects(ask(vault, 1), VaultUnavailable)
  assert.equal((await ask(vault, 2)).ok, true)
  vault.close()
})
