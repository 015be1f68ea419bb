// Goal: bytes and text correspond one to one; every other text is refused.
// Method: the examples of RFC 4648 §10, Node's own codec as an oracle, and random text; all of it
//   with Node's codec inside and, as in a browser, without.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as here from './base64url.ts'

type Codec = typeof here
/** The same module where there is no Buffer. */
async function inBrowser(): Promise<Codec> {
  const { Buffer: kept } = globalThis
  Reflect.deleteProperty(globalThis, 'Buffer')
  const again = './base64url.ts?browser'
  return import(again).finally(() => Object.assign(globalThis, { Buffer: kept }))
}
const codecs = { 'in Node': here, 'in a browser': await inBrowser() }

const bytesOf = (text: string) => new TextEncoder().encode(text)

for (const [where, { Base64urlError, fromBase64url, readBase64url, toBase64url }] of Object.entries(
  codecs,
)) {
  test(`${where}: RFC 4648 §10, without padding`, () => {
    const examples = { '': '', f: 'Zg', fo: 'Zm8', foo: 'Zm9v', foob: 'Zm9vYg', fooba: 'Zm9vYmE' }
    for (const [plain, text] of Object.entries(examples)) {
      assert.equal(toBase64url(bytesOf(plain)), text)
      assert.deepEqual(fromBase64url(text), bytesOf(plain))
    }
  })

  test(`${where}: the two letters of the URL alphabet (RFC 4648 §5)`, () => {
    assert.equal(toBase64url(Uint8Array.of(0xfb, 0xff, 0xbf)), '-_-_')
    assert.deepEqual(fromBase64url('-_-_'), Uint8Array.of(0xfb, 0xff, 0xbf))
  })

  test(`${where}: round trip, and the same text as Node`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64url(bytes)
        assert.equal(text, Buffer.from(bytes).toString('base64url'))
        assert.deepEqual(fromBase64url(text), Uint8Array.from(bytes))
      }),
    )
  })

  test(`${where}: padding, other letters, impossible lengths, stray bits are refused`, () => {
    for (const text of [
      'Zg==',
      'Zm8=',
      '+/+/',
      'Zm 9',
      'Zm9v\n',
      'Z',
      'Zm9vY',
      'Zh',
      'Zm9',
      'Zé',
      '\u2028A',
    ]) {
      const refusal = { name: 'Base64urlError', code: 'invalid_base64url' }
      assert.throws(() => fromBase64url(text), refusal)
      assert.equal(readBase64url(text), undefined)
    }
  })

  test(`${where}: whatever text is accepted is the only text of its bytes`, () => {
    const characters = fc.constantFrom(...'ABab09-_+/= ')
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 9 }), (text) => {
        try {
          assert.equal(toBase64url(fromBase64url(text)), text)
        } catch (error) {
          assert.ok(error instanceof Base64urlError)
        }
      }),
    )
  })
}
