// Goal: bytes become calls or an end of the connection, however they are cut, and nothing between.
// Method: frames cut at every place (fast-check); frames too long, of other shapes and no JSON.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_FRAME_BYTES } from '@warifu/protocol/vault'
import fc from 'fast-check'
import { createFrameReader, encodeFrame, MAX_CALLS, readCalls } from './framing.ts'

const call = { id: 1, operation: 'audit_head', input: {} }

test('frames arrive whole and in order, wherever the stream is cut', () => {
  const call = fc.record({ id: fc.nat(), text: fc.string() }, { noNullPrototype: true })
  const frames = fc.array(fc.array(call), { maxLength: 6 })
  const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 40 })
  fc.assert(
    fc.property(frames, cuts, (contents, lengths) => {
      const stream = Buffer.concat(contents.map(encodeFrame))
      const take = createFrameReader()
      const bodies: unknown[] = []
      let at = 0
      for (const length of [...lengths, stream.length]) {
        for (const body of take(stream.subarray(at, at + length)))
          bodies.push(JSON.parse(Buffer.from(body).toString('utf8')))
        at = Math.min(at + length, stream.length)
      }
      assert.deepEqual(bodies, contents)
    }),
  )
})

test('a frame that is too long is refused by its length alone', () => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(MAX_FRAME_BYTES + 1)
  assert.throws(() => createFrameReader()(head), { code: 'frame_too_long' })
  head.writeUInt32BE(MAX_FRAME_BYTES)
  assert.deepEqual(createFrameReader()(head), [])
  assert.throws(() => encodeFrame('x'.repeat(MAX_FRAME_BYTES)), { code: 'frame_too_long' })
})

test('calls are an array of id, operation and input, and of nothing else', () => {
  assert.deepEqual(readCalls(Buffer.from(JSON.stringify([call]))), [call])
  const many = Array.from({ length: MAX_CALLS + 1 }, () => call)
  for (const wrong of [
    {},
    [],
    null,
    [1],
    [{ ...call, id: -1 }],
    [{ ...call, id: '1' }],
    [{ ...call, operation: 1 }],
    [{ id: 1, operation: 'audit_head' }],
    [{ ...call, to: 'me' }],
    many,
  ])
    assert.throws(() => readCalls(Buffer.from(JSON.stringify(wrong))), { code: 'frame_malformed' })
  for (const wrong of ['', '[', 'é'])
    assert.throws(() => readCalls(Buffer.from(wrong, 'latin1')), { code: 'frame_malformed' })
})
