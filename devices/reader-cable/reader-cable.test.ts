// Goal: a serial line carries what the WebSocket carries: one text per line, however it is cut.
// Method: a line of streams; texts cut in pieces, garbage, a line without end, a pulled cable.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CableEvent } from '@warifu/protocol/reader'
import { plugInSerial, type SerialLine } from './reader-cable.ts'

const utf8 = new TextEncoder()

async function bench() {
  const toPage = new TransformStream<Uint8Array, Uint8Array>()
  const toReader = new TransformStream<Uint8Array, Uint8Array>()
  const written = toPage.writable.getWriter()
  const opened: number[] = []
  const line: SerialLine = {
    open: async ({ baudRate }) => void opened.push(baudRate),
    readable: toPage.readable,
    writable: toReader.writable,
    close: async () => {},
  }
  const heard: CableEvent[] = []
  const unplugged = Promise.withResolvers<void>()
  const cable = await plugInSerial(line, {
    onEvent: (event) => heard.push(event),
    onUnplugged: () => unplugged.resolve(),
  })
  const say = (text: string) => written.write(utf8.encode(text))
  return { cable, heard, say, written, opened, unplugged, sent: toReader.readable.getReader() }
}

test('texts in pieces, with garbage between them', async () => {
  const { heard, say, written, opened, unplugged } = await bench()
  assert.deepEqual(opened, [115_200])
  await say('{"tell":"pair_sh')
  await say('own"}\nnot json\n{"tell":"unknown"}\n{"tell":"state",')
  await say('"state":"ready"}\n')
  await say('x'.repeat(20_000))
  await say('\n{"tell":"pair_shown"}\n')
  await written.close()
  await unplugged.promise
  assert.deepEqual(heard, [
    { tell: 'pair_shown' },
    { tell: 'state', state: 'ready' },
    { tell: 'pair_shown' },
  ])
})

test('what the wallet says is one line', async () => {
  const { cable, sent } = await bench()
  cable.send({ say: 'pair' })
  const { value } = await sent.read()
  assert.equal(new TextDecoder().decode(value), '{"say":"pair"}\n')
})
