// Goal: SP 800-108 in counter mode as NIST tests it, and no output that depends on a field's width.
// Method: a case of NIST's CAVP file for CMAC-AES128; every part of the input changes the output.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cmac, tdeaCmac } from './cmac.ts'
import { type Derivation, hmacSha256, kdfCounter, kdfCounterFixed } from './kdf-108.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')

const derivation: Derivation = {
  prf: cmac,
  key: hex('c10b152e8c97b77e18704e0f0bd38305'),
  label: Buffer.from('txn'),
  context: hex('0000000000000001'),
  length: 16,
  counterBytes: 4,
  lengthBytes: 4,
}

test('NIST CAVP, KDFCTR: CMAC-AES128, counter of 32 bits before the fixed data', () => {
  const fixedInput = hex(
    '98cd4cbbbebe15d17dc86e6dbad800a2dcbd64f7c7ad0e78e9cf94ffdba89d03' +
      'e97eadf6c4f7b806caf52aa38f09d0eb71d71f497bcc6906b48d36c4',
  )
  const key = kdfCounterFixed({ ...derivation, fixedInput })
  assert.equal(hexOf(key), '26faf61908ad9ee881b8305c221db53f')
})

test('the fixed data is label, zero, context and length; blocks follow each other', () => {
  const fixedInput = hex(`${hexOf(derivation.label)}000000000000000001${'00000180'}`)
  const long = { ...derivation, length: 48 }
  assert.deepEqual(kdfCounter(long), kdfCounterFixed({ ...long, fixedInput }))
  const first = cmac(derivation.key, hex(`00000001${hexOf(fixedInput)}`))
  const third = cmac(derivation.key, hex(`00000003${hexOf(fixedInput)}`))
  assert.equal(hexOf(kdfCounter(long).subarray(0, 16)), hexOf(first))
  assert.equal(hexOf(kdfCounter(long).subarray(32)), hexOf(third))
})

test('every part of the input, and the length asked for, changes the key', () => {
  const variations: Partial<Derivation>[] = [
    {},
    { label: Buffer.from('txm') },
    { context: hex('0000000000000002') },
    { length: 17 },
    { counterBytes: 1 },
    { lengthBytes: 2 },
    { prf: hmacSha256 },
    { prf: tdeaCmac },
    { key: hex('c10b152e8c97b77e18704e0f0bd38304') },
  ]
  const keys = variations.map((change) =>
    hexOf(kdfCounter({ ...derivation, ...change })).slice(0, 32),
  )
  assert.equal(new Set(keys).size, variations.length)
})

test('lengths that make no sense are refused', () => {
  for (const length of [0, -1, 1.5])
    assert.throws(() => kdfCounter({ ...derivation, length }), RangeError)
  assert.throws(() => kdfCounter({ ...derivation, length: 8192, lengthBytes: 2 }), RangeError)
  assert.throws(() => kdfCounter({ ...derivation, length: 4097, counterBytes: 1 }), RangeError)
})
