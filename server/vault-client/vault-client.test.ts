// Goal: an answer reaches the call that it is for, and no other; what has no answer fails, or is
//   asked of another vault with the same bytes.
// Method: real sockets to peers that speak frames and answer as each test says: in another order
//   within a frame, for calls of another frame, twice, or not at all. The choice is a function.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { MAX_FRAME_BYTES } from '@warifu/protocol/vault'
import { homeOf, orderOf } from './choosing.ts'
import { frame, readFrames } from './frames.ts'
import { createVaultClient, dialUnix, type VaultClient, VaultUnavailable } from './vault-client.ts'

type Call = { readonly id: number; readonly input: { readonly terminal: string } }
type Peer = (
  calls: readonly Call[],
  say: (answers: readonly object[]) => void,
  socket: Socket,
) => void

let folder = ''
let servers: Server[]
let clients: VaultClient[]
let peer: Peer
/** Of the second vault. */
let other: Peer
const socketOf = (name: string) => join(folder, `${name}.sock`)
async function serve(name: string, answer: () => Peer): Promise<void> {
  const server = createServer((socket) => {
    const read = readFrames(MAX_FRAME_BYTES)
    const say = (answers: readonly object[]) => void socket.write(frame(answers))
    // What comes is the client's own call.
    socket.on('data', (chunk) => {
      for (const calls of read(chunk)) answer()(calls as never, say, socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(socketOf(name), resolve))
  servers.push(server)
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-client-'))
  servers = []
  clients = []
  await serve('vault', () => peer)
  await serve('other', () => other)
})
afterEach(async () => {
  for (const vault of clients) vault.close()
  for (const server of servers) server.close()
  await rm(folder, { recursive: true })
})

const client = (names = ['vault'], now = () => 0) => {
  const vault = createVaultClient({ dials: names.map((name) => dialUnix(socketOf(name))), now })
  clients.push(vault)
  return vault
}
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
})

/** Answers all, and writes down where. */
const answering =
  (name: string, asked: [string, number][]): Peer =>
  (calls, say) => {
    for (const call of calls) asked.push([name, Number(call.input.terminal?.slice(4) ?? -1)])
    say(calls.map(answerTo))
  }

test('two vaults share the work; what one loses is asked of the other, the same', async () => {
  const asked: [string, number][] = []
  peer = answering('vault', asked)
  other = answering('other', asked)
  const vault = client(['vault', 'other'])
  for (let at = 0; at < 4; at += 1) await ask(vault, at)
  assert.deepEqual(asked.map(([name]) => name).sort(), ['other', 'other', 'vault', 'vault'])
  asked.length = 0
  peer = (calls, _, socket) => {
    for (const call of calls) asked.push(['vault', Number(call.input.terminal.slice(4))])
    socket.destroy()
  }
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(vault, at)))
  for (const [at, answer] of answers.entries())
    assert.deepEqual(answer, { ok: true, output: { terminal: terminal(at) } })
  const lost = asked.filter(([name]) => name === 'vault').map(([, at]) => at)
  assert(lost.length > 0, 'some were asked where the line was cut')
  const taken = asked.filter(([name]) => name === 'other').map(([, at]) => at)
  assert.deepEqual(
    taken.sort((a, b) => a - b),
    [...Array(20).keys()],
  )
})

test('a sick vault is passed over until a call of its own has shown that it is back', async () => {
  let nowMs = 0
  const asked: [string, number][] = []
  peer = (_, __, socket) => socket.destroy()
  other = answering('other', asked)
  const vault = client(['vault', 'other'], () => nowMs)
  for (let at = 0; at < 4; at += 1) assert((await ask(vault, at)).ok)
  peer = answering('vault', asked)
  for (let at = 0; at < 4; at += 1) await ask(vault, at)
  assert(
    asked.every(([name]) => name === 'other'),
    'left in peace',
  )
  nowMs = 1000
  await ask(vault, 0)
  while (!asked.some(([name]) => name === 'vault'))
    await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    asked.filter(([name]) => name === 'vault'),
    [['vault', -1]],
    'a look',
  )
  for (let at = 1; at < 7; at += 1) await ask(vault, at)
  assert(asked.some(([name, at]) => name === 'vault' && at > 0))
})

test('a fault is no answer: the next one is asked; where all have it, the call fails', async () => {
  const faulty: Peer = (calls, say) =>
    say(calls.map(({ id }) => ({ id, ok: false, fault: 'vault_unavailable' })))
  const asked: [string, number][] = []
  peer = faulty
  other = answering('other', asked)
  const vault = client(['vault', 'other'])
  for (let at = 0; at < 4; at += 1) assert((await ask(vault, at)).ok)
  other = faulty
  await assert.rejects(ask(vault, 1), VaultUnavailable)
})

test('the least busy first, by turns; the sick last; a sale at its home', () => {
  const well = { waiting: 0, isSick: false }
  const any = (turn: number) => ({ turn, home: undefined })
  assert.deepEqual(orderOf([well, well, well], any(1)), [1, 2, 0])
  assert.deepEqual(orderOf([well, well, well], any(2)), [2, 0, 1])
  const busy = [{ ...well, waiting: 5 }, { ...well, waiting: 2 }, well]
  assert.deepEqual(orderOf(busy, any(0)), [2, 1, 0])
  const sick = [
    { ...well, isSick: true },
    { ...well, waiting: 9 },
  ]
  assert.deepEqual(orderOf(sick, any(0)), [1, 0])
  assert.deepEqual(orderOf(busy, { turn: 2, home: 3 }), [0, 1, 2], 'however busy it is')
  assert.deepEqual(orderOf(sick, { turn: 0, home: 2 }), [1, 0], 'if it is well')
  const sale = `pay_${'7'.repeat(26)}` as const
  const path = `/v1/payments/${sale}/present`
  const request = { method: 'POST' as const, path, query: '', headers: {}, body: '' }
  const said = { terminal: terminal(1), any_cardholder: false }
  assert.equal(
    homeOf('open_sale', { ...said, request: request as never }),
    homeOf('end_sale', { sale, because: 'cancelled' }),
  )
  assert.notEqual(homeOf('end_sale', { sale, because: 'cancelled' }), undefined)
  assert.equal(homeOf('remove_terminal', { terminal: terminal(1) }), undefined)
})
