// Goal: PIN blocks as published; no other digits, lengths, formats or fillers pass.
// Method: examples of ISO 9564-1 implementations and of the X9.24-3 supplement; what goes in comes
// out; each refusal by its code.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  decodeFormat0,
  decodeFormat2,
  decodeFormat3,
  decodeFormat4,
  encodeFormat0,
  encodeFormat2,
  encodeFormat3,
  encodeFormat4,
  panField4,
} from './pin-block.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()
const pan = '5555555551234567'
const key = hex('AF8CB133A78F8DC2D1359F18527593FB')

test('ISO 9564-1 format 0: PIN field XOR PAN field', () => {
  assert.equal(hexOf(encodeFormat0({ pin: '1234', pan })), '041261AAAAEDCBA9')
  assert.equal(hexOf(encodeFormat0({ pin: '1234567890', pan })), '0A1261032D82CBA9')
  assert.equal(decodeFormat0(hex('041261AAAAEDCBA9'), pan), '1234')
})

test('ISO 9564-1 formats 2 and 3', () => {
  assert.equal(hexOf(encodeFormat2('123456789')), '29123456789FFFFF')
  assert.equal(decodeFormat2(hex('2A1234567890FFFF')), '1234567890')
  assert.equal(decodeFormat3(hex('391261032D8DCBA9'), pan), '123456789')
  assert.equal(
    hexOf(encodeFormat3({ pin: '1234', pan }, new Uint8Array(10).fill(5))),
    '341261AAAAEDCBA9',
  )
})

test('ISO 9564-1 format 4: X9.24-3 supplement, and PAN fields of 12 to 19 digits', () => {
  const random = hex('2F69ADDE2E9E7ACE')
  const block = encodeFormat4({ key, pin: '1234', pan: '4111111111111111', random })
  assert.equal(hexOf(block), 'A912150391AB65A67E52883D81CE2D15')
  assert.equal(decodeFormat4({ key, block, pan: '4111111111111111' }), '1234')
  // biome-ignore format: a table
  const fields = [
    ['112233445566778899', '61122334455667788990000000000000'],
    ['123456789012',       '01234567890120000000000000000000'],
    ['1',                  '00000000000010000000000000000000'],
  ] as const
  for (const [digits, field] of fields) assert.equal(hexOf(panField4(digits)), field)
})

test('property: a PIN comes out of every format as it went in', () => {
  const digits = (from: number, to: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: from, maxLength: to })
  const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
  fc.assert(
    fc.property(
      digits(4, 12),
      digits(13, 19),
      bytes(10),
      bytes(8),
      bytes(16),
      (pin, pan, ten, random, key) => {
        assert.equal(decodeFormat0(encodeFormat0({ pin, pan }), pan), pin)
        assert.equal(decodeFormat2(encodeFormat2(pin)), pin)
        assert.equal(decodeFormat3(encodeFormat3({ pin, pan }, ten), pan), pin)
        assert.equal(
          decodeFormat4({ key, block: encodeFormat4({ key, pin, pan, random }), pan }),
          pin,
        )
      },
    ),
  )
})

test('format 4: every single bit flip, and another PAN, changes or refuses', () => {
  const random = hex('2F69ADDE2E9E7ACE')
  const block = encodeFormat4({ key, pin: '123456', pan, random })
  const refused = (altered: Uint8Array, digits = pan) =>
    assert.throws(() => decodeFormat4({ key, block: altered, pan: digits }), {
      name: 'PinBlockError',
    })
  for (let bit = 0; bit < 128; bit += 1)
    refused(block.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))
  refused(block, '5555555551234568')
})

test('PINs and PANs of other shapes are refused', () => {
  for (const pin of ['', '123', '1234567890123', '123A', '12 4', '１２３４'])
    assert.throws(() => encodeFormat0({ pin, pan }), { code: 'bad_pin' }, pin)
  for (const bad of ['', '123456789012', '12345678901234567890', '55555555512345A7'])
    assert.throws(() => encodeFormat0({ pin: '1234', pan: bad }), { code: 'bad_pan' }, bad)
  for (const bad of ['', '12345678901234567890', '4111x'])
    assert.throws(() => panField4(bad), { code: 'bad_pan' }, bad)
})

test('blocks of another format, length, filler or chance are refused', () => {
  const clear0 = (field: string) => {
    const panField = hex('0000555555123456')
    return hex(field).map((byte, i) => byte ^ (panField[i] ?? 0))
  }
  // biome-ignore format: a table
  const rows = [
    ['241234FFFFFFFFFF', 'bad_format'],
    ['341234FFFFFFFFFF', 'bad_format'],
    ['031234FFFFFFFFFF', 'bad_pin'],
    ['0F1234FFFFFFFFFF', 'bad_pin'],
    ['04123AFFFFFFFFFF', 'bad_pin'],
    ['041234FFFFFFFFF0', 'bad_filler'],
    ['041234AFFFFFFFFF', 'bad_filler'],
  ] as const
  for (const [field, code] of rows)
    assert.throws(() => decodeFormat0(clear0(field), pan), { code }, field)
  assert.throws(() => decodeFormat3(clear0('3412349FFFFFFFFF'), pan), { code: 'bad_filler' })
  assert.throws(() => decodeFormat0(new Uint8Array(16), pan), { code: 'bad_length' })
  assert.throws(() => decodeFormat4({ key, block: new Uint8Array(8), pan }), { code: 'bad_length' })
  assert.throws(() => encodeFormat3({ pin: '1234', pan }, new Uint8Array(9)), {
    code: 'bad_random',
  })
  assert.throws(() => encodeFormat4({ key, pin: '1234', pan, random: new Uint8Array(7) }), {
    code: 'bad_random',
  })
})

test('ISO 9564-1 format 4 has no way down: its blocks are no format 0', () => {
  const block = encodeFormat4({ key, pin: '1234', pan, random: new Uint8Array(8) })
  assert.throws(() => decodeFormat0(block, pan), { code: 'bad_length' })
  assert.throws(() => decodeFormat0(block.subarray(0, 8), pan), { name: 'PinBlockError' })
})
