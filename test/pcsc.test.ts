// Goal: the SIM is a card to everybody: strangers' tools select and read it through the machine's
// PC/SC, and so does our driver; what the reader says of it is what the card said.
// Method: pcscd with a virtual reader, the card a process of its own in it; opensc-tool, scriptor
// and devices/pcsc talk to it. No part is ours between them and the card's contacts.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeProgram } from '@warifu/cli/child'
import { withChip } from '@warifu/cli/chips'
import { createKeeper } from '@warifu/cli/keeper'
import { root } from '@warifu/cli/state-folder'
import { readerNeeds, startVirtualReader, type VirtualReader } from '@warifu/cli/virtual-reader'
import {
  applicationCryptogram,
  deriveIccMasterKey,
  deriveSessionKey,
  sessionInput,
} from '@warifu/crypto/emv-arqc'
import { type CardSlot, transmitWhole } from '@warifu/devices/card-slot'
import { type Outcome, payByChip } from '@warifu/devices/emv-kernel'
import { PcscError, pcscSlot, readerNames } from '@warifu/devices/pcsc'
import { useCard } from '@warifu/devices/reader'
import { ATR, makeSimFile } from '@warifu/devices/sim-card'
import { testWith } from './needs.ts'

const binding = 'node_modules/smartcard/build/Release/smartcard_napi.node'
const needs = [...readerNeeds, 'opensc-tool', 'scriptor', binding]
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')
const spaced = (text: string) => text.replaceAll(/(..)(?=.)/g, '$1:').toUpperCase()

const key = (first: number) => Uint8Array.from({ length: 16 }, (_, at) => first + at)
const making = {
  iccid: '8982101234567890128',
  pin: '4711',
  puk: '12345678',
  maker: { enc: key(0), mac: key(16), dek: key(32) },
}
const selectApplication = '00a4040c08f057415249465502'

testWith(needs, 'the SIM in a PC/SC reader', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'warifu-pcsc-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const reader = await startVirtualReader({ folder, keeper })
  stack.defer(reader.stop)
  process.env['PCSCLITE_CSOCK_NAME'] = reader.env.PCSCLITE_CSOCK_NAME
  await assert.rejects(pcscSlot(), isFault('no_card'))

  const memoryFile = join(folder, 'sim')
  makeSimFile(memoryFile, making)
  const main = join(root, 'devices', 'sim-card', 'main.ts')
  const card = await reader.insert(await nodeProgram('The SIM', main, { MEMORY_FILE: memoryFile }))
  await readByOpensc(reader)
  await readByScriptor(reader)
  await readByOurs(reader)
  await payByPlastic(reader, folder)
  const slot = await pcscSlot({ reader: '00 00', waitMs: 2_000 })
  await card.stop()
  await assert.rejects(slot.transmit(hex('80f2000c')), isFault('card_gone'))
  await slot.close()
})

const isFault = (code: PcscError['code']) => (error: unknown) =>
  error instanceof PcscError && error.code === code

const run = promisify(execFile)

async function readByOpensc({ env, name }: VirtualReader): Promise<void> {
  const opensc = async (...args: string[]) =>
    (await run('opensc-tool', args, { env: { ...process.env, ...env } })).stdout
  assert.match(await opensc('--list-readers'), new RegExp(`Yes .*${name} 00 00`))
  const atr = (await opensc('--atr')).trim().replaceAll(':', '')
  assert.equal(atr, hexOf(ATR))
  const said = await opensc(
    '--send-apdu',
    spaced('00a4000c022fe2'),
    '--send-apdu',
    spaced('00b000000a'),
    '--send-apdu',
    spaced('00a4040008f05741524946550200'),
    '--send-apdu',
    spaced('00b2011c00'),
  )
  assert.match(said, /SW1=0x90, SW2=0x00\):\s+98 28 01 21 43 65 87 09 21 F8/)
  assert.match(said, /6F .. 82 02 78 21 84 08 F0 57 41 52 49 46 55 02/)
  assert.match(said, /SW1=0x69, SW2=0x85/)
}

async function readByScriptor({ env, name }: VirtualReader): Promise<void> {
  const script = [
    '00 a4 04 0c 08 f0 57 41 52 49 46 55 02',
    '00 a4 00 04 02 6f 01',
    '00 c0 00 00 00',
  ]
  const running = run('scriptor', ['-r', `${name} 00 00`], { env: { ...process.env, ...env } })
  running.child.stdin?.end(`${script.join('\n')}\n`)
  const { stdout } = await running
  assert.match(stdout, /< 90 00 : Normal processing/)
  assert.match(stdout, /< 61 31 /)
  assert.match(stdout.replaceAll(/\s+/g, ' '), /< 62 .. 82 02 41 21 83 02 6F 01 .* 90 00/i)
}

async function readByOurs({ name }: VirtualReader): Promise<void> {
  assert.deepEqual(await readerNames(), [`${name} 00 00`, `${name} 00 01`])
  const slot = await pcscSlot({ reader: name, waitMs: 2_000 })
  assert.equal(hexOf(slot.atr), hexOf(ATR))
  const ask = async (text: string) => hexOf(await transmitWhole(slot, hex(text)))
  assert.equal(await ask(selectApplication), '9000')
  assert.match(await ask('00a40004026f12'), /^62..82054221000904.*9000$/)
  assert.equal(await ask('00b2010400'), '6985')
  assert.equal(await ask('002000010831313131ffffffff'), '63c2')
  await assert.rejects(pcscSlot({ reader: name }), isFault('in_use'))
  const start = performance.now()
  for (let count = 0; count < 100; count += 1) assert.equal(await ask('0020000100'), '63c2')
  const each = (performance.now() - start) / 100
  assert.ok(each < 20, `${each} ms for each command: acknowledgements are delayed`)
  await slot.close()
  const again = await pcscSlot({ reader: name, waitMs: 2_000 })
  assert.equal(hexOf(await again.transmit(hex('00b2010c00'))), '6a82', 'a reset forgets')
  assert.equal(hexOf(await again.transmit(hex('0020000100'))), '63c2', 'a try is not forgotten')
  await again.close()
}

/** The chip of a plastic card in the other slot, read as the reader of S3 reads chips. */
async function payByPlastic(reader: VirtualReader, folder: string): Promise<void> {
  const pan = '9900120000000008'
  const master = deriveIccMasterKey(
    hex('0123456789ABCDEFFEDCBA9876543210'),
    { pan, psn: '01' },
    'A',
  )
  const plastic = {
    pan,
    pan_sequence: '01',
    expiry: '2812',
    track2: `${pan}=28122010000123`,
    chip_key: hexOf(master),
    atc: 7,
  }
  const file = join(folder, 'plastic.json')
  await writeFile(file, JSON.stringify(plastic))
  const main = join(root, 'devices', 'virtual-reader', 'main.ts')
  const card = await reader.insert(await nodeProgram('The card', main, { PLASTIC_FILE: file }), 1)
  const environment = hex('00a404000e315041592e5359532e4444463031')
  const first = await withChip(folder, 'pcsc:00 01', (chip) => chip(environment))
  assert.match(hexOf(first), /^61..$/, 'a hand takes it out of this reader into a slot')
  await assert.rejects(
    withChip(folder, 'pcsc:none', async () => {}),
    /No card reader/,
  )
  const slot = await pcscSlot({ reader: '00 01', waitMs: 2_000 })
  const outcome = await readChip(slot)
  assert.equal(outcome?.kind, 'online')
  const values = outcome?.kind === 'online' ? outcome.values : new Map<number, Uint8Array>()
  assert.equal(hexOf(values.get(0x9f36) ?? hex('')), '0008', 'its counter goes on')
  const covered = [0x9f02, 0x9f03, 0x9f1a, 0x95, 0x5f2a, 0x9a, 0x9c, 0x9f37, 0x82, 0x9f36, 0x9f10]
  const message = Buffer.concat(covered.map((tag) => values.get(tag) ?? hex('')))
  const expected = applicationCryptogram(deriveSessionKey(master, sessionInput(8)), message, 2)
  assert.equal(hexOf(values.get(0x9f26) ?? hex('')), hexOf(expected), 'its issuer believes it')
  await slot.close()
  await card.stop()
  assert.match(await readFile(file, 'utf8'), /"atc": 8/)
}

async function readChip(slot: CardSlot): Promise<Outcome | undefined> {
  const terminal = {
    country: '0392',
    capabilities: hex('e0b8c8'),
    aids: [hex('f057415249465501')],
  }
  const kernel = payByChip(terminal, {
    amountMinor: 1250,
    currency: '0392',
    date: '261125',
    unpredictableNumber: hex('deadbeef'),
  })
  const heard: number[] = []
  let outcome: Outcome | undefined
  const next = (step: IteratorResult<Uint8Array, Outcome>) => {
    if (step.done !== true) return step.value
    outcome = step.value
    return undefined
  }
  await useCard(slot, {
    inserted: () => next(kernel.next()),
    answered: (byte, isLast) => {
      heard.push(byte)
      return isLast ? next(kernel.next(Uint8Array.from(heard.splice(0)))) : undefined
    },
  })
  return outcome
}
