// Goal: what stripes and chips hold is read as ISO/IEC 7813 writes it; nothing else passes. Data
// object lists are read and filled as EMV says.
// Method: published test tracks; what goes in comes out; each refusal by its code.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emvFormat, fillDol, parseDol } from './dol.ts'
import {
  decodeTrack2Equivalent,
  encodeTrack2,
  encodeTrack2Equivalent,
  parseTrack1,
  parseTrack2,
  serviceOf,
} from './track-data.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()

const track = {
  pan: '4000340000000506',
  expiry: '2512',
  serviceCode: '111',
  discretionary: '123400001230',
}

test('ISO/IEC 7813 track 2, with and without sentinels, and as a chip gives it', () => {
  const text = '4000340000000506=2512111123400001230'
  for (const raw of [text, `;${text}?`, text.replace('=', 'D')])
    assert.deepEqual(parseTrack2(raw), track, raw)
  assert.equal(encodeTrack2(track), `;${text}?`)
  const bytes = hex('4000340000000506D2512111123400001230')
  assert.deepEqual(decodeTrack2Equivalent(bytes), track)
  assert.deepEqual(encodeTrack2Equivalent(track), bytes)
  const odd = { ...track, discretionary: '1' }
  assert.equal(hexOf(encodeTrack2Equivalent(odd)), '4000340000000506D25121111F')
})

test('ISO/IEC 7813 track 1', () => {
  const read = parseTrack1('%B4242424242424242^SMITH/JOHN Q            ^11052011000000000000?')
  assert.deepEqual(read, {
    pan: '4242424242424242',
    name: 'SMITH/JOHN Q',
    expiry: '1105',
    serviceCode: '201',
    discretionary: '1000000000000',
  })
})

test('a separator stands for an expiry or service code that the card does not have', () => {
  const bare = { ...track, expiry: null, serviceCode: null }
  assert.deepEqual(parseTrack2('4000340000000506===123400001230'), bare)
  assert.deepEqual(parseTrack2(encodeTrack2(bare)), bare)
  assert.deepEqual(parseTrack1('B4242424242424242^AB^^^'), {
    pan: '4242424242424242',
    name: 'AB',
    expiry: null,
    serviceCode: null,
    discretionary: '',
  })
})

test('what is not a track is refused', () => {
  // biome-ignore format: a table
  const rows = [
    ['',                                           'malformed'],
    ['4000340000000506',                           'malformed'],
    ['=2512111',                                   'bad_pan'],
    ['40003400000005061234=2512111',               'bad_pan'],
    ['4000 40000000506=2512111',                   'bad_pan'],
    ['4000340000000506=2513111',                   'bad_expiry'],
    ['4000340000000506=25',                        'bad_expiry'],
    ['4000340000000506=251211',                    'bad_service_code'],
    ['4000340000000506=2512111A',                  'bad_discretionary'],
    ['4000340000000506=2512111123400001230123',    'too_long'],
  ] as const
  for (const [text, code] of rows) assert.throws(() => parseTrack2(text), { code }, text)
  // biome-ignore format: a table
  const firsts = [
    ['A4242424242424242^AB^1105201',               'malformed'],
    ['B4242424242424242^AB',                       'malformed'],
    ['B42424242424242424242^AB^1105201',           'bad_pan'],
    ['B4242424242424242^A^1105201',                'bad_name'],
    ['B4242424242424242^ab^1105201',               'bad_name'],
    ['B4242424242424242^AB^1105201^',              'bad_discretionary'],
    [`B4242424242424242^AB^1105201${'0'.repeat(60)}`, 'too_long'],
  ] as const
  for (const [text, code] of firsts) assert.throws(() => parseTrack1(text), { code }, text)
  for (const bytes of ['', '40', 'D2512', '4000340000000506D2512111E1'])
    assert.throws(() => decodeTrack2Equivalent(hex(bytes)), { name: 'TrackError' }, bytes)
  assert.throws(() => encodeTrack2({ ...track, expiry: '2500' }), { code: 'bad_expiry' })
})

test('the service code tells of a chip and of borders', () => {
  assert.deepEqual(serviceOf('226'), { chip: true, international: true })
  assert.deepEqual(serviceOf('101'), { chip: false, international: true })
  assert.deepEqual(serviceOf('620'), { chip: true, international: false })
  assert.throws(() => serviceOf('2026'), { code: 'bad_service_code' })
})

test('property: track 2 comes back from both of its forms', () => {
  const digits = (from: number, to: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: from, maxLength: to })
  const month = fc.integer({ min: 1, max: 12 }).map((n) => `30${String(n).padStart(2, '0')}`)
  const some = fc.record(
    {
      pan: digits(1, 19),
      expiry: fc.option(month),
      serviceCode: fc.option(digits(3, 3)),
      discretionary: digits(0, 10),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(some, (one) => {
      assert.deepEqual(parseTrack2(encodeTrack2(one)), one)
      assert.deepEqual(decodeTrack2Equivalent(encodeTrack2Equivalent(one)), one)
    }),
  )
})

test('EMV Book 3 §5.4: a list is filled in its order, cut and padded by format', () => {
  const list = parseDol(hex('9F02069F1A0295055F2A029A039C019F37045A0A9F4E04'))
  assert.deepEqual(list[0], { tag: 0x9f02, length: 6 })
  const values = new Map([
    [0x9f02, hex('0000000012345678')],
    [0x9f1a, hex('56')],
    [0x9c, hex('1109')],
    [0x9f37, hex('DEADBEEFFF')],
    [0x5a, hex('4111111111111111')],
    [0x9f4e, hex('AB')],
  ])
  const filled = fillDol(list, (tag) => values.get(tag), emvFormat)
  assert.equal(
    hexOf(filled),
    ['000012345678', '0056', '0000000000', '0000', '000000', '09', 'DEADBEEF'].join('') +
      '4111111111111111FFFFAB000000',
  )
})

test('a list that is cut, or names no tag, is refused', () => {
  for (const text of ['9F', '9F02', '95', '9F02069F03069F1A0295'])
    assert.throws(() => parseDol(hex(text)), { code: 'truncated' }, text)
  for (const text of ['0005', '9F800105'])
    assert.throws(() => parseDol(hex(text)), { code: 'bad_tag' })
})
