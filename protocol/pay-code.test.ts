// Goal: a pay code carries its 16 bytes and nothing else; a slip in reading or typing is seen.
// Method: properties over random bytes; every single slip and every swap of neighbours of one code.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { bytesOfPayCode, payCodeOf, payCodeText, readPayCode, spacedPayCode } from './pay-code.ts'

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('a pay code', () => {
  test('gives back its bytes, however it was written', () => {
    fc.assert(
      fc.property(sixteen, (bytes) => {
        const code = payCodeOf(bytes)
        const written = [code, payCodeText(code), spacedPayCode(code).toLowerCase(), ` ${code}\n`]
        for (const text of written) {
          const read = readPayCode(text)
          assert.deepEqual(read === undefined ? undefined : bytesOfPayCode(read), bytes, text)
        }
      }),
    )
  })

  test('with another letter, or two swapped, is none', () => {
    const code = payCodeOf(Uint8Array.from({ length: 16 }, (_, i) => (i * 37 + 11) % 256))
    for (let at = 0; at < code.length; at += 1) {
      for (const letter of '0123456789ABCDEFGHJKMNPQRSTVWXYZ')
        if (letter !== code.charAt(at))
          assert.equal(readPayCode(code.slice(0, at) + letter + code.slice(at + 1)), undefined)
      const [one, two] = [code.charAt(at), code.charAt(at + 1)]
      const swapped = code.slice(0, at) + two + one + code.slice(at + 2)
      if (swapped !== code && at + 1 < code.length) assert.equal(readPayCode(swapped), undefined)
    }
  })

  test('that is a link, or too short, is none', () => {
    for (const text of ['', 'WARIFU:', 'http://wallet.localhost/pay#AAAA', '0'.repeat(27)])
      assert.equal(readPayCode(text), undefined)
    assert.throws(() => payCodeOf(new Uint8Array(15)), RangeError)
  })
})
