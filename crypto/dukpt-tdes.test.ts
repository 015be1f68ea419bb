// Goal: TDES DUKPT as published, and its refusals.
// Method: ANSI X9.24-1:2009 A.4 (initial key, first transactions, PIN, MAC and data), counters as a
// property.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  createTdesTransactionWay,
  deriveInitialTdesKey,
  deriveTdesTransactionKey,
  encodeTdesKsn,
  isUsableTdesCounter,
  nextTdesCounter,
  parseTdesKsn,
  variantOf,
} from './dukpt-tdes.ts'
import { macAlgorithm3, retailKeysOf } from './iso9797-mac.ts'
import { encodeFormat0 } from './pin-block.ts'
import { tdeaEncrypt, tdeaEncryptCbc } from './tdea.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()

const bdk = hex('0123456789ABCDEFFEDCBA9876543210')
const initialKey = hex('6AC292FAA1315B4D858AB3A3D7D5933A')
const { base } = parseTdesKsn(hex('FFFF9876543210E00000'))
const keyAt = (counter: number) =>
  deriveTdesTransactionKey({ initialKey, ksn: encodeTdesKsn({ base, counter }) })

test('X9.24-1:2009 A.4: initial key and the keys of the first transactions', () => {
  const ksn = hex('FFFF9876543210E00001')
  assert.equal(hexOf(deriveInitialTdesKey({ bdk, ksn })), hexOf(initialKey))
  assert.equal(hexOf(keyAt(1)), '042666B49184CFA368DE9628D0397BC9')
  assert.equal(hexOf(keyAt(2)), 'C46551CEF9FD24B0AA9AD834130D3BC7')
})

test('one transaction after the other: the keys of each by itself', () => {
  const way = createTdesTransactionWay({ initialKey, base })
  for (const counter of [1, 2, 3, 4, 7, 8, 6, 1023, 1024])
    assert.equal(hexOf(way(counter)), hexOf(keyAt(counter)))
})

test('X9.24-1:2009 A.4: PIN, MAC and data of transaction 1', () => {
  const data = Buffer.from('4012345678909D987')
  const block = encodeFormat0({ pin: '1234', pan: '4012345678909' })
  const retail = (use: 'mac_request' | 'mac_response') =>
    hexOf(macAlgorithm3(retailKeysOf(variantOf(keyAt(1), use)), data, 1).subarray(0, 4))
  assert.equal(hexOf(tdeaEncrypt(variantOf(keyAt(1), 'pin'), block)), '1B9C1845EB993A7A')
  assert.deepEqual([retail('mac_request'), retail('mac_response')], ['9CCC7817', '20364223'])
  const key = variantOf(keyAt(1), 'data_request')
  const padded = Buffer.concat([data, new Uint8Array(7)])
  const sent = tdeaEncryptCbc({ key, iv: new Uint8Array(8), data: padded })
  assert.equal(hexOf(sent), 'FC0D53B7EA1FDA9EE68AAF2E70D9B9506229BE2AA993F04F')
})

test('five uses, five keys', () => {
  const uses = ['pin', 'mac_request', 'mac_response', 'data_request', 'data_response'] as const
  assert.equal(new Set(uses.map((use) => hexOf(variantOf(keyAt(1), use)))).size, 5)
})

test('a serial number is a base of 59 bits and a counter of 21', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (ksn) => {
      const { base, counter } = parseTdesKsn(ksn)
      assert.equal(counter, Number(BigInt(`0x${hexOf(ksn)}`) & 0x1fffffn))
      assert.deepEqual(encodeTdesKsn({ base, counter }), ksn)
    }),
  )
})

test('counters: every next one is the next usable one, and after 1FFC00 there is none', () => {
  assert.equal(nextTdesCounter(0), 1)
  assert.throws(() => nextTdesCounter(0x1ff800), { code: 'counter_exhausted' })
  fc.assert(
    fc.property(fc.nat(0x1ff7ff), (from) => {
      if (!isUsableTdesCounter(from)) return
      let expected = from + 1
      while (!isUsableTdesCounter(expected)) expected += 1
      assert.equal(nextTdesCounter(from), expected)
    }),
  )
})

test('a counter of zero or of more than ten one-bits is refused', () => {
  for (const counter of [0, 0x7ff, 0x1fffff])
    assert.throws(() => keyAt(counter), { code: 'unusable_counter' }, counter.toString(16))
  assert.throws(() => nextTdesCounter(0x7ff), { code: 'unusable_counter' })
})

test('keys and serial numbers of other lengths are refused', () => {
  const ksn = encodeTdesKsn({ base, counter: 1 })
  for (const length of [0, 8, 15, 24]) {
    const key = new Uint8Array(length)
    assert.throws(() => deriveInitialTdesKey({ bdk: key, ksn }), { code: 'bad_key_length' })
    assert.throws(() => deriveTdesTransactionKey({ initialKey: key, ksn }), {
      code: 'bad_key_length',
    })
    assert.throws(() => variantOf(key, 'pin'), { code: 'bad_key_length' })
  }
  for (const length of [0, 8, 9, 11, 12])
    assert.throws(() => parseTdesKsn(new Uint8Array(length)), { code: 'bad_ksn_length' })
})
