// Goal: exactly one last digit is right, and every single slip is found.
// Method: published test numbers of the card schemes, and properties over random digits.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isLuhnValid, luhnDigit } from './luhn.ts'

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 18 })

test('the example of ISO/IEC 7812-1 and test numbers in common use', () => {
  assert.equal(luhnDigit('7992739871'), 3)
  for (const number of ['79927398713', '4111111111111111', '378282246310005', '5555555555554444'])
    assert.ok(isLuhnValid(number))
})

test('exactly one last digit is valid', () => {
  fc.assert(
    fc.property(digits, (body) => {
      const valid = [...'0123456789'].filter((last) => isLuhnValid(body + last))
      assert.deepEqual(valid, [String(luhnDigit(body))])
    }),
  )
})

test('every single wrong digit is found', () => {
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (body, place, slip) => {
      const number = `${body}${luhnDigit(body)}`
      const at = place % number.length
      const wrong = (Number(number[at]) + slip) % 10
      assert.ok(!isLuhnValid(number.slice(0, at) + wrong + number.slice(at + 1)))
    }),
  )
})

test('what is not a row of digits is not valid', () => {
  for (const text of ['', '0', '4111 1111 1111 1111', '４１', '-18', '1e1'])
    assert.equal(isLuhnValid(text), false)
  for (const text of ['', '41x', ' 1']) assert.throws(() => luhnDigit(text), RangeError)
})
