// Goal: DES and TDEA by the length of the key, AES block by block, parity as the standard has it.
// Method: the examples of SP 800-67 and FIPS 197; known parity; wrong lengths refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decryptBlocks, encryptBlocks } from './aes-ecb.ts'
import { tdeaDecrypt, tdeaDecryptCbc, tdeaEncrypt, tdeaEncryptCbc, withOddParity } from './tdea.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex').toUpperCase()

test('SP 800-67 appendix B.1: three keys', () => {
  const key = hex('0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123')
  const clear = Buffer.from('The qufck brown fox jump')
  const sent = tdeaEncrypt(key, clear)
  assert.equal(hexOf(sent), 'A826FD8CE53B855FCCE21C8112256FE668D5C05DD9B6B900')
  assert.equal(hexOf(tdeaDecrypt(key, sent)), hexOf(clear))
})

test('a key of 8 bytes is single DES, one of 16 has its first half again at the end', () => {
  // FIPS 46-3's well-known pair.
  const key = hex('133457799BBCDFF1')
  assert.equal(hexOf(tdeaEncrypt(key, hex('0123456789ABCDEF'))), '85E813540F0AB405')
  const two = hex('0123456789ABCDEFFEDCBA9876543210')
  const three = Uint8Array.of(...two, ...two.subarray(0, 8))
  assert.deepEqual(tdeaEncrypt(two, key), tdeaEncrypt(three, key))
})

test('CBC gives back what it took', () => {
  const key = hex('0123456789ABCDEFFEDCBA9876543210')
  const iv = hex('1122334455667788')
  const data = hex('00'.repeat(24))
  const sent = tdeaEncryptCbc({ key, iv, data })
  assert.notDeepEqual(sent.subarray(0, 8), sent.subarray(8, 16))
  assert.equal(hexOf(tdeaDecryptCbc({ key, iv, data: sent })), hexOf(data))
})

test('trap 9: parity is set to odd, and DES does not see it', () => {
  const key = hex('00FE01FF70')
  assert.equal(hexOf(withOddParity(key)), '01FE01FE70')
  const even = hex('0022446688AACCEE')
  assert.notDeepEqual(withOddParity(even), even)
  const block = hex('0123456789ABCDEF')
  assert.deepEqual(tdeaEncrypt(withOddParity(even), block), tdeaEncrypt(even, block))
})

test('FIPS 197 appendix C: AES block by block', () => {
  const clear = hex('00112233445566778899AABBCCDDEEFF')
  // biome-ignore format: a table
  const rows = [
    [16, '69C4E0D86A7B0430D8CDB78070B4C55A'],
    [24, 'DDA97CA4864CDFE06EAF70A0EC0D7191'],
    [32, '8EA2B7CA516745BFEAFC49904B496089'],
  ] as const
  for (const [length, block] of rows) {
    const key = Uint8Array.from({ length }, (_, i) => i)
    assert.equal(hexOf(encryptBlocks(key, clear)), block)
    const two = Uint8Array.of(...hex(block), ...hex(block))
    assert.equal(hexOf(decryptBlocks(key, two)), hexOf(clear).repeat(2))
  }
})

test('keys and data of other lengths are refused', () => {
  for (const length of [0, 7, 15, 17, 32])
    assert.throws(() => tdeaEncrypt(new Uint8Array(length), new Uint8Array(8)), RangeError)
  for (const length of [0, 8, 17, 33])
    assert.throws(() => encryptBlocks(new Uint8Array(length), new Uint8Array(16)), RangeError)
  assert.throws(() => tdeaEncrypt(new Uint8Array(8), new Uint8Array(7)), RangeError)
  assert.throws(() => encryptBlocks(new Uint8Array(16), new Uint8Array(17)), RangeError)
})
