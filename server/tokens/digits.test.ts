// Goal: a token is sixteen digits that nobody takes for a card, drawn without a favourite, and its
// lane is in it. Method: many draws from real chance; the last digit's distribution; broken chance.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { isLuhnValid } from '@warifu/crypto/luhn'
import { LANES } from '@warifu/protocol/ids'
import { drawToken, laneOfToken } from './digits.ts'

const random = (size: number) => new Uint8Array(randomBytes(size))
const DRAWS = 20_000
const drawn = Array.from({ length: DRAWS }, () => drawToken(random))

test('98 and fourteen digits, never a valid card number, never twice', () => {
  for (const token of drawn) {
    assert.match(token, /^98[0-9]{14}$/)
    assert(!isLuhnValid(token), token)
  }
  assert.equal(new Set(drawn).size, DRAWS)
})

test('every digit of every place is as likely as any other', () => {
  for (let place = 2; place < 16; place += 1) {
    const counts = new Array<number>(10).fill(0)
    for (const token of drawn) {
      const digit = Number(token[place])
      counts[digit] = (counts[digit] ?? 0) + 1
    }
    // χ² with 9 degrees of freedom: above 50 is one chance in 10⁷.
    const expected = DRAWS / 10
    const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    assert(chi < 50, `place ${place}: ${counts}`)
  }
})

test('bytes that would favour a digit are drawn again', () => {
  let turn = 0
  const skewed = (size: number) => new Uint8Array(size).fill(turn++ === 0 ? 255 : 7)
  assert.equal(drawToken(skewed).slice(0, 15), '987777777777777')
})

test('lanes are all used, and told by the digits alone', () => {
  const lanes = new Set(drawn.map(laneOfToken))
  assert.equal(lanes.size, LANES)
  const [token = ''] = drawn
  assert.equal(laneOfToken(token), laneOfToken(`${token.slice(0, 15)}0`))
})
