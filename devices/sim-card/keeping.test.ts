// Goal: whatever the moment at which power goes, the card comes back whole: what was answered is
// kept, what was not is either done or not, and a spent try stays spent.
// Method: one conversation on a disk that dies before, within and after each of its writes and
// syncs; the card is opened again from what is on it. Then real processes, ended by SIGKILL.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Disk, type Kept, killingDisk, killMoments, writeFirst } from '@warifu/devices/flash'
import { createSplitter, framed } from '@warifu/devices/virtual-reader'
import { memoryFormat } from './card-memory.ts'
import { makeSimFile, openSim } from './keeping.ts'
import { filledCard, hex, hexOf, making, selectApplication, verify } from './rehearsal.ts'
import type { SimMemory } from './state.ts'
import { ATR } from './uicc.ts'

class PowerLoss extends Error {}
const losePower = () => {
  throw new PowerLoss()
}

function diskOf(bytes: Uint8Array): Disk {
  return {
    read: (length) => bytes.slice(0, length),
    write: (data, at) => bytes.set(data, at),
    sync: () => {},
    close: () => {},
  }
}
const wrong = '002000010831313131ffffffff'
const right = verify.replaceAll(' ', '')
/** What is said, and what a card that kept it tells afterwards. */
const conversation = [
  selectApplication,
  wrong,
  wrong,
  right,
  '00dc0124023405',
  `0088008120${'ab'.repeat(32)}00`,
  '002400011034373131ffffffff31323334ffffffff',
  '002c0001103131313131313131 31323334ffffffff',
]

const firstImage = (): Uint8Array => {
  const image = new Uint8Array(2 * memoryFormat.bytes)
  writeFirst(diskOf(image), memoryFormat, filledCard().memory)
  return image
}
/** The newer of the two records. */
function kept(image: Uint8Array): Kept<SimMemory> {
  const { bytes: size, read } = memoryFormat
  const found = [0, 1].flatMap((at) => read(image.subarray(at * size, (at + 1) * size)) ?? [])
  const [first, second = first] = found
  assert.ok(first && second)
  return first.sequence > second.sequence ? first : second
}

test('what a card keeps is read as it was written', () => {
  assert.deepEqual(kept(firstImage()).memory, filledCard().memory)
})

/** The memories that the card goes through by sequence, and the one each answer stands on. */
function undisturbed() {
  const image = firstImage()
  const memories = new Map<bigint, SimMemory>()
  const note = () => {
    const { sequence, memory } = kept(image)
    memories.set(sequence, memory)
  }
  note()
  const sim = openSim({ ...diskOf(image), sync: note })
  const answered = conversation.map((command) => {
    sim.transmit(hex(command))
    return kept(image).sequence
  })
  return { memories, answered, first: kept(firstImage()).sequence }
}

test('power goes before, within and after each write and sync', () => {
  const { memories, answered, first } = undisturbed()
  // Two tries lost; one spent and given back; a record; a proof; a new PIN; a try of the PUK.
  const writes = 1 + 1 + 2 + 1 + 1 + 2 + 1
  assert.equal(memories.size, 1 + writes)
  for (let nth = 1; nth <= writes * 2; nth += 1)
    for (const moment of killMoments) {
      const image = firstImage()
      const sim = openSim(killingDisk(diskOf(image), { nth, moment, kill: losePower }))
      let said = 0
      const talk = () => {
        for (const command of conversation) {
          sim.transmit(hex(command))
          said += 1
        }
      }
      assert.throws(talk, PowerLoss)
      const { sequence, memory } = kept(image)
      assert.ok(sequence >= (answered[said - 1] ?? first), `${nth} ${moment}: lost`)
      assert.ok(sequence <= (answered[said] ?? first), `${nth} ${moment}: ahead of what was asked`)
      assert.deepEqual(memory, memories.get(sequence))
    }
})

test('a try is on the disk before the PIN is compared, the right one too', () => {
  const image = firstImage()
  const sim = openSim(killingDisk(diskOf(image), { nth: 2, moment: 'after', kill: losePower }))
  assert.throws(() => sim.transmit(hex(right)), PowerLoss)
  assert.equal(kept(image).memory.pin.triesLeft, 2)
})

// ─── Real processes, and a reader that is this test ──────────────────────────────────────────────

const folder = mkdtempSync(join(tmpdir(), 'warifu-sim-'))
after(() => rmSync(folder, { recursive: true, force: true }))

type Inserted = {
  readonly child: ChildProcess
  /** undefined: the card went. */
  readonly ask: (command: string) => Promise<string | undefined>
  readonly close: () => Promise<void>
}

async function insert(memoryFile: string, killAt?: string): Promise<Inserted> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const main = join(import.meta.dirname, 'main.ts')
  const env = {
    PATH: process.env['PATH'],
    MEMORY_FILE: memoryFile,
    READER_PORT: String(address.port),
    ...(killAt === undefined ? {} : { KILL_AT: killAt }),
  }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const split = createSplitter()
  const waiting: ((answer: string | undefined) => void)[] = []
  let isGone = false
  socket.on('data', (chunk) => {
    for (const message of split(chunk)) waiting.shift()?.(hexOf(message))
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isGone = true
    for (const answer of waiting.splice(0)) answer(undefined)
  })
  const ask = (command: string) =>
    new Promise<string | undefined>((resolve) => {
      if (isGone) return resolve(undefined)
      waiting.push(resolve)
      socket.write(framed(hex(command)))
    })
  const close = async () => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
    socket.destroy()
    server.close()
    await gone
  }
  return { child, ask, close }
}

test('a card in a process of its own, killed at its writes, keeps its tries', async () => {
  const file = join(folder, 'card')
  makeSimFile(file, making)
  // The right PIN: its try is written first, so each life costs one; the writes are by pairs.
  const lives = { '1:before': 3, '1:within': 3, '1:after': 2, '2:after': 1, '3:within': 0 }
  for (const [killAt, left] of Object.entries(lives)) {
    const card = await insert(file, killAt)
    assert.equal(await card.ask('04'), hexOf(ATR))
    assert.equal(await card.ask(right), undefined, 'the process died')
    await card.close()
    assert.equal(card.child.signalCode, 'SIGKILL')
    const again = await insert(file)
    assert.equal(await again.ask('0020000100'), `63c${left}`, killAt)
    await again.close()
  }
})

test('a reset forgets the session, and what is no message keeps waiting', async () => {
  const file = join(folder, 'second')
  makeSimFile(file, making)
  const card = await insert(file)
  assert.equal(await card.ask(selectApplication), '9000')
  assert.equal(await card.ask('00b2011c00'), '6985')
  void card.ask('02')
  await card.close()
  assert.equal(card.child.exitCode, 0)
})
