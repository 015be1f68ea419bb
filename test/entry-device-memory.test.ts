// Goal: what was entered is in the entry device's memory while it is entered and at no other time;
//   not in its files, its log or on its line at any. Nor are its keys, once it was opened.
// Method: the memory of the real process is read from outside, in every encoding that the scanner
//   knows. The scan during the entry, which must find it, is the control of the scans afterwards.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import type { Child } from '@warifu/cli/child'
import { readMemory, scanMemory } from '@warifu/cli/process-memory'
import { findNumbers, scanFolder } from '@warifu/cli/scan'
import { luhnDigit } from '@warifu/crypto/luhn'
import type { Panel } from '@warifu/devices/entry-device'
import { keyBlockFor } from '@warifu/devices/entry-host'
import { createPaymentCard, paymentCard } from '@warifu/devices/payment-card'
import { type DeviceLink, openLink } from '@warifu/sdk/device-link'
import { ownRuntime } from '@warifu/sdk/runtime'
import { type Bench, random, saleOf, setUpDevice } from './entry-device.ts'

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('')
function drawPan(): string {
  const body = `492912${digits(9)}`
  return `${body}${luhnDigit(body)}`
}
/** A PIN as long as may be, so that it is not found by chance. */
const drawPin = () => digits(12)
/** Four digits alone are everywhere; beside the expiry, as they are entered, they tell. */
const EXPIRY = '1130'

let bench: Bench
let child: Child
let panel: Panel
let link: DeviceLink
const entered: string[] = []

before(async () => {
  bench = await setUpDevice()
  child = await bench.start()
  panel = await bench.panel()
  const { kbpk } = bench
  await panel.loadKey(keyBlockFor({ bdk: random(32), kbpk }, '0123456789abcdef'))
  link = await openLink({ kind: 'tcp', host: '127.0.0.1', port: bench.port }, ownRuntime)
})
after(async () => {
  await link?.close()
  panel?.close()
  await bench?.[Symbol.asyncDispose]()
})

const inMemory = (numbers: readonly string[]) =>
  new Set(scanMemory(child.pid, numbers).map(({ number }) => number))

/** Is the security code there: where it was entered, or in the card data (tag DF01)? */
function isCodeThere(code: string): boolean {
  const forms = [Buffer.from(EXPIRY + code), Buffer.from(`\xdf\x01\x04${code}`, 'latin1')]
  let found = false
  readMemory(child.pid, (chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    found ||= forms.some((form) => bytes.includes(form))
  })
  return found
}

/** The control: a scan that must find all of these, as soon as the device stands still. */
function assertThere(...numbers: string[]): void {
  let found = inMemory(numbers)
  for (let again = 10; found.size < numbers.length && again > 0; again -= 1)
    found = inMemory(numbers)
  assert.deepEqual([...found].sort(), numbers.sort(), 'the control')
}

const dataOf = (pan: string) => ({
  pan,
  psn: '00',
  expiry: '3011',
  name: 'AIKO',
  serviceCode: '201',
  discretionary: { stripe: '000', chip: '999' },
  iccMasterKey: random(16),
  offlinePin: undefined,
})

async function untilAsked(): Promise<void> {
  while ((await panel.look()).state !== 'busy');
}

suite('an entry', { skip: process.platform !== 'linux' }, () => {
  test('keyed: number, security code and PIN are there until the last ENTER', async () => {
    const [pan, pin, code] = [drawPan(), drawPin(), digits(4)]
    entered.push(pan, pin)
    const asked = link.ask(saleOf(true), 200_000)
    await untilAsked()
    for (const part of [pan, EXPIRY, code]) {
      await panel.digits(part)
      await panel.key('accept')
    }
    await panel.digits(pin)
    assertThere(pan, pin)
    assert(isCodeThere(code), 'the control')
    await panel.key('accept')
    assert((await asked).ok)
    assert.deepEqual([...inMemory(entered)], [])
    assert(!isCodeThere(code))
  })

  test('swiped: the stripe is there until the PIN is', async () => {
    const [pan, pin] = [drawPan(), drawPin()]
    entered.push(pan, pin)
    const asked = link.ask(saleOf(true), 200_000)
    await untilAsked()
    await panel.swipe(`;${pan}=3011201${digits(8)}?`)
    await panel.digits(pin)
    assertThere(pan, pin)
    await panel.key('accept')
    assert((await asked).ok)
    assert.deepEqual([...inMemory(entered)], [])
  })

  test('inserted: what the chip told is there until the PIN is', async () => {
    const [pan, pin] = [drawPan(), drawPin()]
    entered.push(pan, pin)
    const asked = link.ask({ ...saleOf(true), entry: ['inserted'] }, 60_000)
    await untilAsked()
    let card = createPaymentCard(dataOf(pan))
    await panel.insert((apdu) => {
      const { state, reply } = paymentCard(card, apdu)
      card = state
      return reply
    })
    await panel.digits(pin)
    assertThere(pan, pin)
    await panel.key('accept')
    assert((await asked).ok)
    assert.deepEqual([...inMemory(entered)], [])
  })

  for (const [name, end] of [
    ['cancelled', async () => void (await panel.key('cancel'))],
    ['left by the till', async () => await link.close()],
  ] as const)
    test(`${name}: nothing is left of it`, async () => {
      const pan = drawPan()
      entered.push(pan)
      const asked = link.ask(saleOf(), 60_000).catch(() => undefined)
      await untilAsked()
      await panel.digits(pan)
      assertThere(pan)
      await end()
      await asked
      while ((await panel.look()).state === 'busy');
      assert.deepEqual([...inMemory(entered)], [])
    })
})

test('nothing of it is in files, log or traffic', async () => {
  assert.equal(entered.length, 8)
  assert.deepEqual(await scanFolder(bench.folder, entered), [])
  for (const direction of ['up', 'down'] as const)
    assert.deepEqual(findNumbers(bench.relay.captured(direction), entered), [])
  assert.equal(bench.messages().length, 3)
})

test('an opened device has its keys neither in memory nor in its file', {
  skip: process.platform !== 'linux',
}, async () => {
  const needle = Buffer.from(bench.kbpk)
  const holdsKey = () => {
    let found = readFileSync(bench.memoryFile).includes(needle)
    readMemory(child.pid, (chunk) => {
      found ||= Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).includes(needle)
    })
    return found
  }
  assert(holdsKey(), 'the control')
  await panel.tamper()
  assert(!holdsKey())
})
