/**
 * Goal: whatever carries it, a till reads the same code; a bit that fell over on the way is seen
 *   where the carrier can see it, and never becomes another code.
 * Method: the bytes of the standards by hand for one code; then every single bit of each carrier's
 *   bytes flipped; other messages; properties over all codes.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { payCodeOf, payCodeText } from '@warifu/protocol/pay-code'
import fc from 'fast-check'
import { codeFrom, linkFromNfc, linkOverNfc, overMst, overNfc } from './carriers.ts'

const code = payCodeOf(Uint8Array.from({ length: 16 }, (_, at) => at * 17))
const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })

test('every carrier brings every code', () => {
  fc.assert(
    fc.property(sixteen, (bytes) => {
      const one = payCodeOf(bytes)
      assert.equal(codeFrom({ by: 'qr', text: payCodeText(one) }), one)
      assert.equal(codeFrom({ by: 'nfc', message: overNfc(one) }), one)
      assert.equal(codeFrom({ by: 'mst', bits: overMst(one) }), one)
    }),
  )
})

describe('NFC', () => {
  test('is one short URI record, byte by byte', () => {
    const text = Buffer.from(payCodeText(code))
    assert.equal(
      Buffer.from(overNfc(code)).toString('hex'),
      `d101${(text.length + 1).toString(16).padStart(2, '0')}5500${text.toString('hex')}`,
    )
    const link = 'https://wallet.example/pay#AAAA'
    assert.equal(
      Buffer.from(linkOverNfc(link)).toString('hex'),
      `d101185504${Buffer.from('wallet.example/pay#AAAA').toString('hex')}`,
    )
    assert.equal(linkFromNfc(linkOverNfc(link)), link)
  })

  test('a cut, a longer or another message brings nothing', () => {
    const message = overNfc(code)
    for (let length = 0; length < message.length; length += 1)
      assert.equal(codeFrom({ by: 'nfc', message: message.subarray(0, length) }), undefined)
    assert.equal(codeFrom({ by: 'nfc', message: Uint8Array.of(...message, 0) }), undefined)
    assert.equal(codeFrom({ by: 'nfc', message: linkOverNfc('https://a.example/') }), undefined)
    assert.throws(() => linkOverNfc(`https://${'a'.repeat(300)}`), RangeError)
  })
})

/** Every single bit flipped: never another code. */
function flipped(bytes: Uint8Array, read: (bytes: Uint8Array) => string | undefined): number {
  let seen = 0
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const other = Uint8Array.from(bytes)
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7))
    const found = read(other)
    assert(found === undefined || found === code, `bit ${bit}: ${found}`)
    if (found === undefined) seen += 1
  }
  return seen
}

test('a bit that falls over on the way never makes another code', () => {
  // Small letters are read as the same code: there, one bit of a letter changes nothing.
  assert(flipped(overNfc(code), (message) => codeFrom({ by: 'nfc', message })) > 200)
  const seen = flipped(overMst(code), (bits) => codeFrom({ by: 'mst', bits }))
  // All but the clocking zeros at the end, which nobody reads.
  assert(seen >= (1 + 1 + payCodeText(code).length + 2) * 7 + 20, `${seen}`)
})

describe('a magnetic head', () => {
  test('hears odd parity and an LRC that is zero over all of it', () => {
    const bits = [...overMst(code)].flatMap((byte) =>
      Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1),
    )
    const from = bits.indexOf(1)
    let lrc = 0
    const letters = 1 + 1 + payCodeText(code).length + 2
    for (let at = 0; at < letters; at += 1) {
      const seven = bits.slice(from + at * 7, from + at * 7 + 7)
      assert.equal(seven.reduce((sum, bit) => sum + bit, 0) % 2, 1)
      lrc ^= seven.slice(0, 6).reduce((sum, bit, place) => sum | (bit << place), 0)
    }
    assert.equal(lrc, 0)
  })

  test('a bank’s card is no code', () => {
    assert.equal(codeFrom({ by: 'mst', bits: new Uint8Array(40) }), undefined)
    assert.equal(codeFrom({ by: 'mst', bits: new Uint8Array(0) }), undefined)
  })
})
