// Goal: key blocks are read as others write them, and nothing but the whole truth is opened.
// Method: blocks of TR-31:2018, ISO 20038:2017 and payShield 10k; every bit of a block flipped;
// what goes in comes out, for any key and header; each refusal by its code.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseKeyBlock, unwrapKeyBlock, wrapKeyBlock } from './key-block.ts'
import { type KeyBlockHeader, readHeader, writeHeader } from './key-block-header.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()
const random = hex('5A'.repeat(48))

const kbpk = hex('88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6')
const kbpkTdea = hex('89E88CF7931444F334BD7547FC3F380C')
const initial: KeyBlockHeader = {
  version: 'D',
  usage: 'B1',
  algorithm: 'A',
  mode: 'X',
  keyVersion: '00',
  exportability: 'N',
  optional: [{ id: 'IK', data: '1234567890123456' }],
}

/** TR-31:2018 A.7.2.1. */
const read = 'A0072P0TE00E0000F5161ED902807AF26F1D62263644BD24192FDB3193C730301CEE8701'

const open = (block: string, usage: string, key = kbpk) =>
  unwrapKeyBlock({ kbpk: key, block, usages: [usage] })

test('TR-31:2018 A.7.4: version D, an AES key under an AES-256 protection key', () => {
  const block =
    'D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D2' +
    '07E2E417C07156A27E8E31DA05F7425509593D03A457DC34'
  const { header, key } = open(block, 'P0')
  assert.equal(hexOf(key), '3F419E1CB7079442AA37474C2EFBF8B8')
  assert.deepEqual(
    { ...header, optional: [] },
    { ...initial, usage: 'P0', mode: 'E', exportability: 'E', optional: [] },
  )
})

test('TR-31:2018 A.7.2.1, A.7.3.1: versions A and C are read', () => {
  assert.equal(hexOf(open(read, 'P0', kbpkTdea).key), 'F039121BEC83D26B169BDCD5B22AAF8F')
  const c =
    'C0096B0TX12S0100KS1800604B120F9292800000BFB9B689CB567E66' +
    'FC3FEE5AD5F52161FC6545B9D60989015D02155C'
  const { header, key } = open(c, 'B0', hex('B8ED59E0A279A295E9F5ED7944FD06B9'))
  assert.equal(hexOf(key), 'EDB380DD340BC2620247D445F5B8D678')
  assert.deepEqual(header.optional, [{ id: 'KS', data: '00604B120F9292800000' }])
})

test('trap 4: ISO 20038:2017 B.2 (version E) is read', () => {
  const block =
    'E0084B0TV16N0000B2AE5E26BBA7F246E84D5EA24167E208A6B66EF2E27E55A52DB52F0AEACB94C57547'
  const key = hex('3235362D62697420414553207772617070696E67202849534F20323030333829')
  assert.equal(hexOf(open(block, 'B0', key).key), '777261707065642033444553206B6579')
})

test('trap 4: X9.143:2021 8.3.2.1 as printed contradicts its own length and is refused', () => {
  const block =
    'A0072P0TE00E0000A8974C06DBFD58D197101A28DEC1A6C7C23F00A3B18EC6D538DE4A5B5F49A542D61A8A8B'
  assert.throws(() => open(block, 'P0', kbpkTdea), { code: 'length_mismatch' })
})

test('trap 4: X9.143:2021 8.3.2.2 as printed contradicts its own length and is refused', () => {
  const block =
    'B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A38C6B0A14' +
    '6BF1B0BE0D3277F17A3AD5146EED7B727B8A248E'
  const key = hex('DD7515F2BFC17F85CE48F3CA25CB21F6')
  assert.throws(() => open(block, 'P0', key), { code: 'length_mismatch' })
})

test('trap 4: X9.143:2021 8.2 as printed has a serial number not in hex and is refused', () => {
  const block =
    'D0192C0AVA1N0300KS08VM9ATS1A2018-06-18T20:42:39.22PB0E00000000005FDAFA00A1E84F59' +
    '9C2EB51A1F7A767D5E42314F0E84A3FC1A7B84C1DE81114659E6306AD544208F68F15602BD3E12DA' +
    '0C7F9FC551F1C8E6385FAFC1F7B499F5'
  const key = hex('E38331FBACE33F0B8694ABA5DC611CA20831949FEB8988102147291578F704E1')
  assert.throws(() => open(block, 'C0', key), { code: 'malformed_optional_block' })
})

test('trap 4: ISO 20038:2017 B.3 opens to the key of its MAC, not to the one printed', () => {
  const block =
    'D0112M3TV16N000018462FA5903B8D2B82FEE26B29713C0BE7ED81601087F122' +
    '52093D06FC0A012C1CF769AD0E3E9E4877166AB013FC22B4'
  const key = hex('3235362D62697420414553207772617070696E67202849534F20323030333829')
  const printed = '767261707065642033444553206B6579'
  assert.notEqual(hexOf(open(block, 'M3', key).key), printed)
  assert.equal(hexOf(open(block, 'M3', key).key), '767361707064642032454552206B6479')
})

test('X9.143:2021 8.4.2: version B, a base derivation key with its serial number', () => {
  const block =
    'B0120B0TX12S0100KS1800604B120F929280000015CEB14B76D551F21EC43A75390FA118' +
    'A98C6CB049E3B9E864A5F4A8B9A5108A6DB5635C95B042D7'
  const { header, key } = open(block, 'B0', hex('1D22BF32387C600AD97F9B97A51311AC'))
  assert.equal(hexOf(key), 'E8BC63E5479455E26577F715D587FE68')
  assert.deepEqual(header.optional, [{ id: 'KS', data: '00604B120F9292800000' }])
})

test('X9.143:2021 8.1: version D that hides the length of its key', () => {
  const block =
    'D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3' +
    '829DE55D3AB54C48F4C4FEF7AC75E90FC47F1B77E7B19A73ED46E64410082557'
  assert.equal(hexOf(open(block, 'P0').key), '3F419E1CB7079442AA37474C2EFBF8B8')
})

test('trap 4: an optional block with characters outside hex and ASCII is refused', () => {
  const bad = (text: string) => () => readHeader(text)
  for (const text of [
    'D0000B1AX00N0100KS0G',
    'D0000B1AX00N0100KS0512',
    'D0000B1AX00N0100IK06zz',
    'D0000B1AX00N0100KS06\u0001\u0002',
    'D0000B1AX00N0100ks04',
  ])
    assert.throws(bad(text), { code: 'malformed_optional_block' })
})

test('trap 5: an extended length counts hex characters (X9.143:2021 8.5, "CT 00 04 0500")', () => {
  const data = 'x'.repeat(0x500 - 10)
  const text = `D0000S0ES00N0100CT00040500${data}`
  const { header, end } = readHeader(text)
  assert.deepEqual(header.optional, [{ id: 'CT', data }])
  assert.equal(end, 16 + 0x500)
  assert.equal(writeHeader(header, 0).slice(16), text.slice(16))
  // Where bytes are counted, two of them say the same; here they are two characters.
  assert.throws(() => readHeader('D0000S0ES00N0100KS0002010A'), {
    code: 'malformed_optional_block',
  })
})

test('a header has one shape', () => {
  // biome-ignore format: a table
  const rows = [
    ['',                             'unsupported_version'],
    ['F0112P0AE00E0000',             'unsupported_version'],
    ['D0112P0AE00E000',              'malformed_header'],
    ['D011xP0AE00E0000',             'malformed_header'],
    ['D0112p0AE00E0000',             'malformed_header'],
    ['D0112P0AE00E0X00',             'malformed_header'],
    ['D0112P0AE00E0001',             'malformed_header'],
    ['B0000P0TE00N0100KS02',         'malformed_optional_block'],
    ['B0000P0TE00N0100KS071',        'malformed_optional_block'],
    ['B0000P0TE00N0100',             'malformed_optional_block'],
    ['B0000P0TE00N0100KS00',         'malformed_optional_block'],
    ['B0000P0TE00N0100KS000',        'malformed_optional_block'],
    ['B0000P0TE00N0100KS0009',       'malformed_optional_block'],
    ['B0000P0TE00N0100KS000400',     'malformed_optional_block'],
  ] as const
  for (const [text, code] of rows) assert.throws(() => readHeader(text), { code }, text)
  assert.throws(() => writeHeader({ ...initial, usage: 'pin' }, 0), { code: 'malformed_header' })
  assert.throws(() => writeHeader(initial, 9999), { code: 'malformed_header' })
})

test('a block says its own length, and holds a key and a MAC', () => {
  for (const block of [
    'D0048P0AE00E00009B8F5C30BDD3A946205FDF791C3548EC',
    'D0016P0AE00E0000',
    'B0040P0TE00N0000',
    `D0112P0AE00E0000${'g'.repeat(96)}`,
    `D0110P0AE00E0000${'0'.repeat(94)}`,
  ])
    assert.throws(() => parseKeyBlock(block), { code: 'length_mismatch' }, block)
})

const wrapped = wrapKeyBlock({ kbpk, header: initial, key: hex('11'.repeat(16)), random })

test('property: what is wrapped is unwrapped, in versions D and B', () => {
  const bytes = (...lengths: number[]) =>
    fc.constantFrom(...lengths).chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
  const one = (version: 'B' | 'D') =>
    fc.record({
      version: fc.constant(version),
      algorithm: fc.constantFrom('A', 'H'),
      kbpk: version === 'D' ? bytes(16, 24, 32) : bytes(16, 24),
      key: bytes(16, 24, 32),
      data: fc.uint8Array({ maxLength: 150 }).map(hexOf),
      random: bytes(48),
    })
  fc.assert(
    fc.property(fc.oneof(one('B'), one('D')), ({ kbpk, key, random, data, ...rest }) => {
      const header = { ...initial, ...rest, optional: [{ id: 'KS', data }] }
      const block = wrapKeyBlock({ kbpk, header, key, random })
      const opened = unwrapKeyBlock({ kbpk, block, usages: ['B1'] })
      assert.deepEqual(opened.key, key)
      assert.deepEqual(opened.header.optional[0], { id: 'KS', data })
      assert.equal(Number(block.slice(1, 5)), block.length)
    }),
  )
})

test('a block does not tell the length of its key, and padding fills a cipher block', () => {
  const lengths = [16, 24, 32].map(
    (size) => wrapKeyBlock({ kbpk, header: initial, key: randomBytes(size), random }).length,
  )
  assert.equal(new Set(lengths).size, 1)
  assert.equal(readHeader(wrapped).end % 16, 0)
})

const wrappedB = wrapKeyBlock({
  kbpk: kbpkTdea,
  header: { ...initial, version: 'B' },
  key: hex('11'.repeat(16)),
  random,
})

for (const [name, block, key] of [
  ['A', read, kbpkTdea],
  ['B', wrappedB, kbpkTdea],
  ['D', wrapped, kbpk],
] as const)
  test(`every single bit flip of a block of version ${name} is refused`, () => {
    const bytes = Buffer.from(block, 'latin1')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const usages = [altered.subarray(5, 7).toString('latin1'), block.slice(5, 7)]
      assert.throws(
        () => unwrapKeyBlock({ kbpk: key, block: altered.toString('latin1'), usages }),
        { name: 'KeyBlockError' },
        `bit ${bit}`,
      )
    }
  })

test('a key is opened only for a usage that was asked for, and only under its own key', () => {
  assert.throws(() => open(wrapped, 'P0'), { code: 'wrong_usage' })
  assert.throws(() => unwrapKeyBlock({ kbpk, block: wrapped, usages: [] }), { code: 'wrong_usage' })
  const other = Uint8Array.from(kbpk, (byte, i) => (i === 31 ? byte ^ 1 : byte))
  assert.throws(() => open(wrapped, 'B1', other), { code: 'mac_mismatch' })
  for (const length of [0, 8, 17, 33])
    assert.throws(() => open(wrapped, 'B1', new Uint8Array(length)), { code: 'bad_kbpk' })
})

test('keys of a wrong length, versions that are only read, and short chance are refused', () => {
  const key = hex('11'.repeat(16))
  const wrap = (changes: object) => () =>
    wrapKeyBlock({ kbpk, header: initial, key, random, ...changes })
  for (const length of [0, 8, 15, 33])
    assert.throws(wrap({ key: new Uint8Array(length) }), { code: 'bad_key_length' })
  for (const version of ['A', 'C', 'E', 'F'])
    assert.throws(wrap({ header: { ...initial, version } }), { code: 'unsupported_version' })
  assert.throws(wrap({ random: new Uint8Array(47) }), RangeError)
  assert.throws(wrap({ kbpk: new Uint8Array(20) }), { code: 'bad_kbpk' })
})
