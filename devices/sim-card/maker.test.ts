// Goal: only the maker fills the card and switches its information on and off, nobody reads or
// changes what goes through his channel, and the SIM proves that it is this SIM.
// Method: transcripts through an SCP03 channel, the host's side of it our own (crypto/scp03.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommand } from '@warifu/crypto/apdu'
import { putKeyCommand } from '@warifu/crypto/put-key'
import { Scp03Error, wrap } from '@warifu/crypto/scp03'
import { simCryptogram } from '@warifu/crypto/sim-cryptogram'
import {
  ask,
  authenticationKey,
  filledCard,
  hex,
  hexOf,
  like,
  maker,
  newCard,
  openMaker,
  play,
  say,
  selectApplication,
  verify,
  visa,
} from './rehearsal.ts'
import { reset } from './state.ts'
import { simCard } from './uicc.ts'

const digest = 'ab'.repeat(32)
const switched = (start = filledCard(), command = '0004000000') => {
  const talk = say(openMaker(start), '00a4000c026f01', '9000|6283')
  return reset(say(talk, command, '9000').card)
}

test('a new card is filled by its maker alone, without reading, until it is put in use', () => {
  const fresh = newCard()
  play(
    fresh,
    `
  > ${selectApplication}   < 9000
  > 00a40004026f1200       < 62…8a0103…9000
  > ${verify}              < 9000
  > 00b2010400             < 6985
  > 00dc010409${hexOf(visa)}  < 6985
  > 0044000000             < 6982
`,
  )
  let talk = say(openMaker(fresh), '00a4000c026f12', '9000')
  talk = say(talk, `00dc010409${hexOf(visa)}`, '9000')
  talk = say(talk, '00b2010400', '6982')
  talk = say(talk, '0004000000', '6985')
  talk = say(talk, '0044000000', '9000')
  say(talk, `00dc010409${hexOf(visa)}`, '6982')
  const used = reset(talk.card)
  play(used, `> ${selectApplication} < 9000\n> ${verify} < 9000\n> 00b2011c00 < ${hexOf(visa)}9000`)
})

test('the maker’s pen needs the user’s PIN once the card is in use', () => {
  const verified = play(filledCard(), `> ${verify} < 9000`)
  const talk = say(openMaker(verified), '00a4000c026f13', '9000')
  const { card } = say(talk, '00dc0104023405', '9000')
  play(card, `> 00b2012402 < 3405 9000`)
})

test('switched off, nothing is read, written or proved; switched on, all is as before', () => {
  const off = switched()
  play(
    off,
    `
  > ${selectApplication}       < 9000
  > 00a4000c026f12             < 6283
  > 00a40004026f1200           < 62…8a0104…6283
  > 00a40004026f12             < 61…
  > 00c0000000                 < 62…8a0104…6283
  > ${verify}                  < 9000
  > 00b2010400                 < 6984
  > 00b0810000                 < 6984
  > 00dc012402 3405            < 6984
  > 0088008120${digest}00      < 6984
  > 0044000000                 < 6982
`,
  )
  const on = switched(off, '0044000000')
  play(on, `> ${selectApplication} < 9000\n> ${verify} < 9000\n> 00b2011c00 < ${hexOf(visa)}9000`)
})

test('who has not the maker’s keys gets no channel', () => {
  const card = filledCard()
  assert.throws(
    () => openMaker(card, { ...maker, mac: maker.enc }),
    (error) => error instanceof Scp03Error && error.code === 'card_cryptogram',
  )
  play(
    card,
    `
  > 8050300008 0102030405060708 00   < 6985
  > ${selectApplication}             < 9000
  > 8050310008 0102030405060708 00   < 6a88
  > 8050300108 0102030405060708 00   < 6a86
  > 8050300004 01020304 00           < 6700
  > 8482330010 ${'00'.repeat(16)}    < 6985
  > 8050300008 0102030405060708 00   < 98280121436587092 1f8 300370 …9000
  > 8482330010 ${'00'.repeat(16)}    < 6300
  > 8482330010 ${'00'.repeat(16)}    < 6985
  > 8050000008 0102030405060708 00   < …9000
  > 8482010010 ${'00'.repeat(16)}    < 6a86
  > 8050000008 0102030405060708 00   < …9000
  > 8482330008 ${'00'.repeat(8)}     < 6700
  > 8050000008 0102030405060708      < 6120
  > 00c0000000                       < …9000
  > 80f2000c                         < 9000
  > 8482330010 ${'00'.repeat(16)}    < 6985
`,
  )
})

test('a command beside the channel ends it; so do one twice and one that was changed', () => {
  const { card, host } = openMaker(filledCard())
  const statusCommand = { cla: 0x80, ins: 0xf2, p1: 0, p2: 0, data: hex(''), le: 256 }
  const status = wrap(host, statusCommand)
  const after = wrap(status.channel, statusCommand)
  const sent = hexOf(status.apdu)
  play(card, `> ${sent} < …9000\n> ${sent} < 6982\n> ${hexOf(after.apdu)} < 6882`)
  play(card, `> 80f2000c < 9000\n> ${sent} < 6882`)
  play(card, `> ${sent.replace('f20000', 'f20001')} < 6982\n> ${sent} < 6882`)
  play(reset(card), `> ${selectApplication} < 9000\n> ${sent} < 6882`)
})

test('each channel is another one: its sequence goes on, and old commands are noise', () => {
  const first = openMaker(filledCard())
  const sent = wrap(first.host, { cla: 0, ins: 4, p1: 0, p2: 0, data: hex('6f01'), le: 256 })
  const again = openMaker(reset(first.card))
  assert.equal(again.card.memory.sequence, first.card.memory.sequence + 1)
  assert.equal(ask(again.card, hexOf(sent.apdu)), '6982')
})

test('what a short answer cannot hold with its MAC is asked for in parts', () => {
  const layout = [{ description: 1, length: 100, count: 4, isMandatory: true }]
  const started = openMaker(newCard({ layout }))
  const used = reset(say(say(started, '00a4000c026f01', '9000'), '0044000000', '9000').card)
  const verified = play(used, `> ${verify} < 9000`)
  const selected = say(openMaker(verified), '00a4000c026f01', '9000')
  const whole = say(selected, '00b0000000', '6700')
  say(whole, '00b0015000', `${'ff'.repeat(94)}9000`)
})

test('what goes over the wire shows no card number', () => {
  const { host } = openMaker(newCard())
  const { apdu } = wrap(host, {
    ...(readCommand(hex(`00dc010409${hexOf(visa)}`)) ?? assert.fail()),
    le: 256,
  })
  assert.equal(hexOf(apdu).includes(hexOf(visa.subarray(0, 4))), false)
})

test('ISO/IEC 7816-4 §11.5.2: the SIM proves itself over a digest, never twice alike', () => {
  const open = play(filledCard(), `> ${selectApplication} < 9000\n> ${verify} < 9000`)
  const expected = (count: number) => hexOf(simCryptogram(authenticationKey, count, hex(digest)))
  play(
    open,
    `
  > 0088008120${digest}00    < ${expected(1)} 9000
  > 0088008120${digest}      < 6114
  > 00c0000014               < ${expected(2)} 9000
  > 0088018120${digest}00    < 6a86
`,
  )
  assert.notEqual(expected(1), expected(2))
})

test('PUT KEY: through the channel only, and only over the version that is there', () => {
  const command = (change: object) =>
    putKeyCommand({
      dek: maker.dek,
      key: hex('11'.repeat(16)),
      version: 2,
      oldVersion: 1,
      keyId: 1,
      ...change,
    })
  let talk = openMaker(filledCard())
  talk = say(talk, command({ oldVersion: 0 }), '6a88')
  talk = say(talk, command({ keyId: 2 }), '6a88')
  talk = say(talk, command({ dek: maker.enc }), '6a80')
  const cut = command({})
  talk = say(talk, { ...cut, data: cut.data.subarray(1) }, '6a80')
  talk = say(talk, cut, '02…9000')
  const { key, version } = talk.card.memory.authentication ?? assert.fail()
  assert.deepEqual([hexOf(key), version], ['11'.repeat(16), 2])
  like(ask(talk.card, '80d8020100'), '6982')
})

test('a record that was copied into another SIM proves nothing', () => {
  const mine = play(filledCard(), `> ${selectApplication} < 9000\n> ${verify} < 9000`)
  const { memory } = filledCard()
  const key = hex('99'.repeat(16))
  const copied = { ...mine, memory: { ...memory, authentication: { key, version: 1 } } }
  const record = '00b2011c00'
  assert.equal(ask(copied, record), ask(mine, record))
  const prove = `0088008120${digest}00`
  assert.notEqual(ask(copied, prove), ask(mine, prove))
  assert.equal(hexOf(simCard(mine, hex(prove)).state.memory.area), hexOf(memory.area))
})
