// Goal: the device asks, encrypts, advances and forgets; it says no where it must; nothing that was
//   entered is in what it emits; a tampered one has no keys any more.
// Method: transcripts of keys and requests against the state machine; the host's side opens what
//   came out. What must not be there is looked for in every output and in the buffers themselves.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { findNumbers } from '@warifu/cli/scan'
import { keyBlockFor, openMessage } from '@warifu/devices/entry-host'
import { linkAnswer, linkEvent } from '@warifu/protocol/entry-device'
import { Check } from 'typebox/value'
import { displayOf, startDevice, stateOf, step } from './machine.ts'
import {
  answersOf,
  errorOf,
  freshContext,
  host,
  KEY_ID,
  machine,
  messageOf,
  pan,
  random,
  sale,
  track,
} from './rehearsal.ts'

suite('an entry', () => {
  test('keyed: number, expiry, security code', () => {
    const { put, keys, outputs } = machine()
    put(sale())
    keys(`${pan} accept 1228 accept 737 accept`)
    const message = messageOf(outputs)
    assert.equal(message.context.entry, 'keyed')
    assert.equal(message.ksn, '0123456789ABCDEF00000001')
    const { plain, pin } = openMessage(host, message)
    assert.match(plain, /^5a0841111111111111115f2403281231df010337333780(00)*$/)
    assert.equal(plain.length, 512)
    assert.equal(pin, null)
  })

  test('keyed with a PIN, which is a block of its own', () => {
    const { put, keys, outputs } = machine()
    put(sale({ pin: true }))
    keys(`${pan} accept 0230 accept accept 123456 accept`)
    const message = messageOf(outputs)
    assert.deepEqual(openMessage(host, message, pan).pin, '123456')
    assert(!openMessage(host, message, pan).plain.includes('df01'), 'no security code was keyed')
    assert.match(openMessage(host, message, pan).plain, /5f2403300228/)
  })

  test('a phone order: keyed alone, without a PIN, and the display says what it is', () => {
    const { put, keys, swipe, outputs, device: now } = machine()
    const context = { ...freshContext(), channel: 'moto' } as const
    put(sale({ context, pin: true }))
    assert.match(displayOf(now()), /^Phone order {2}¥1,200 {2}Card number$/)
    swipe(track(`;${pan}=28122011000012345?`))
    assert.equal(stateOf(now()), 'busy', 'a stripe is not listened to')
    keys(`${pan} accept 1228 accept 737 accept`)
    const { context: said, pin_block } = messageOf(outputs)
    assert.deepEqual([said.channel, said.entry, pin_block], ['moto', 'keyed', null])
    put(sale({ context: { ...freshContext(), channel: 'moto' }, entry: ['swiped'] }))
    assert.equal(errorOf(outputs), 'request_malformed')
  })

  test('swiped: number, expiry and the stripe itself', () => {
    const { put, swipe, outputs } = machine()
    put(sale())
    swipe(track(`;${pan}=28122011000012345?`))
    const message = messageOf(outputs)
    assert.equal(message.context.entry, 'swiped')
    const { plain } = openMessage(host, message)
    assert.match(plain, /^5a0841111111111111115f24032812315711/)
    assert(plain.includes(`${pan}d28122011000012345`))
  })

  test('swiped: each of the 16 check characters, the one that looks like a start too', () => {
    const { put, swipe, outputs } = machine()
    const endings = [0, 8].flatMap((high) => [0, 1, 2, 3, 4, 5, 6, 7].map((low) => `${high}${low}`))
    const stripes = endings.map((ending) => `${pan}=2812201${ending}`)
    for (const stripe of stripes) {
      put(sale())
      swipe(track(`;${stripe}?`))
      const { plain } = openMessage(host, messageOf(outputs))
      assert(plain.includes(stripe.replace('=', 'd')), stripe)
    }
    const checks = new Set(stripes.map((stripe) => track(`;${stripe}?`).at(-1)))
    assert.equal(checks.size, 16)
  })

  test('a stripe after half a number, and a number after half a stripe', () => {
    const first = machine()
    first.put(sale())
    first.keys('4929')
    first.swipe(';411')
    first.swipe(track(`;${pan}=2812201000?`))
    assert.match(openMessage(host, messageOf(first.outputs)).plain, /^5a084111111111111111/)
    const second = machine()
    second.put(sale())
    second.swipe(';4929')
    second.keys(`${pan} accept 1228 accept accept`)
    assert.match(
      openMessage(host, messageOf(second.outputs)).plain,
      /^5a0841111111111111115f240328123180/,
    )
  })

  test('each message has the next key, and the counter is kept before it is sent', () => {
    const { put, keys, outputs, device: now } = machine()
    for (let nth = 1; nth <= 40; nth += 1) {
      const before = outputs.length
      put(sale())
      keys(`${pan} accept 1228 accept accept`)
      const kinds = outputs
        .slice(before)
        .filter((output) => output.kind !== 'send' || 'id' in output.frame)
      assert.deepEqual(
        kinds.map(({ kind }) => kind),
        ['keep', 'send'],
      )
      const [keep] = kinds
      assert(keep?.kind === 'keep' && keep.memory.keys?.counter === nth + 1)
      assert.equal(Number.parseInt(messageOf(outputs).ksn.slice(16), 16), nth)
      openMessage(host, messageOf(outputs))
    }
    assert.equal(now().memory.keys?.counter, 41)
  })

  test('a wrong number, date or stripe is asked for again, three times', () => {
    const { put, keys, swipe, outputs, device: now } = machine()
    put(sale())
    keys('4111111111111112 accept')
    assert.match(displayOf(now()), /^Wrong number/)
    keys(`${pan} accept 1328 accept`)
    assert.match(displayOf(now()), /^Wrong date/)
    keys('1228 accept 12 accept')
    assert.match(displayOf(now()), /^Wrong code/)
    keys('clear accept')
    messageOf(outputs)
    put(sale())
    for (let tries = 0; tries < 3; tries += 1) swipe(`;${pan}=2812201000?${'0'}`)
    assert.equal(errorOf(outputs), 'card_unreadable')
    assert.equal(stateOf(now()), 'ready')
  })
})

suite('nothing clear', () => {
  test('is in what the device emits, and its buffer is zeros afterwards', () => {
    const { put, keys, outputs, device: now } = machine()
    put(sale({ pin: true }))
    keys(`${pan} accept 1228 accept 8531 accept 864209753186`)
    const { sale: held } = now()
    assert(held)
    assert(findNumbers(held.entry.bytes, [pan]).length > 0, 'during the entry it is there')
    assert(!displayOf(now()).includes('8642'), 'the display shows stars')
    assert.match(displayOf(now()), /\*{12}$/)
    keys('accept')
    assert(
      held.entry.bytes.every((byte) => byte === 0),
      'wiped',
    )
    const emitted = Buffer.from(JSON.stringify(outputs))
    assert.deepEqual(findNumbers(emitted, [pan, '864209753186']), [])
    const texts = outputs.flatMap((output) =>
      output.kind === 'send' && 'text' in output.frame ? [output.frame.text] : [],
    )
    assert(texts.length >= 4)
    for (const text of texts) assert(!text.includes('*'), 'the link is not told how many digits')
  })

  for (const [name, end, error] of [
    ['cancelled at the device', (m) => m.keys('cancel'), 'cancelled'],
    [
      'cancelled by the till',
      (m) => m.put({ kind: 'request', request: { id: 9, command: 'cancel' } }),
      'cancelled',
    ],
    ['the till is gone', (m) => m.put({ kind: 'link_lost' }), 'cancelled'],
    ['nobody keys any more', (m) => m.later(120_000), 'timeout'],
    ['the case is opened', (m) => m.put({ kind: 'tamper' }), 'tampered'],
  ] satisfies [string, (m: ReturnType<typeof machine>) => unknown, string][])
    test(`is left when ${name}`, () => {
      const m = machine()
      m.put(sale())
      m.keys(`${pan} accept 12`)
      const { sale: held } = m.device()
      assert(held)
      end(m)
      assert(held.entry.bytes.every((byte) => byte === 0))
      assert(answersOf(m.outputs).some((answer) => 'error' in answer && answer.error === error))
      assert.equal(m.device().memory.keys?.counter ?? 1, 1, 'no key was used')
    })

  test('keys outside a sale do nothing', () => {
    const { keys, swipe, outputs } = machine()
    const before = outputs.length
    keys(`${pan} accept cancel`)
    swipe(track(`;${pan}=2812201000?`))
    assert.equal(outputs.length, before)
  })
})

suite('a sale is asked for', () => {
  test('once: a second one is busy, the same again is silent, and repeated afterwards', () => {
    const { put, keys, outputs } = machine()
    const request = sale()
    put(request)
    assert.deepEqual(put(request), [])
    assert.equal(errorOf(put(sale())), 'busy')
    keys(`${pan} accept 1228 accept accept`)
    assert.equal(errorOf(put(request)), 'repeated')
    assert.equal(answersOf(outputs).filter((answer) => 'message' in answer).length, 1)
  })

  test('every answer and event is in the protocol', () => {
    const { put, keys, outputs } = machine()
    put({ kind: 'request', request: { id: 1, command: 'hello' } })
    put({ kind: 'request', request: { id: 2, command: 'cancel' } })
    put({ kind: 'request', request: { id: 3, command: 'show', text: 'Approved' } })
    put(sale())
    keys(`${pan} accept 1228 accept accept`)
    put({ kind: 'tamper' })
    const frames = outputs.flatMap((output) => (output.kind === 'send' ? [output.frame] : []))
    for (const frame of frames)
      assert(
        'event' in frame ? Check(linkEvent, frame) : Check(linkAnswer, frame),
        JSON.stringify(frame),
      )
    assert.deepEqual(
      frames.flatMap((frame) => ('event' in frame && frame.event === 'state' ? [frame.state] : [])),
      ['ready', 'busy', 'ready', 'tampered'],
    )
  })
})

suite('keys', () => {
  test('none: no sale', () => {
    const { put, device: now } = machine(null)
    put({ kind: 'load_key', block: 'nonsense' })
    assert.equal(stateOf(now()), 'no_keys')
    assert.equal(errorOf(put(sale())), 'no_keys')
  })

  for (const [name, block, because] of [
    [
      'altered',
      keyBlockFor(host, KEY_ID).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      'key_block_invalid',
    ],
    [
      'under another KBPK',
      keyBlockFor({ ...host, kbpk: new Uint8Array(32) }, KEY_ID),
      'key_block_invalid',
    ],
    ['a BDK', keyBlockFor(host, KEY_ID, { usage: 'B0' }), 'key_block_invalid'],
    ['exportable', keyBlockFor(host, KEY_ID, { exportability: 'E' }), 'key_block_not_for_this'],
  ] as const)
    test(`a block is refused: ${name}`, () => {
      const { put, device: now } = machine(null)
      assert.deepEqual(put({ kind: 'load_key', block }), [{ kind: 'panel', said: because }])
      assert.equal(now().memory.keys, null)
    })

  test('the same initial key is not loaded twice; another one is', () => {
    const { put, keys, outputs } = machine()
    put(sale())
    keys(`${pan} accept 1228 accept accept`)
    const again = put({ kind: 'load_key', block: keyBlockFor(host, KEY_ID) })
    assert.deepEqual(again, [{ kind: 'panel', said: 'key_loaded_before' }])
    put({ kind: 'load_key', block: keyBlockFor(host, '0123456789abcdee') })
    put(sale())
    keys(`${pan} accept 1228 accept accept`)
    assert.equal(messageOf(outputs).ksn, '0123456789ABCDEE00000001')
  })

  test('used up: says so and takes no sale', () => {
    const { device: now } = machine()
    const { memory } = now()
    assert(memory.keys)
    const used = startDevice({ ...memory, keys: { ...memory.keys, counter: 0 } })
    assert.equal(stateOf(used), 'exhausted')
    const { outputs } = step(used, sale(), { nowMs: 0, random })
    assert.equal(errorOf(outputs), 'exhausted')
  })
})

test('an opened device erases every key at once, and takes nothing any more', () => {
  const { put, outputs, device: now } = machine()
  const { kbpk, keys } = now().memory
  put({ kind: 'tamper' })
  assert(kbpk.every((byte) => byte === 0) && keys?.registers.every((byte) => byte === 0))
  assert.equal(outputs.find(({ kind }) => kind === 'erase')?.kind, 'erase')
  assert.match(displayOf(now()), /Keys erased/)
  assert.equal(errorOf(put(sale())), 'tampered')
  const again = put({ kind: 'load_key', block: keyBlockFor(host, KEY_ID) })
  assert.deepEqual(again, [{ kind: 'panel', said: 'tampered' }])
})
