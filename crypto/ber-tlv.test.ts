// Goal: BER-TLV as EMV cards speak it, and a refusal for whatever has no one meaning.
// Method: a PPSE answer as cards give it; the examples of EMV Book 3 Annex B; what goes in comes
// out; each refusal by its code.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, decodeMap, encode, find, isConstructed, nest } from './ber-tlv.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()

const ppse =
  '6F2F840E325041592E5359532E4444463031A51DBF0C1A61' +
  '184F07A0000000041010500A4D617374657263617264870101'

test('EMV Book 1: the answer to SELECT 2PAY.SYS.DDF01, level by level, and written again', () => {
  const [template, ...rest] = decode(hex(ppse))
  assert.ok(template)
  assert.deepEqual([template.tag, rest.length], [0x6f, 0])
  const inside = decode(template.value)
  assert.deepEqual(
    inside.map(({ tag }) => tag),
    [0x84, 0xa5],
  )
  assert.equal(hexOf(find(hex(ppse), 0x4f) ?? new Uint8Array(0)), 'A0000000041010')
  assert.equal(find(hex(ppse), 0x9f38), undefined)
  assert.equal(hexOf(encode([nest(0x6f, inside)])), ppse)
})

test('EMV Book 3 Annex B: lengths of one, two and three bytes, padding between objects', () => {
  assert.deepEqual(decodeMap(hex('9C00')).get(0x9c), hex(''))
  assert.deepEqual(
    decodeMap(hex('00 9C8101FF 00 9F03820001AA 0000')),
    new Map([
      [0x9c, hex('FF')],
      [0x9f03, hex('AA')],
    ]),
  )
  assert.equal(hexOf(encode([{ tag: 0x9c, value: new Uint8Array(128) }])).slice(0, 6), '9C8180')
  assert.equal(
    hexOf(encode([{ tag: 0xdf8117, value: new Uint8Array(256) }])).slice(0, 12),
    'DF8117820100',
  )
  assert.equal(isConstructed(0xbf0c), true)
  assert.equal(isConstructed(0x9f38), false)
})

test('trap 7: the indefinite length 80 is refused', () => {
  for (const text of ['9C80', '9C800000', '6F80840100' + '0000', '9F0280'])
    assert.throws(() => decode(hex(text)), { code: 'indefinite_length' }, text)
})

test('what is cut, too long or has no one spelling is refused', () => {
  // biome-ignore format: a table
  const rows = [
    ['9F',               'truncated'],
    ['9C',               'truncated'],
    ['9C01',             'truncated'],
    ['9C01FFAA',         'truncated'],
    ['9C82FF',           'truncated'],
    ['DF81',             'truncated'],
    ['DF818101 00',      'bad_tag'],
    ['9F8001 00',        'bad_tag'],
    ['9C84000000 0100',  'length_too_long'],
    ['9CFF',             'length_too_long'],
  ] as const
  for (const [text, code] of rows) assert.throws(() => decode(hex(text)), { code }, text)
  assert.throws(() => decodeMap(hex('5A0111 5A0112')), { code: 'duplicate_tag' })
  for (const tag of [0, 0x9f, 0x9f80, 0x9c01, 0x1_0000_0000, -1, 0.5])
    assert.throws(() => encode([{ tag, value: hex('') }]), { name: 'TlvError' }, String(tag))
})

test('a search does not follow nests without end', () => {
  let deep = hex('9C00')
  for (let i = 0; i < 20; i += 1) deep = encode([{ tag: 0xe0, value: deep }])
  assert.throws(() => find(deep, 0x9c), { code: 'too_deep' })
})

test('property: what is encoded is decoded, whatever the tags and lengths', () => {
  const tag = fc.constantFrom(0x5a, 0x82, 0x9c, 0x5f24, 0x9f02, 0xbf0c, 0xdf01, 0xdf8117)
  const value = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(fc.array(fc.record({ tag, value }, { noNullPrototype: true })), (objects) => {
      assert.deepEqual(decode(encode(objects)), objects)
    }),
  )
})
