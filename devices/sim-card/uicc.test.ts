// Goal: the SIM answers as ISO/IEC 7816-4 and ETSI TS 102 221 say, holds credit information as the
// document has it, and refuses each misuse with its own status word.
// Method: transcripts of commands (>) and answers (<) in hex, as a reader's log shows them; "…" in
// an answer stands for any bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, find } from '@warifu/crypto/ber-tlv'
import { readDirectory, readEntry } from '@warifu/crypto/credit-file'
import {
  ask,
  filledCard,
  hex,
  hexOf,
  like,
  newCard,
  play,
  selectApplication,
  verify,
} from './rehearsal.ts'
import { reset, type SimCard } from './state.ts'
import { ATR, simCard } from './uicc.ts'

const card = filledCard()
/** A test that plays a transcript against this card. */
const transcript = (name: string, start: SimCard, text: string) =>
  test(name, () => {
    play(start, text)
  })
const wrong = '0020000108 31313131ffffffff'
const ready = () => play(card, `> ${selectApplication} < 9000\n> ${verify} < 9000`)

test('ISO/IEC 7816-3 §8.2.5: the ATR announces T=0 and checks', () => {
  assert.equal(
    ATR.subarray(1).reduce((sum, byte) => sum ^ byte, 0),
    0,
  )
  assert.equal(Buffer.from(ATR.subarray(-7, -1)).toString(), 'WARIFU')
})

transcript(
  'TS 102 221 §11.1.1: selecting by identifier, by name, by path; what is told',
  card,
  `
  > 00a40004023f00        < 6121
  > 00c0000021            < 621f 82027821 83023f00 a503800171 8a0105 ab0580017f9700 c606…9000
  > 00a4000c022f00        < 9000
  > 00b2010400            < 6119 4f08f057415249465502 500d57415249465520435245444954 9000
  > 00a4000c022fe2        < 9000
  > 00b000000a            < 982801214365870921f8 9000
  > ${selectApplication}  < 9000
  > 00a4000c026f12        < 9000
  > 00a4080c047fff6f13    < 9000
  > 00a4090c027fff        < 9000
  > 00a4080c022f00        < 9000
  > 00a4030c              < 9000
  > 00a4044c05f057415249  < 9000
`,
)

test('figure 1: identifier, short identifier, structure, access, update activity', () => {
  const numbers = ready()
  const told = hex(ask(numbers, '00a40004026f12 00')).subarray(0, -2)
  const values = new Map(decode(find(told, 0x62) ?? hex('')).map(({ tag, value }) => [tag, value]))
  const under = (tag: number) => hexOf(values.get(tag) ?? hex(''))
  assert.equal(under(0x83), '6f12', 'identifier')
  assert.equal(under(0x88), '18', 'short file identifier 3')
  assert.equal(under(0x82), '4221 0009 04'.replaceAll(' ', ''), '4 records of 9 bytes')
  assert.equal(under(0x80), '0024', 'its size')
  assert.equal(under(0xa5), 'c00180', 'update activity high')
  assert.equal(under(0x8a), '05', 'activated')
  const byPin = '800103 a406 830101 950108'
  const byMaker = '800118 a406 83010a 950108'
  assert.equal(under(0xab), `${byPin}${byMaker}`.replaceAll(' ', ''))
  like(ask(numbers, '00a40004026f0100'), '62…82024121 83026f01…80020070 880108 9000')
})

transcript(
  'the record form: directory, card numbers of 9 bytes, PIN digits of 2',
  card,
  `
  > ${selectApplication}       < 9000
  > ${verify}                  < 9000
  > 00b2011400                 < 003c 00 4d 0000 9000
  > 00b2021400                 < 0009 01 4d 003c 9000
  > 00b2061400                 < 0002 02 4f 0060 9000
  > 00b2011c00                 < 9900120000000008 05 9000
  > 00b2021c00                 < 9900120000000016 d1 9000
  > 00b2031c00                 < ffffffffffffffff ff 9000
  > 00b2051c00                 < 6a83
  > 00b2012402                 < 12 05 9000
  > 00b2012c08                 < ffffffffffffffff 9000
`,
)

test('the transparent form has the same bytes, and the directory says where', () => {
  const open = ready()
  const area = hex(ask(open, '00b0810000')).subarray(0, -2)
  const places = readDirectory(area)
  assert.equal(area.length, 112)
  assert.deepEqual(
    places.map(({ description, length, address }) => [description, length, address]),
    [
      ...[0, 1, 2, 3].map((at) => [1, 9, 60 + 9 * at]),
      ...[0, 1, 2, 3].map((at) => [2, 2, 96 + 2 * at]),
      [3, 8, 104],
    ],
  )
  const second = places[1]
  assert.ok(second)
  const entry = area.subarray(second.address, second.address + second.length)
  assert.deepEqual(readEntry(entry), {
    digits: '9900120000000016',
    selector: { flag: 'bank', company: 81 },
  })
  play(
    open,
    `
  > 00a4000c026f01            < 9000
  > 00b0003c09                < 990012000000000805 9000
  > 00d6006002 3405           < 9000
  > 00b2012402                < 3405 9000
  > 00dc0124021205            < 9000
  > 00b0817002                < 6b00
  > 00a4000c026f01            < 9000
  > 00b0006002                < 1205 9000
`,
  )
})

transcript(
  'TS 102 221 §11.1.5: next, previous, current',
  card,
  `
  > ${selectApplication} < 9000
  > ${verify}            < 9000
  > 00a4000c026f12       < 9000
  > 00b2000400           < 6a83
  > 00b2000200           < 9900120000000008 05 9000
  > 00b2000200           < 9900120000000016 d1 9000
  > 00b2000400           < 9900120000000016 d1 9000
  > 00b2000300           < 9900120000000008 05 9000
  > 00b2000300           < 6a83
  > 00b2030400           < ffffffffffffffffff 9000
  > 00b2000400           < 9900120000000008 05 9000
  > 00b2010200           < 6a86
  > 00a4000c026f12       < 9000
  > 00b2000300           < ffffffffffffffffff 9000
`,
)

transcript(
  'nothing is read or written before the PIN, whatever the form',
  card,
  `
  > 00b2011c00                < 6a82
  > ${selectApplication}      < 9000
  > 00b2011c00                < 6982
  > 00b0810000                < 6982
  > 00dc012402 3405           < 6982
  > 00d6816002 3405           < 6982
  > 0088008120 ${'ab'.repeat(32)} 00   < 6982
  > ${wrong}                  < 63c2
  > 00b2011c00                < 6982
  > ${verify}                 < 9000
  > 00b2011c00                < 9900120000000008 05 9000
  > ${wrong}                  < 63c2
  > 00b2011c00                < 6982
`,
)

transcript(
  'TS 102 221 §11.1.9, §11.1.13: three wrong PINs block it, the PUK gives a new one',
  card,
  `
  > 0020000100               < 63c3
  > ${wrong}                 < 63c2
  > ${wrong}                 < 63c1
  > ${verify}                < 9000
  > 0020000100               < 63c3
  > ${wrong}                 < 63c2
  > ${wrong}                 < 63c1
  > ${wrong}                 < 63c0
  > ${verify}                < 6983
  > 0020000100               < 63c0
  > 0024000110 34373131ffffffff 31323334ffffffff    < 6983
  > 002c000100               < 63ca
  > 002c000110 3131313131313131 31323334ffffffff    < 63c9
  > 002c000110 3132333435363738 313233ffffffffff    < 6a80
  > 002c000100               < 63c9
  > 002c000110 3132333435363738 31323334ffffffff    < 9000
  > 002c000100               < 63ca
  > ${verify}                < 63c2
  > 0020000108 31323334ffffffff                     < 9000
`,
)

test('ten wrong PUKs, and the card has no way back', () => {
  const tries = Array.from(
    { length: 10 },
    (_, at) => `> 002c000110 3131313131313131 31323334ffffffff < 63c${(9 - at).toString(16)}`,
  )
  play(
    card,
    `${tries.join('\n')}
  > 002c000110 3132333435363738 31323334ffffffff < 6983`,
  )
})

transcript(
  'TS 102 221 §11.1.10 to §11.1.12: change, disable, enable',
  card,
  `
  > ${selectApplication} < 9000
  > 0024000110 31313131ffffffff 31323334ffffffff    < 63c2
  > 0024000110 34373131ffffffff 3132ffffffffffff    < 6a80
  > 0024000110 34373131ffffffff 31323334ffffffff    < 9000
  > ${verify}                                       < 63c2
  > 0028000108 31323334ffffffff                     < 6985
  > 0026000108 31323334ffffffff                     < 9000
  > 0020000108 31323334ffffffff                     < 6984
  > 80f20000                                        < …9000
  > 00b2011c00                                      < 990012000000000805 9000
  > 0028000108 34373131ffffffff                     < 63c2
  > 0028000108 31323334ffffffff                     < 9000
`,
)

test('what the card keeps, it keeps without power; what it knew of the session, it forgets', () => {
  const open = play(ready(), `> ${wrong} < 63c2\n> ${wrong} < 63c1`)
  const cold = reset(open)
  play(cold, `> 0020000100 < 63c1\n> 00b2011c00 < 6a82`)
  play(reset(ready()), `> ${selectApplication} < 9000\n> 00b2011c00 < 6982`)
  const off = reset(play(ready(), '> 0026000108 34373131ffffffff < 9000'))
  play(off, `> ${selectApplication} < 9000\n> 00b2011c00 < 990012000000000805 9000`)
})

transcript(
  'what is out of order, shape or class has its status word',
  card,
  `
  > 00a4000c023f           < 6700
  > 00a4                   < 6700
  > 00a4000c013f           < 6700
  > 00a4000c02eeee         < 6a82
  > 00a4040c08f057415249465501 < 6a82
  > 00a4040c04f0574152     < 6a82
  > 00a4050c02 3f00        < 6a86
  > 00a4000802 3f00        < 6a86
  > 00a4000d02 3f00        < 6a86
  > 00a4080c06 7fff6f12    < 6700
  > 00a4080c04 7fff6f12    < 6a82
  > 00a4080c04 2f002fe2    < 6a82
  > 00a4000c027fff         < 6a82
  > 80a4000c023f00         < 6e00
  > 01a4000c023f00         < 6e00
  > 00ff0000               < 6d00
  > 00f20000               < 6e00
  > 00b2010400             < 6986
  > 00b0000000             < 6986
  > 0044000000             < 6986
  > 00c0000000             < 6985
  > 00dc010400             < 6986
  > 0020000008 34373131ffffffff   < 6a88
  > 0020010108 34373131ffffffff   < 6a86
  > 0020000107 34373131ffffff     < 6700
  > 0024000100             < 6700
  > 0084000008             < 6d00
  > 00a4000c022fe2         < 9000
  > 00b2010400             < 6981
  > 00b000000b             < 6c0a
  > 00b0000a01             < 6b00
  > 00d600000100           < 6982
  > 0004000000             < 6982
  > ${selectApplication}   < 9000
  > ${verify}              < 9000
  > 00a4000c026f12         < 9000
  > 00b0000000             < 6981
  > 00b2010408             < 6c09
  > 00b2010500             < 6a86
  > 00dc010408 ${'00'.repeat(8)}  < 6700
  > 00dc050409 ${'00'.repeat(9)}  < 6a83
  > 00d6816f02 0000        < 6a84
  > 00a4000c026f12         < 9000
  > 0044000000             < 6982
  > 0004000000             < 6982
  > 0004010000             < 6a86
  > 80d8000100             < 6982
  > 0088008220 ${'ab'.repeat(32)} 00   < 6a88
  > 0088008110 ${'ab'.repeat(16)} 00   < 6700
  > 04b2010400             < 6882
`,
)

transcript(
  'TS 102 221 §7.3.1: at T=0 the data wait for GET RESPONSE, which gives once and all',
  card,
  `
  > 00a40004022fe2         < 6125
  > 00c0000001             < 6c25
  > 00c0010025             < 6a86
  > 80c0000025             < 6e00
  > 00c0000025             < 6223 82024121 83022fe2…9000
  > 00c0000000             < 6985
  > 00a40004022fe2         < 6125
  > 00b000000a             < 982801214365870921f8 9000
  > 00c0000000             < 6985
`,
)

transcript(
  'TS 102 221 §11.1.2: STATUS',
  card,
  `
  > 80f2000000             < 621f 82027821 83023f00…9000
  > 80f2000100             < 9000
  > ${selectApplication}   < 9000
  > 80f2000100             < 8408f057415249465502 9000
  > 80f2000000             < 6225 82027821 8408f057415249465502…c606 900180 830101 9000
  > 80f2000c               < 9000
  > 80f2000200             < 6a86
  > 80f2030000             < 6a86
`,
)

test('sizes are the maker’s: nineteen digits in ten bytes and the selector', () => {
  const long = newCard({
    layout: [
      { description: 1, length: 11, count: 2, isMandatory: true },
      { description: 0x10, length: 20, count: 3, isMandatory: false },
    ],
  })
  play(
    long,
    `
  > ${selectApplication}   < 9000
  > 00a40004026f1200       < 62…8205 4221 000b 02…9000
  > 00a40004026f1300       < 62…8205 4221 0014 03…9000
`,
  )
})

test('a step never changes the card that went in', () => {
  const before = JSON.stringify(card)
  play(card, `> ${selectApplication} < 9000\n> ${verify} < 9000\n> 00dc012402 3405 < 9000`)
  assert.equal(JSON.stringify(card), before)
  assert.ok(simCard(card, hex('')).reply.length === 2)
})
