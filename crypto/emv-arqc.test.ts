// Goal: the MACs, verification values and cryptograms of cards as published, and their refusals.
// Method: ANSI X9.19's example; EMV Book 2 and scheme profiles as public test suites compute them;
// every bit of a MACed message and of a cryptogram's data.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cvv } from './cvv.ts'
import {
  applicationCryptogram,
  arpcMethod1,
  arpcMethod2,
  deriveIccMasterKey,
  deriveSessionKey,
  sessionInput,
} from './emv-arqc.ts'
import { macAlgorithm1, macAlgorithm3, retailKeysOf } from './iso9797-mac.ts'
import { withOddParity } from './tdea.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()
const imk = hex('0123456789ABCDEFFEDCBA9876543210')

test('ANSI X9.19: "Now is the time for all "', () => {
  const keys = { key1: hex('0123456789ABCDEF'), key2: hex('FEDCBA9876543210') }
  const message = Buffer.from('Now is the time for all ')
  assert.equal(hexOf(macAlgorithm3(keys, message, 1)), 'A1C72E74EA3FA9B6')
})

test('ISO/IEC 9797-1: paddings differ as they should', () => {
  const zero = new Uint8Array(7)
  // Padding 1 cannot tell a message from the same with a zero behind it; 2 and 3 can.
  assert.deepEqual(macAlgorithm1(imk, zero, 1), macAlgorithm1(imk, new Uint8Array(8), 1))
  assert.deepEqual(macAlgorithm1(imk, new Uint8Array(0), 1), macAlgorithm1(imk, zero, 1))
  for (const padding of [2, 3] as const)
    assert.notDeepEqual(
      macAlgorithm1(imk, zero, padding),
      macAlgorithm1(imk, new Uint8Array(8), padding),
    )
  const marked = Uint8Array.of(...zero, 0x80)
  assert.deepEqual(macAlgorithm1(imk, zero, 2), macAlgorithm1(imk, marked, 1))
  const counted = hex('0000000000000038' + '0000000000000000')
  assert.deepEqual(macAlgorithm1(imk, zero, 3), macAlgorithm1(imk, counted, 1))
})

test('every single bit flip of a MACed message changes the MAC', () => {
  const message = Buffer.from('4012345678909D987 and a little more')
  const macs = new Set<string>()
  for (let bit = -1; bit < message.length * 8; bit += 1) {
    const altered = message.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
    macs.add(hexOf(macAlgorithm3(retailKeysOf(imk), altered, 2)))
  }
  assert.equal(macs.size, message.length * 8 + 1)
})

test('CVV: stripe, card and chip have three values', () => {
  const facts = { pan: '4123456789012345', expiry: '8701', serviceCode: '101' }
  assert.equal(cvv(imk, facts), '561')
  assert.equal(cvv(imk, { pan: '4111111111111111', expiry: '2512', serviceCode: '201' }), '139')
  const codes = ['101', '000', '999'].map((serviceCode) => cvv(imk, { ...facts, serviceCode }))
  assert.equal(new Set(codes).size, 3)
})

test('CVV: other shapes are refused', () => {
  const facts = { pan: '4123456789012345', expiry: '8701', serviceCode: '101' }
  assert.throws(() => cvv(imk.subarray(8), facts), { code: 'bad_key_length' })
  assert.throws(() => cvv(imk, { ...facts, pan: '41234567890' }), { code: 'bad_pan' })
  assert.throws(() => cvv(imk, { ...facts, expiry: '870' }), { code: 'bad_expiry' })
  assert.throws(() => cvv(imk, { ...facts, serviceCode: '1O1' }), { code: 'bad_service_code' })
})

test('EMV Book 2 A1.4: master keys of a chip by options A and B', () => {
  const long = { pan: '99012345678901234', psn: '45' }
  const key = deriveIccMasterKey(imk, long, 'A')
  assert.equal(hexOf(key), '67F8292358083E5EA7AB7FDA58D53B6B')
  assert.notDeepEqual(deriveIccMasterKey(imk, long, 'B'), key)
  const short = { pan: '1234567890123456', psn: '00' }
  assert.deepEqual(deriveIccMasterKey(imk, short, 'B'), deriveIccMasterKey(imk, short, 'A'))
})

test('trap 9: derived keys have odd parity, and a source without it means the same key', () => {
  const key = deriveIccMasterKey(imk, { pan: '4111111111111111', psn: '00' }, 'A')
  assert.equal(hexOf(key), '31089464674C73EC851A6E0737029D19')
  assert.deepEqual(withOddParity(hex('30089565674D73ED841A6F0637029C18')), key)
})

test('EMV Book 2 A1.3.1: common session key', () => {
  const r = sessionInput(0x001c)
  assert.equal(hexOf(r), '001C000000000000')
  assert.equal(hexOf(deriveSessionKey(imk, r)), 'E9FB384AF807B940FEDCEA613461B0C4')
})

test('a cryptogram of profile 18, and its answers by both methods', () => {
  const chip = { pan: '1234567890123456', psn: '00' }
  const key = deriveSessionKey(deriveIccMasterKey(imk, chip, 'A'), sessionInput(0x001c))
  const data = hex(
    '0000000040000000000000000124800004800001241911050152BF45851800001C06011203A0B800',
  )
  const arqc = applicationCryptogram(key, data, 2)
  assert.equal(hexOf(arqc), '7A788EA6B8A3E733')
  const status = { csu: new Uint8Array(4), proprietary: new Uint8Array(0) }
  assert.equal(hexOf(arpcMethod2(key, arqc, status)), '9AF514C1')
  const first = hex('29CCA15AE665FA2E')
  const master = deriveIccMasterKey(imk, chip, 'A')
  assert.equal(hexOf(arpcMethod1(master, first, hex('3030'))), '28993816AFAE4AEB')
  for (let bit = 0; bit < data.length * 8; bit += 1) {
    const altered = data.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
    assert.notDeepEqual(applicationCryptogram(key, altered, 2), arqc)
  }
})

test('keys, card numbers and inputs of other lengths are refused', () => {
  const chip = { pan: '1234567890123456', psn: '00' }
  const short = imk.subarray(8)
  assert.throws(() => deriveIccMasterKey(short, chip, 'A'), { code: 'bad_key_length' })
  assert.throws(() => deriveIccMasterKey(imk, { ...chip, pan: '1' }, 'A'), { code: 'bad_pan' })
  assert.throws(() => deriveIccMasterKey(imk, { ...chip, psn: '1' }, 'A'), {
    code: 'bad_sequence_number',
  })
  assert.throws(() => deriveSessionKey(imk, short.subarray(1)), { code: 'bad_length' })
  assert.throws(() => applicationCryptogram(short, imk, 2), { code: 'bad_key_length' })
  assert.throws(() => arpcMethod1(imk, short, imk), { code: 'bad_length' })
  const status = { csu: new Uint8Array(4), proprietary: new Uint8Array(9) }
  assert.throws(() => arpcMethod2(imk, short, status), { code: 'bad_length' })
  assert.throws(() => retailKeysOf(short), RangeError)
  assert.throws(() => macAlgorithm3({ key1: short, key2: imk }, imk, 2), RangeError)
})
