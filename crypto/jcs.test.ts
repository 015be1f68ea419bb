// Goal: the canonical form of RFC 8785, and a refusal where there is none.
// Method: the examples printed in the RFC, and agreement with JSON.parse and JSON.stringify.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jcs, jcsBytes } from './jcs.ts'

test('RFC 8785 §3.2.2: literals, strings and numbers', () => {
  const sample = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",' +
      '"literals":[null,true,false]}',
  )
  assert.equal(
    jcs(sample),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('RFC 8785 §3.2.3: members in the order of UTF-16 code units', () => {
  const members = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  }
  const order = [...jcs(members).matchAll(/:"([^"]+)"/g)].map((match) => match[1])
  assert.deepEqual(order, [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

test('RFC 8785 Appendix B: numbers by their IEEE 754 bits', () => {
  const numbers = {
    '0000000000000000': '0',
    '8000000000000000': '0',
    '0000000000000001': '5e-324',
    '7fefffffffffffff': '1.7976931348623157e+308',
    c340000000000000: '-9007199254740992',
    '44b52d02c7e14af6': '1e+23',
    '444b1ae4d6e2ef4e': '999999999999999700000',
    '3eb0c6f7a0b5ed8c': '9.999999999999997e-7',
    '41b3de4355555554': '333333333.33333325',
    becbf647612f3696: '-0.0000033333333333333333',
  }
  for (const [bits, text] of Object.entries(numbers))
    assert.equal(jcs(Buffer.from(bits, 'hex').readDoubleBE()), text)
})

test('bytes are UTF-8', () => {
  assert.deepEqual(jcsBytes({ name: '割符' }), new TextEncoder().encode('{"name":"割符"}'))
})

test('order of writing does not matter, and what travels has the same form', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = jcs(value)
      assert.equal(jcs(Object.fromEntries(Object.entries(value).reverse())), text)
      assert.equal(jcs(JSON.parse(JSON.stringify(value))), text)
    }),
  )
  assert.equal(jcs({ b: undefined, a: 1 }), '{"a":1}')
})

test('values without an exact JSON form are refused', () => {
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  const refused = [
    undefined,
    () => 1,
    Number.NaN,
    { n: Number.POSITIVE_INFINITY },
    ['\ud800'],
    { n: 1n },
    cycle,
  ]
  for (const value of refused)
    assert.throws(() => jcs(value), { name: 'JcsError', code: 'not_json' })
})
