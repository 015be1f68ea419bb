/**
 * Goal: whenever its power goes, a device counts on from no less than it has answered, and no code
 *   of it stands for two contents; and what it really sends tells nobody that it is the same one.
 * Method: its process on a real file, ended by SIGKILL at each write and sync of its counter; then
 *   two processes whose clock runs an epoch in a tick, and every datagram that they send.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { chipCode } from '@warifu/crypto/chip-code'
import { openDisk, openRecords, writeFirst } from '@warifu/devices/flash'
import { openChipLink } from '@warifu/devices/terminal'
import { type LinkAnswer, paymentBytes } from '@warifu/protocol/proximity'
import { CODE_BYTES, codeIn, EPOCH_MS, PDU_BYTES, readPdu } from '@warifu/protocol/proximity-frame'
import { type ChipMemory, chipFormat } from './chip-memory.ts'
import { chipRequest, memoryOf, NOW, phone, signedBy, TERMINAL } from './rehearsal.ts'

const folder = mkdtempSync(join(tmpdir(), 'warifu-proximity-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const WALLET = 'http://127.0.0.1:1'
const GROUP = '239.255.0.1'

function makeFile(name: string, memory: ChipMemory): string {
  const path = join(folder, name)
  const disk = openDisk(path, 'w+')
  writeFirst(disk, chipFormat, memory)
  disk.close()
  return path
}
function counterIn(path: string): number {
  const file = openRecords(openDisk(path, 'r+'), chipFormat)
  file.close()
  return file.memory.counter
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  server.close()
  return address.port
}

type Starting = {
  readonly path: string
  readonly airPort: number
  readonly killAt?: string
  /** Loaded before its own code: its clock. */
  readonly clock?: string
}
type Running = { readonly child: ChildProcess; readonly port: number; readonly stop: () => void }

async function start({ path, airPort, killAt, clock }: Starting): Promise<Running> {
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    MEMORY_FILE: path,
    LINK_PORT: String(port),
    WALLET_ORIGIN: WALLET,
    AIR: `udp:${GROUP}:${airPort}`,
    ...(killAt === undefined ? {} : { KILL_AT: killAt }),
  }
  const loaded = clock === undefined ? [] : ['--import', `data:text/javascript,${clock}`]
  const args = [...loaded, join(import.meta.dirname, 'main.ts')]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(createInterface(child.stdout), 'line')
  return { child, port, stop: () => void child.kill('SIGKILL') }
}

type Said = Extract<LinkAnswer, { readonly kind: 'code' }>['chip'] & { readonly amount: number }

/** One question after another, each twice, until the process is gone or has answered them all. */
async function askUntilGone({ port }: Running, amounts: readonly number[]): Promise<Said[]> {
  const open = (url: string) => Reflect.construct(WebSocket, [url, { headers: { origin: WALLET } }])
  const signal = AbortSignal.timeout(10_000)
  const link = await openChipLink({ url: `ws://127.0.0.1:${port}`, signal, open })
  const said: Said[] = []
  try {
    for (const amount of amounts.flatMap((one) => [one, one])) {
      const request = { ...chipRequest, amount }
      const signature = signedBy(phone.signing.privateKey, request)
      const asked = { kind: 'authenticate', request, signature } as const
      const answer = await link.ask(asked).catch(() => undefined)
      if (answer === undefined) break
      assert.ok(answer.kind === 'code', answer.kind)
      said.push({ ...answer.chip, amount })
    }
  } finally {
    link.close()
  }
  return said
}

const codeOver = ({ amount, counter }: Said): string => {
  const data = paymentBytes({
    ...{ ...chipRequest, amount },
    payee: Buffer.from(chipRequest.payee_digest, 'base64url'),
    challenge: Buffer.from(chipRequest.challenge, 'base64url'),
  })
  const key = memoryOf().secrets?.txn ?? assert.fail('a chip with secrets')
  return Buffer.from(chipCode({ key, use: 'txn', counter, data })).toString('base64url')
}

test('killed at every write and sync, it goes on from what it has answered', async () => {
  const point = phone.signing.publicBytes
  const path = makeFile('killed', memoryOf({ phone: { terminal: TERMINAL, point } }))
  const airPort = await freePort()
  const said: Said[] = []
  let [left, isAgain] = [1, false]
  // Each answer is a write and a sync: those of the first question, and of the third.
  for (const killAt of [
    '1:before',
    '1:within',
    '1:after',
    '2:after',
    '5:within',
    '5:after',
    '6:after',
  ]) {
    const device = await start({ path, airPort, killAt })
    const gone = once(device.child, 'exit')
    // Every other life begins with the question that the last one left unanswered.
    const first = isAgain ? left : left + 1
    said.push(...(await askUntilGone(device, [first, first + 1])))
    device.stop()
    await gone
    const counters = said.map(({ counter }) => counter)
    assert.ok(counterIn(path) >= Math.max(0, ...counters), `${killAt}: counted back`)
    left = said.some(({ amount }) => amount === first) ? first + 1 : first
    isAgain = !isAgain
  }
  const last = await start({ path, airPort })
  said.push(...(await askUntilGone(last, [left, left + 1])))
  last.stop()
  assert.equal(said.length, 2 * 3 + 4, 'each life answered what it could')
  const contents = Map.groupBy(said, ({ counter }) => counter)
  for (const [counter, of] of contents)
    assert.equal(new Set(of.map((one) => one.amount)).size, 1, `${counter} over two contents`)
  for (const one of said) assert.equal(one.code, codeOver(one))
  const counters = said.map(({ counter }) => counter)
  assert.deepEqual(
    counters,
    counters.toSorted((a, b) => a - b),
  )
})

// ─── On the air ──────────────────────────────────────────────────────────────────────────────────

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
/** Real time × 4320: more than one epoch in each tick of 250 ms. */
const fast = (from: number) =>
  `const a=Date.now();const n=Date.now;Date.now=()=>${from}+(n()-a)*${(1.2 * EPOCH_MS) / 250}`

/** Every datagram of a device alone on its air, each once, over so many epochs. */
async function capture(path: string, epochs: number): Promise<Uint8Array[]> {
  const socket = createSocket({ type: 'udp4' })
  await new Promise<void>((done) => socket.bind(0, GROUP, done))
  socket.addMembership(GROUP, '127.0.0.1')
  const frames = new Map<string, Uint8Array>()
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('message', (bytes) => {
    frames.set(hexOf(bytes), Uint8Array.from(bytes))
    if (frames.size >= epochs) resolve()
  })
  const device = await start({ path, airPort: socket.address().port, clock: fast(NOW) })
  await promise
  device.stop()
  await new Promise<void>((done) => socket.close(() => done()))
  return [...frames.values()]
}

const fixedIn = (frames: readonly Uint8Array[]): string =>
  [...(frames[0] ?? [])]
    .map((byte, at) => (frames.every((frame) => frame[at] === byte) ? `${at}:${byte}` : ''))
    .filter((one) => one !== '')
    .join()

const codeOf = (frame: Uint8Array): Uint8Array =>
  codeIn(readPdu(frame)?.data ?? new Uint8Array()) ?? assert.fail('a frame of ours')
const bitsApart = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, byte, i) => sum + (byte ^ (b[i] ?? 0)).toString(2).replaceAll('0', '').length, 0)
const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length
const pairsOf = <T>(all: readonly T[]): [T, T][] =>
  all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]))

/** What would tell that two frames are of one device: bytes that stay, codes alike, an address. */
function assertUnlinkable(frames: readonly Uint8Array[], others: readonly Uint8Array[]): void {
  assert.equal(fixedIn(frames), fixedIn([...frames, ...others]), 'what stays is everybody’s')
  const codes = frames.map(codeOf)
  for (const [a, b] of pairsOf(codes))
    for (let at = 0; at + 4 <= CODE_BYTES; at += 1)
      assert.notEqual(hexOf(a.subarray(at, at + 4)), hexOf(b.subarray(at, at + 4)), 'codes alike')
  const own = mean(pairsOf(codes).map(([a, b]) => bitsApart(a, b)))
  const across = mean(codes.flatMap((a) => others.map((b) => bitsApart(a, codeOf(b)))))
  // 80 bits by chance: 40 differ; the mean of these pairs has a deviation of about 0.55.
  assert.ok(Math.abs(own - 40) < 2.5, `of one device: ${own} bits apart`)
  assert.ok(Math.abs(own - across) < 3.5, `of one device ${own}, of two ${across}`)
  const addresses = new Set(frames.map((frame) => hexOf(readPdu(frame)?.address ?? frame)))
  assert.equal(addresses.size, frames.length, 'an address outlived its code')
}

test('what it sends over many epochs is as unlike as what two devices send', async () => {
  const other = memoryOf().secrets ?? assert.fail('a chip with secrets')
  const eid = new Uint8Array(32).fill(7)
  const paths = [
    makeFile('one', memoryOf()),
    makeFile('two', memoryOf({ secrets: { ...other, eid } })),
  ]
  const [one = [], two = []] = await Promise.all(paths.map((path) => capture(path, 12)))
  for (const frame of [...one, ...two]) assert.equal(frame.length, PDU_BYTES)
  assertUnlinkable(one, two)
  assertUnlinkable(two, one)
  // The test finds what it looks for: a byte that stays, an address that stays, codes that count.
  const lying = (lie: (frame: Uint8Array, i: number) => void) =>
    one.map((frame, i) => {
      const copy = frame.slice()
      lie(copy, i)
      return copy
    })
  const code = PDU_BYTES - CODE_BYTES
  const outlived = (one[0] ?? new Uint8Array()).slice()
  outlived.set(codeOf(two[0] ?? outlived), code)
  for (const [lie, found] of [
    [lying((frame) => void frame.fill(9, code, code + 1)), /everybody/],
    [lying((frame) => void frame.set(one[0]?.subarray(2, 7) ?? [], 2)), /everybody/],
    [lying((frame, i) => void frame.set([i, ...Array(9).fill(i & 1)], code)), /alike/],
    [[...one, outlived], /address/],
  ] as const)
    assert.throws(() => assertUnlinkable(lie, two), found)
})
