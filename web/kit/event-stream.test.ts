/**
 * Goal: messages are read whole wherever the network cuts the bytes; comments are not messages.
 * Method: one stream of messages, cut at every byte, in several languages of line ends.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EventStreamMessage, readEventStream } from './event-stream.ts'

const sent =
  ': open\n\nid: 7\nevent: payment.captured\ndata: {"name":"喫茶"}\n\ndata: a\ndata:b\n\n'
const wanted: EventStreamMessage[] = [
  { id: '7', event: 'payment.captured', data: '{"name":"喫茶"}' },
  { id: null, event: 'message', data: 'a\nb' },
]

async function readAll(parts: readonly Uint8Array[]): Promise<EventStreamMessage[]> {
  const found: EventStreamMessage[] = []
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
  for await (const message of readEventStream(body)) found.push(message)
  return found
}

test('a stream cut at any byte reads the same', async () => {
  const bytes = new TextEncoder().encode(sent)
  for (let at = 0; at <= bytes.length; at += 1)
    assert.deepEqual(await readAll([bytes.subarray(0, at), bytes.subarray(at)]), wanted)
})

test('carriage returns end lines too', async () => {
  assert.deepEqual(await readAll([new TextEncoder().encode(sent.replaceAll('\n', '\r\n'))]), wanted)
})

test('a message that never ended is not told', async () => {
  assert.deepEqual(await readAll([new TextEncoder().encode('data: half')]), [])
})
