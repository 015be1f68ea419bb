// Goal: a card number in nine bytes and a PIN's beginning in two, as the document draws them, and a
// directory that tells where each one is; nothing else is taken for one.
// Method: the bytes of the figures by hand; properties over every layout and every entry.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  areaBytes,
  CreditFileError,
  emptyArea,
  type Layout,
  readDirectory,
  readEntry,
  readSelector,
  selectorByte,
  usualLayout,
  windowsOf,
  writeEntry,
} from './credit-file.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')
const fails = (code: CreditFileError['code'], work: () => unknown) =>
  assert.throws(work, (error) => error instanceof CreditFileError && error.code === code)

const company = { flag: 'card_company', company: 5 } as const
const bank = { flag: 'bank', company: 0x51 } as const

test('figure 2: sixteen digits, two to a byte, and the selector: nine bytes', () => {
  const entry = writeEntry({ digits: '9900120000000008', selector: company }, 9)
  assert.equal(hexOf(entry), '9900120000000008' + '05')
  assert.equal(hexOf(writeEntry({ digits: '9900120000000008', selector: bank }, 9)).slice(-2), 'd1')
})

test('figure 3: the first two digits of a PIN, and the selector: two bytes', () => {
  assert.equal(hexOf(writeEntry({ digits: '12', selector: company }, 2)), '1205')
})

test('the selector: flag in bit 8, company in bits 7 to 1', () => {
  for (let byte = 0; byte < 256; byte += 1) assert.equal(selectorByte(readSelector(byte)), byte)
  assert.deepEqual(readSelector(0x80), { flag: 'bank', company: 0 })
  for (const company of [-1, 128, 1.5])
    fails('bad_selector', () => selectorByte({ flag: 'bank', company }))
})

const selector = fc.record({
  flag: fc.constantFrom('card_company', 'bank'),
  company: fc.nat(127),
} as const)

test('what is written is read, in any room that is large enough', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[0-9]{1,38}$/),
      fc.nat(10),
      selector,
      (digits, spare, { flag, company }) => {
        const selector = { flag, company }
        const length = Math.ceil(digits.length / 2) + 1 + spare
        assert.deepEqual(readEntry(writeEntry({ digits, selector }, length)), { digits, selector })
      },
    ),
  )
})

test('nothing is nothing, and what is neither is refused', () => {
  assert.equal(readEntry(hex('ff'.repeat(9))), undefined)
  assert.equal(readEntry(hex('ffff')), undefined)
  for (const bytes of ['', '05', 'fe05', 'a205', '1f1205', 'ff05', 'ffffffffffffffff05'])
    fails('malformed', () => {
      if (readEntry(hex(bytes)) === undefined) throw new CreditFileError('malformed')
    })
  for (const digits of ['', '123', 'ab', '1 '])
    fails('bad_digits', () => writeEntry({ digits, selector: company }, 2))
})

test('the usual file: 112 bytes, its directory first', () => {
  const area = emptyArea(usualLayout)
  assert.equal(area.length, 112)
  assert.equal(hexOf(area.subarray(0, 18)), '003c004d0000' + '0009014d003c' + '0009014d0045')
  assert.ok(area.subarray(60).every((byte) => byte === 0xff))
})

const layouts: fc.Arbitrary<Layout> = fc.array(
  fc.record({
    description: fc.integer({ min: 1, max: 255 }),
    length: fc.integer({ min: 1, max: 40 }),
    count: fc.integer({ min: 1, max: 12 }),
    isMandatory: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
)

test('in every file the directory names every entry, and no two lie in one place', () => {
  fc.assert(
    fc.property(layouts, (layout) => {
      const area = emptyArea(layout)
      const [directory] = windowsOf(layout)
      const taken = new Uint8Array(area.length)
      taken.fill(1, 0, (directory?.length ?? 0) * (directory?.count ?? 0))
      for (const { address, length } of readDirectory(area)) {
        assert.ok(taken.subarray(address, address + length).every((byte) => byte === 0))
        taken.fill(1, address, address + length)
      }
      assert.ok(taken.every((byte) => byte === 1))
      assert.equal(areaBytes(layout), area.length)
    }),
  )
})

test('a file that cannot be is not made, and what is no directory is not read', () => {
  const [section = assert.fail()] = usualLayout
  const changes: object[] = [
    { description: 0 },
    { description: 256 },
    { length: 0 },
    { length: 201 },
    { count: 0 },
    { count: 255 },
    { count: 200, length: 200 },
  ]
  for (const change of changes) fails('bad_layout', () => emptyArea([{ ...section, ...change }]))
  for (const bytes of ['', '003c014d0000', '003c004d0001', '003c004d0000'])
    fails('malformed', () => readDirectory(hex(bytes)))
})
