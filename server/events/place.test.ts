// Goal: a place is read back as it was written, and nothing else is a place.
// Method: properties, and near misses one by one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintId } from '@warifu/protocol/ids'
import fc from 'fast-check'
import { isAfter, type Place, placeText, readPlace } from './place.ts'

const xid = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const event = fc
  .record({ nowMs: fc.nat(), chance: fc.uint8Array({ minLength: 14, maxLength: 14 }) })
  .map((parts) => mintId({ prefix: 'evt', lane: 3, ...parts }))
const id = fc.oneof(event, fc.constant(''))
const place: fc.Arbitrary<Place> = fc.tuple(xid, id).map(([xid, id]) => ({ xid, id }))

test('a place is read back as it was written', () => {
  fc.assert(fc.property(place, (one) => assert.deepEqual(readPlace(placeText(one)), one)))
})

test('places have one order', () => {
  fc.assert(
    fc.property(place, place, (one, other) => {
      const same = placeText(one) === placeText(other)
      assert.equal(Number(isAfter(one, other)) + Number(isAfter(other, one)), same ? 0 : 1)
    }),
  )
  assert(isAfter({ xid: 10n, id: '' }, { xid: 9n, id: 'evt_Z' }))
})

test('anything else is no place', () => {
  const id = mintId({ prefix: 'evt', lane: 0, nowMs: 1, chance: new Uint8Array(14) })
  const others = ['', '1', '.', `.${id}`, `01.${id}`, `-1.${id}`, `1.${id} `, `1.${id}\n`, '1. ']
  const strange = [`1.${id.replace('evt', 'pay')}`, `${2n ** 64n}.`, `1e3.${id}`, `1,${id}`]
  for (const text of [...others, ...strange]) assert.equal(readPlace(text), undefined, text)
})
