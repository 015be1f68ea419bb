// Goal: AES DUKPT as published, on the host and in the device, and its refusals.
// Method: ANSI X9.24-3:2017 Supplement Test Vectors; counters as a property; the device's registers
// walked beside the host's derivation, at the start, across carries and at the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  countOnes,
  createTransactionWay,
  deriveInitialKey,
  deriveTransactionKey,
  deriveUpdateKey,
  deriveWorkingKey,
  deriveWorkingKeys,
  encodeKsn,
  isUsableCounter,
  nextCounter,
  parseKsn,
} from './dukpt-aes.ts'
import { createDeviceState, type DeviceState, deviceNextKey, isExhausted } from './dukpt-device.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()

const bdk = hex('FEDCBA9876543210F1F1F1F1F1F1F1F1')
const initialKeyId = hex('1234567890123456')
const initialKey = hex('1273671EA26AC29AFA4D1084127652A1')
const initialKey256 = hex('CE9CE0C101D1138F97FB6CAD4DF045A7083D4EAE2D35A31789D01CCF0949550F')
const ksnAt = (counter: number) => encodeKsn({ initialKeyId, counter })

test('X9.24-3 supplement: initial keys of AES-128 and AES-256', () => {
  assert.deepEqual(deriveInitialKey({ bdk, initialKeyId }), Buffer.from(initialKey))
  const bdk256 = Uint8Array.of(...bdk, ...bdk)
  assert.equal(hexOf(deriveInitialKey({ bdk: bdk256, initialKeyId })), hexOf(initialKey256))
})

test('X9.24-3 supplement: transaction and working keys', () => {
  // biome-ignore format: a table
  const rows = [
    [0x00000001, '4F21B565BAD9835E112B6465635EAE44'],
    [0x00000006, 'D30F7D9351DA58448A2F5E92B4EE3B7D'],
    [0x00020001, '692C8EA4013645135B36497131DF9D2C'],
    [0xfffe2000, '48E585B694EB0B18D5C35443E163C0BA'],
    [0xffff0000, 'F6BA59389BD14A9855BE9727E7C52E3C'],
  ] as const
  for (const [counter, key] of rows)
    assert.equal(hexOf(deriveTransactionKey({ initialKey, ksn: ksnAt(counter) })), key)
  const ksn = ksnAt(1)
  const pin = { initialKey, ksn, usage: 'pin', keyType: 'aes128' } as const
  assert.equal(hexOf(deriveWorkingKey(pin)), 'AF8CB133A78F8DC2D1359F18527593FB')
  const wanted = [
    { usage: 'mac_generation', keyType: 'aes256' },
    { usage: 'data_encrypt', keyType: 'aes128' },
  ] as const
  const transactionKey = deriveTransactionKey({ initialKey: initialKey256, ksn })
  const keys = deriveWorkingKeys({ transactionKey, ksn, wanted })
  assert.deepEqual(keys.map(hexOf), [
    '61DABDF4B340CF461EE860B1D1AB55357142BD2D6977306859CF49AEFE8F1549',
    '616D59AE91F8CC7016F89FDA29605FA4',
  ])
})

test('trap 1: a host refuses 0001FFFF, which the official document prints a key for', () => {
  assert.equal(countOnes(0x0001ffff), 17)
  for (const counter of [0, 0x0001ffff, 0xffffffff])
    assert.throws(
      () => deriveTransactionKey({ initialKey, ksn: ksnAt(counter) }),
      { code: 'unusable_counter' },
      counter.toString(16),
    )
})

test('trap 1: 2,448,023,842 counters are usable', () => {
  let usable = 0
  let choose = 1
  for (let ones = 1; ones <= 16; ones += 1) {
    choose = (choose * (33 - ones)) / ones
    usable += choose
  }
  assert.equal(usable, 2_448_023_842)
})

test('trap 1: FFFFFFFF serves the update key alone', () => {
  const update = (keyType: 'aes128' | 'tdes2' | 'tdes3') =>
    hexOf(deriveUpdateKey({ initialKey, initialKeyId, keyType }))
  assert.equal(update('aes128'), '9A9770AEE1ACD1B13473D0463A1883B9')
  assert.equal(update('tdes2'), '4744A5ECBC62B5C4BB76FBEAE1E244A3')
})

test('trap 2: the 3TDEA update key begins with AF82BE85, not as the 2TDEA key', () => {
  const key = hexOf(deriveUpdateKey({ initialKey, initialKeyId, keyType: 'tdes3' }))
  assert.equal(key, 'AF82BE8533CFCA526DA71708667AD0BBC7A7517504C78C8A')
})

test('trap 3: AES-192 has no official suite; its lengths and registers hold together', () => {
  const bdk192 = hex('FEDCBA9876543210F1F1F1F1F1F1F1F1FEDCBA9876543210')
  const key = deriveInitialKey({ bdk: bdk192, initialKeyId })
  assert.equal(key.length, 24)
  walkBeside(key, createDeviceState({ initialKey: key, initialKeyId }), 40)
})

test('a working key stronger than its derivation key is refused', () => {
  const strong = ['aes192', 'aes256', 'hmac192', 'hmac256'] as const
  for (const keyType of strong)
    assert.throws(
      () => deriveWorkingKey({ initialKey, ksn: ksnAt(1), usage: 'mac_generation', keyType }),
      { code: 'key_too_strong' },
      keyType,
    )
})

test('keys, key ids and serial numbers of other lengths are refused', () => {
  for (const length of [0, 8, 15, 17, 33])
    assert.throws(() => deriveInitialKey({ bdk: new Uint8Array(length), initialKeyId }), {
      code: 'bad_key_length',
    })
  for (const length of [0, 7, 9]) {
    const id = new Uint8Array(length)
    assert.throws(() => deriveInitialKey({ bdk, initialKeyId: id }), { code: 'bad_key_id_length' })
    assert.throws(() => createDeviceState({ initialKey, initialKeyId: id }), {
      code: 'bad_key_id_length',
    })
  }
  for (const length of [0, 10, 11, 13])
    assert.throws(() => parseKsn(new Uint8Array(length)), { code: 'bad_ksn_length' })
})

test('counters: X9.24-3 examples, and every next one is the next usable one', () => {
  assert.equal(nextCounter(0), 1)
  assert.equal(nextCounter(0x0001fffe), 0x00020000)
  assert.equal(nextCounter(0xfffe2000), 0xfffe4000)
  assert.throws(() => nextCounter(0xffff0000), { code: 'counter_exhausted' })
  assert.throws(() => nextCounter(0x0001ffff), { code: 'unusable_counter' })
  fc.assert(
    fc.property(fc.nat(0xfffe0000), (from) => {
      let expected = from + 1
      if (!isUsableCounter(from)) return
      while (!isUsableCounter(expected)) expected += 1
      assert.equal(nextCounter(from), expected)
    }),
  )
})

test('one transaction after the other: the keys of each by itself, in whatever order', () => {
  const counter = fc.integer({ min: 1, max: 0xffffffff }).filter(isUsableCounter)
  const near = fc.integer({ min: 0, max: 40 })
  fc.assert(
    fc.property(counter, fc.array(near, { minLength: 1, maxLength: 8 }), (start, offsets) => {
      const way = createTransactionWay({ initialKey, initialKeyId })
      for (const at of offsets.map((offset) => start + offset).filter(isUsableCounter)) {
        const ksn = ksnAt(at)
        assert.equal(hexOf(way(at)), hexOf(deriveTransactionKey({ initialKey, ksn })))
      }
    }),
  )
})

test('a key is wiped once the way leads elsewhere, and the initial key never', () => {
  const own = Uint8Array.from(initialKey)
  const way = createTransactionWay({ initialKey: own, initialKeyId })
  const [first, second] = [way(0b101), way(0b110)]
  assert.deepEqual([...first], Array(16).fill(0))
  assert.equal(hexOf(second), hexOf(deriveTransactionKey({ initialKey, ksn: ksnAt(0b110) })))
  assert.deepEqual(own, initialKey)
})

/** The device's keys are the host's, and each is gone from the registers once it is taken. */
function walkBeside(key: Uint8Array, start: DeviceState, steps: number): DeviceState {
  let state = start
  for (let i = 0; i < steps; i += 1) {
    const { ksn, transactionKey, state: after } = deviceNextKey(state)
    const wanted = hexOf(deriveTransactionKey({ initialKey: key, ksn }))
    assert.equal(hexOf(transactionKey), wanted)
    assert.equal(parseKsn(ksn).counter, state.counter)
    assert.ok(!hexOf(after.registers).includes(wanted), 'the register forgot its key')
    state = after
  }
  return state
}

test('device: once loaded it holds the keys of 1, 2, 4, … and not the initial key', () => {
  const { registers, counter } = createDeviceState({ initialKey, initialKeyId })
  assert.equal(counter, 1)
  for (let bit = 0; bit < 32; bit += 1) {
    const key = registers.subarray(bit * 16, bit * 16 + 16)
    assert.equal(hexOf(key), hexOf(deriveTransactionKey({ initialKey, ksn: ksnAt(2 ** bit) })))
  }
  assert.ok(!hexOf(registers).includes(hexOf(initialKey)))
})

test('device: 600 transactions agree with the host; no state is changed in place', () => {
  const start = createDeviceState({ initialKey, initialKeyId })
  const before = hexOf(start.registers)
  assert.equal(walkBeside(initialKey, start, 600).counter, 601)
  assert.equal(hexOf(start.registers), before)
  walkBeside(initialKey256, createDeviceState({ initialKey: initialKey256, initialKeyId }), 70)
})

test('device: it skips what has more than 16 one-bits, and ends after FFFF0000', () => {
  const at = (counter: number, bit: number): DeviceState => {
    const keys = new Uint8Array(32 * 16)
    keys.set(deriveTransactionKey({ initialKey, ksn: ksnAt(counter) }), bit * 16)
    return { initialKeyId, counter, registers: keys }
  }
  assert.equal(deviceNextKey(at(0x0001fffe, 1)).state.counter, 0x00020000)
  const { state } = deviceNextKey(at(0xffff0000, 16))
  assert.equal(isExhausted(state), true)
  assert.ok(state.registers.every((byte) => byte === 0))
  assert.throws(() => deviceNextKey(state), { code: 'counter_exhausted' })
})

test('device: a register not in use is a bug, and a counter no device reaches is refused', () => {
  const registers = new Uint8Array(32 * 16)
  assert.throws(() => deviceNextKey({ initialKeyId, counter: 1, registers }), /in use/)
  assert.throws(() => deviceNextKey({ initialKeyId, counter: 0x1ffff, registers }), {
    code: 'unusable_counter',
  })
})
