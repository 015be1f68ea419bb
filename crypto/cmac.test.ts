// Goal: AES-CMAC as published, and check values that name keys.
// Method: RFC 4493 §4, SP 800-38B Appendix D for AES-192, AES-256, TDEA; every bit of a message.
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { checkValue, cmac, tdeaCmac } from './cmac.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')
const key128 = hex('2b7e151628aed2a6abf7158809cf4f3c')
const message = hex(
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
    '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
)

test('RFC 4493 §4: messages of 0, 16, 40 and 64 bytes', () => {
  const tags = {
    0: 'bb1d6929e95937287fa37d129b756746',
    16: '070a16b46b4d4144f79bdd9dd04a287c',
    40: 'dfa66747de9ae63030ca32611497c827',
    64: '51f0bebf7e3b9d92fc49741779363cfe',
  }
  for (const [length, tag] of Object.entries(tags))
    assert.equal(hexOf(cmac(key128, message.subarray(0, Number(length)))), tag)
})

test('SP 800-38B Appendix D: AES-192 and AES-256', () => {
  const key192 = hex('8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b')
  const key256 = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')
  assert.equal(hexOf(cmac(key192, message.subarray(0, 16))), '9e99a7bf31e710900662f65e617c5184')
  assert.equal(hexOf(cmac(key256, message.subarray(0, 16))), '28a7023f452e8f82bd4bf28d8c37c35c')
  assert.equal(hexOf(cmac(createSecretKey(key256), message)), 'e1992190549f6ed5696a2c056c315410')
})

test('SP 800-38B Appendix D: TDEA with three keys and with two', () => {
  const key = hex('8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5')
  const tags = [
    [0, 'b7a688e122ffaf95'],
    [8, '8e8f293136283797'],
    [20, '743ddbe0ce2dc2ed'],
    [32, '33e6b1092400eae5'],
  ] as const
  for (const [length, tag] of tags)
    assert.equal(hexOf(tdeaCmac(key, message.subarray(0, length))), tag)
  const two = hex('4cf15134a2850dd58a3d10ba80570d38')
  assert.equal(hexOf(tdeaCmac(two, message.subarray(0, 8))), '4ff2ab813c53ce83')
})

test('every bit of a message counts, and so does a trailing zero or padding byte', () => {
  for (const length of [15, 16, 17, 32]) {
    const some = message.subarray(0, length)
    const tags = new Set([hexOf(cmac(key128, some))])
    for (let bit = 0; bit < length * 8; bit += 1) {
      const altered = Uint8Array.from(some)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      tags.add(hexOf(cmac(key128, altered)))
    }
    tags.add(hexOf(cmac(key128, Uint8Array.of(...some, 0))))
    tags.add(hexOf(cmac(key128, Uint8Array.of(...some, 0x80))))
    assert.equal(tags.size, length * 8 + 3)
  }
})

test('a check value is three bytes of the CMAC of a zero block, in upper case', () => {
  assert.equal(
    checkValue(key128),
    hexOf(cmac(key128, new Uint8Array(16)))
      .slice(0, 6)
      .toUpperCase(),
  )
  assert.match(checkValue(key128), /^[0-9A-F]{6}$/)
  assert.notEqual(checkValue(key128), checkValue(hex('2b7e151628aed2a6abf7158809cf4f3d')))
})

test('keys of other lengths are refused', () => {
  for (const length of [0, 8, 15, 17, 33])
    assert.throws(() => cmac(new Uint8Array(length), message), RangeError)
  for (const length of [0, 8, 15, 32])
    assert.throws(() => tdeaCmac(new Uint8Array(length), message), RangeError)
})
