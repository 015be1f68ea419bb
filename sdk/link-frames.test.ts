// Goal: frames come out as they went in, however the line cuts them; what is no frame is told and
//   does not stop what follows it, nor fill memory.
// Method: properties over objects and cuts; lengths and bodies that no device sends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createFrameReader, frameOf } from './link-frames.ts'

const objects = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string())), {
  maxLength: 5,
})

test('any objects, cut anywhere', () => {
  fc.assert(
    fc.property(
      objects,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (all, cuts) => {
        const bytes = Buffer.concat(all.map((one) => frameOf(one)))
        const reader = createFrameReader()
        const found: unknown[] = []
        for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
          const size = cuts[nth % cuts.length] ?? 1
          found.push(...reader.feed(bytes.subarray(at, at + size)))
          at += size
        }
        assert.deepEqual(found, JSON.parse(JSON.stringify(all)))
        assert(!reader.isPartial())
      },
    ),
  )
})

test('a length beyond the limit is garbage, and forgotten', () => {
  const reader = createFrameReader()
  assert.deepEqual(reader.feed(Buffer.from('ffffffff00', 'hex')), ['garbage'])
  assert.deepEqual(reader.feed(frameOf({ id: 1 })), [{ id: 1 }])
})

test('a body that is no object is garbage; the next frame is read', () => {
  for (const body of ['{', '7', 'null', '\xff\xfe']) {
    const text = Buffer.from(body, 'latin1')
    const head = Buffer.alloc(4)
    head.writeUInt32BE(text.length)
    const found = createFrameReader().feed(Buffer.concat([head, text, frameOf({ id: 2 })]))
    assert.deepEqual(found, ['garbage', { id: 2 }], body)
  }
})

test('half a frame can be forgotten', () => {
  const reader = createFrameReader()
  reader.feed(frameOf({ id: 1 }).subarray(0, 7))
  assert(reader.isPartial())
  reader.reset()
  assert.deepEqual(reader.feed(frameOf({ id: 2 })), [{ id: 2 }])
})

test('what is too long is not sent', () => {
  assert.throws(() => frameOf({ text: 'x'.repeat(20_000) }), RangeError)
})
