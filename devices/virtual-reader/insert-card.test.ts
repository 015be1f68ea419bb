// Goal: a card's contacts in vsmartcard's reader: each message whole however the stream was cut,
// control answered as the protocol says, and power that goes takes the session with it.
// Method: pure functions; streams cut at every place.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerMessage, createSplitter, framed } from './insert-card.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array | undefined) => some && Buffer.from(some).toString('hex')

test('messages come out whole, wherever the stream was cut', () => {
  const stream = Buffer.concat(['04', '00b0000000', '01'].map((one) => framed(hex(one))))
  assert.equal(stream.toString('hex'), '000104' + '000500b0000000' + '000101')
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const split = createSplitter()
    const messages = [...split(stream.subarray(0, cut)), ...split(stream.subarray(cut))]
    assert.deepEqual(messages.map(hexOf), ['04', '00b0000000', '01'])
  }
})

test('control is one byte; power and reset get no answer and forget the session', () => {
  let resets = 0
  const card = {
    atr: hex('3b00'),
    transmit: (apdu: Uint8Array) => Uint8Array.of(...apdu.subarray(0, 1), 0x90, 0x00),
    reset: () => {
      resets += 1
    },
  }
  const answers = ['00', '01', '02', '04', '03', 'ff', '00b0000000'].map((message) =>
    hexOf(answerMessage(hex(message), card)),
  )
  assert.deepEqual(answers, [
    undefined,
    undefined,
    undefined,
    '3b00',
    undefined,
    undefined,
    '009000',
  ])
  assert.equal(resets, 3)
})
