/**
 * Goal: codes are what the standards say, and no two of them are alike that should not be.
 * Method: recompute them from NIST's two constructions by hand; change one input at a time.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { broadcastCode, type ChipCoding, chipCode, chipKeyOf, LAST_COUNTER } from './chip-code.ts'
import { cmac } from './cmac.ts'

const master = new Uint8Array(32).fill(7)
const chip = 'pxd_00000000000000000000000000'
const key = chipKeyOf(master, 'chip-txn', chip)
const coding: ChipCoding = { key, use: 'txn', counter: 9, data: Buffer.from('what is paid') }
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('a chip key and a code are SP 800-108 in counter mode and CMAC, nothing else', () => {
  const fixed = (label: string, context: Uint8Array) =>
    Buffer.concat([Buffer.from(`${label}\0`), context, Buffer.from('00000100', 'hex')])
  const twice = (from: Uint8Array, label: string, context: Uint8Array) =>
    Buffer.concat(
      [1, 2].map((i) =>
        cmac(from, Buffer.concat([Uint8Array.of(0, 0, 0, i), fixed(label, context)])),
      ),
    )
  assert.equal(hex(key), hex(twice(master, 'chip-txn', Buffer.from(chip))))
  const count = Uint8Array.of(0, 0, 0, 9)
  const session = twice(key, 'txn', count)
  const expected = cmac(session, Buffer.concat([coding.data, count]))
  assert.equal(hex(chipCode(coding)), hex(expected))
  const epoch = Buffer.concat([Buffer.from('eid/1'), Buffer.from('0000000000000005', 'hex')])
  assert.equal(hex(broadcastCode(key, 5)), hex(cmac(key, epoch)).slice(0, 20))
})

test('each input changes the code', () => {
  const codes = [
    coding,
    { ...coding, counter: 10 },
    { ...coding, use: 'pair' as const },
    { ...coding, data: Buffer.from('what is paix') },
    { ...coding, key: chipKeyOf(master, 'chip-eid', chip) },
    { ...coding, key: chipKeyOf(master, 'chip-txn', chip.replace(/0$/, '1')) },
  ].map((one) => hex(chipCode(one)))
  assert.equal(new Set(codes).size, codes.length)
})

test('counters outside their range are bugs, not codes', () => {
  for (const counter of [0, -1, 1.5, LAST_COUNTER + 1])
    assert.throws(() => chipCode({ ...coding, counter }), RangeError)
})
