// Goal: the till's two digits are as likely as any others; three choices hold the right one once.
// Method: many draws from real chance (χ² over the hundred numbers); the places of the choices.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { newNumber, numberAskedFor } from './numbers.ts'

const chance = { random: (size: number) => new Uint8Array(randomBytes(size)) }
const DRAWS = 20_000

test('00 to 99, none favoured; none where the way has no number', () => {
  const counts = new Map<string, number>()
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const number = newNumber(chance, 'beacon') ?? ''
    assert.match(number, /^[0-9]{2}$/)
    counts.set(number, (counts.get(number) ?? 0) + 1)
  }
  const expected = DRAWS / 100
  const squares = Array.from({ length: 100 }, (_, at) => {
    const seen = counts.get(String(at).padStart(2, '0')) ?? 0
    return (seen - expected) ** 2 / expected
  })
  // 99 degrees of freedom: above 190 is one chance in 10⁷.
  assert(squares.reduce((sum, one) => sum + one, 0) < 190)
  for (const way of ['wallet', 'phone', 'token'] as const)
    assert.equal(newNumber(chance, way), null)
})

test('bytes that would favour a number are drawn again', () => {
  const bytes = [255, 200, 199]
  const random = () => Uint8Array.of(bytes.shift() ?? 0)
  assert.equal(newNumber({ random }, 'beacon'), '99')
})

test('the person is told how to answer, and not the number', () => {
  const heard = { presentment: 'beacon', match_number: '42' } as const
  assert.deepEqual(numberAskedFor({ ...chance, numberBy: null }, heard), { ask: 'enter' })
  const phone = { presentment: 'phone', match_number: null } as const
  assert.equal(numberAskedFor({ ...chance, numberBy: 'pick' }, phone), null)
})

test('a house may have it picked among three, in an order that says nothing', () => {
  const needs = { ...chance, numberBy: 'pick' } as const
  const places = [0, 0, 0]
  for (let draw = 0; draw < 3000; draw += 1) {
    const number = newNumber(chance, 'beacon') ?? ''
    const asked = numberAskedFor(needs, { presentment: 'beacon', match_number: number })
    assert(asked?.ask === 'pick')
    assert.equal(new Set(asked.choices).size, 3)
    const place = asked.choices.indexOf(number)
    places[place] = (places[place] ?? 0) + 1
  }
  for (const seen of places) assert(seen > 800 && seen < 1200, places.join())
})
