// Goal: the simulated chip answers as EMV says, and refuses what comes out of order or shape.
// Method: transcripts of commands (>) and answers (<) in hex, as a reader's log shows them; "…" in
// an answer stands for any bytes. The issuer's side recomputes the cryptogram from the key.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { find } from '@warifu/crypto/ber-tlv'
import {
  applicationCryptogram,
  arpcMethod1,
  deriveIccMasterKey,
  deriveSessionKey,
  sessionInput,
} from '@warifu/crypto/emv-arqc'
import { parseTrack1, parseTrack2 } from '@warifu/crypto/track-data'
import {
  createPaymentCard,
  type PaymentCard,
  paymentCard,
  reset,
  stripeOf,
} from './payment-card.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')

const pan = '9900120000000008'
const iccMasterKey = deriveIccMasterKey(
  hex('0123456789ABCDEFFEDCBA9876543210'),
  { pan, psn: '01' },
  'A',
)
const data = {
  pan,
  psn: '01',
  expiry: '2802',
  name: 'LOVELACE/ADA',
  serviceCode: '201',
  discretionary: { stripe: '00000123', chip: '00000456' },
  iccMasterKey,
  offlinePin: '1234',
}
const card = createPaymentCard(data)

/** A test that plays a transcript against this card. */
const transcript = (name: string, start: PaymentCard, text: string) =>
  test(name, () => {
    play(start, text)
  })

/** Every command gets the answer that stands beside it; the card as it is at the end. */
function play(start: PaymentCard, text: string): PaymentCard {
  let state = start
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, command = '', expected = ''] = /^\s*> ([0-9a-f ]+?)\s+< (.+)$/.exec(line) ?? []
    assert.ok(command, `a line is > command < answer: ${line}`)
    const { state: next, reply } = paymentCard(state, hex(command.replaceAll(' ', '')))
    const pattern = expected.replaceAll(' ', '').replaceAll('…', '[0-9a-f]*')
    assert.match(hexOf(reply), new RegExp(`^${pattern}$`), `${command} → ${hexOf(reply)}`)
    state = next
  }
  return state
}

const selectApplication = '00a4040008f057415249465501'
const begin = '80a80000078305' + 'e0b8c8' + '0392'
const cdol1 =
  '000000001250' + '000000000000' + '0392' + '8000000000' + '0392' + '261125' + '00' + 'deadbeef'

const begun = `> ${selectApplication}00 < …9000\n> ${begin}00 < …9000\n`
const asked = () => play(card, `${begun}> 80ae80001d${cdol1}00 < 77…9000`)

test('the test number is one of ours', () => {
  assert.equal(pan.slice(0, 6), '990012')
})

transcript(
  'EMV Book 1 §12: from the directory to the application, at T=0',
  card,
  `
  > 00a404000e315041592e5359532e4444463031   < 611c
  > 00c000001c   < 6f1a 840e315041592e5359532e4444463031 a508 880101 5f2d02656e 9000
  > 00b2010c00   < 70…4f08f057415249465501 5006574152494655 870101 9000
  > 00b2020c00   < 6a83
  > 00b2011400   < 6a82
`
    .replace('500657415249465 5', '5006574152494655')
    .replace('a50f8801015f2d02656e', '…'),
)

transcript(
  'EMV Book 3 §10: begin, read the records, ask for a cryptogram',
  card,
  `
  > ${selectApplication}00   < 6f…9f38069f33039f1a02 9000
  > ${begin}00               < 770e 8202 1c00 9408 …9000
  > 80ca9f3600               < 9f3602 0001 9000
  > 00b2010c00               < 70…5710 9900120000000008d2802201 00000456 …9000
  > 00b2011400               < 70…5a089900120000000008 5f340101 5f2403280229…9000
  > 00b2021400               < 70…8c159f0206…8d09…9000
  > 80ae80001d${cdol1}00     < 77…9f270180 9f36020001 9f2608…9f1007 06011203 …9000
`,
)

test('the issuer computes the same cryptogram from what the chip told', () => {
  const { reply } = paymentCard(play(card, begun), hex(`80ae80001d${cdol1}00`))
  const told = reply.subarray(0, -2)
  const [arqc, issuerData] = [find(told, 0x9f26), find(told, 0x9f10)]
  assert.ok(arqc && issuerData)
  const covered = hex(`${cdol1}1c000001${hexOf(issuerData)}`)
  const key = deriveSessionKey(iccMasterKey, sessionInput(1))
  assert.equal(hexOf(applicationCryptogram(key, covered, 2)), hexOf(arqc))
})

test('EMV Book 3 §10.11: the issuer answers, and only its own answer makes a yes', () => {
  const key = deriveSessionKey(iccMasterKey, sessionInput(1))
  const ready = asked()
  const arpc = hexOf(arpcMethod1(key, ready.session.arqc, hex('3030')))
  const second = (answer: string) => `80ae4000153030 8000000000 deadbeef ${answer}`
  const yes = play(ready, `> ${second(`${arpc}3030`)}00 < 77…9f270140…9000`)
  assert.equal(yes.lastOnlineAtc, 1)
  const forged = play(ready, `> ${second(`${'00'.repeat(7)}013030`)}00 < 77…9f270100…9000`)
  assert.equal(forged.lastOnlineAtc, 0)
  play(ready, `> ${second('00'.repeat(10))}00 < 77…9f270140…9000`)
  play(yes, `> ${second('00'.repeat(10))}00 < 6985`)
})

transcript(
  'no cryptogram before SELECT, no record before the processing options',
  card,
  `
  > 80ae80001d${cdol1}00     < 6985
  > 80a8000007830500000000 0000   < 6985
  > 00b2010c00               < 6985
  > ${selectApplication}00   < …9000
  > 00b2010c00               < 6985
  > 80ae80001d${cdol1}00     < 6985
  > 002000800824 1234ffffffffff   < 6985
`,
)

transcript(
  'what is out of order, shape or class has its status word',
  card,
  `
  > ${selectApplication}00    < …9000
  > 80a8000006830400000000    < 6700
  > 80a8000107830500000000 00 < 6a86
  > ${begin}00                < …9000
  > ${begin}00                < 6985
  > 80ca9f4f00                < 6a88
  > 80ca9f3604                < 6c05
  > 00b2000c00                < 6a86
  > 00b2010d00                < 6a86
  > 00b2050c00                < 6a83
  > 00b2014c00                < 6a82
  > 80ae80001c${cdol1.slice(2)}00  < 6700
  > 80ae90001d${cdol1}00      < 6a86
  > 80b2010c00                < 6e00
  > 90ae80001d${cdol1}00      < 6e00
  > 00ff000000                < 6d00
  > 00c0000000                < 6985
  > 00a4                      < 6700
  > 00b2010c0500              < 6700
  > 00a4000002 3f00           < 6a86
  > 00a4040007a000000003101000 < 6a82
  > 00a404000400f05741        < 6a82
  > 00a4040208f05741524946550100 < 6a82
`,
)

transcript(
  'GET RESPONSE gives once, and only as much as there is',
  card,
  `
  > ${selectApplication}      < 61…
  > 00c0000001                < 6c…
  > 00c0010000                < 6a86
  > 80c0000000                < 6e00
  > 00c0000000                < 6f…9000
  > 00c0000000                < 6985
  > ${selectApplication}      < 61…
  > 80ca9f1700                < 9f170103 9000
  > 00c0000000                < 6985
`,
)

const threeWrong = `${begun}
  > 0020008008 241235ffffffffff   < 63c2
  > 0020008008 241235ffffffffff   < 63c1
  > 0020008008 241234ffffffffff   < 9000
  > 80ca9f1700                    < 9f170103 9000
  > 0020008008 040000000000ffff   < 63c2
  > 0020008008 241235ffffffffff   < 63c1
  > 0020008007 241235ffffffff     < 6700
  > 0020000008 241234ffffffffff   < 6a86
  > 0020008008 241235ffffffffff   < 63c0
  > 0020008008 241234ffffffffff   < 6983
`
transcript(
  'EMV Book 3 §6.5.12: a right PIN gives the tries back, three wrong ones block it',
  card,
  threeWrong,
)

test('what is blocked stays blocked without power, and a chip without a PIN checks none', () => {
  play(reset(play(card, threeWrong)), `${begun}> 0020008008241234ffffffffff < 6983`)
  const without = createPaymentCard({ ...data, offlinePin: undefined })
  play(without, `${begun}> 0020008008241234ffffffffff < 6a88`)
})

test('the chip asks its issuer even where a yes offline is wanted, and can be refused', () => {
  play(card, `${begun}> 80ae40001d${cdol1}00 < 77…9f270180…9000`)
  play(card, `${begun}> 80ae00001d${cdol1}00 < 77…9f270100…9000\n> 80ae00001d${cdol1}00 < 6985`)
})

test('the counter grows with every payment begun and ends at FFFF', () => {
  let state = card
  for (let n = 1; n <= 3; n += 1) state = play(reset(state), begun.trim())
  assert.equal(state.atc, 3)
  play({ ...card, atc: 0xfffe }, `${begun}> 80ca9f3600 < 9f3602ffff9000`)
  play({ ...card, atc: 0xffff }, `> ${selectApplication}00 < …9000\n> ${begin}00 < 6985`)
})

test('a step never changes the card that went in', () => {
  const before = JSON.stringify(card)
  play(card, `${begun}> 0020008008241235ffffffffff < 63c2\n> 80ae80001d${cdol1}00 < 77…`)
  assert.equal(JSON.stringify(card), before)
})

test('200,000 commands in any order: always a status word, never a fault (seed 7)', () => {
  let state = card
  let dice = 7
  const roll = (below: number) => {
    dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0
    return Math.floor((dice / 2 ** 32) * below)
  }
  const known = [
    `${selectApplication}00`,
    '00a404000e315041592e5359532e4444463031',
    `${begin}00`,
    '00b2010c00',
    `80ae80001d${cdol1}00`,
    `80ae400015${'00'.repeat(21)}`,
    '0020008008241234ffffffffff',
    '80ca9f3600',
    '00c0000000',
  ].map(hex)
  for (let i = 0; i < 200_000; i += 1) {
    const apdu = Uint8Array.from(known[roll(known.length)] ?? [])
    if (roll(3) === 0) apdu[roll(apdu.length)] = roll(256)
    const { state: next, reply } = paymentCard(state, apdu.subarray(0, apdu.length - roll(2)))
    assert.ok(reply.length >= 2 && reply.length <= 258, hexOf(reply))
    assert.ok((reply.at(-2) ?? 0) >> 4 === 6 || hexOf(reply).endsWith('9000'), hexOf(reply))
    state = roll(50) === 0 ? { ...reset(next), atc: roll(0xffff) } : next
  }
})

test('the stripe tells what the chip tells, with a verification value of its own', () => {
  const { track1, track2 } = stripeOf(data)
  const { name, ...first } = parseTrack1(track1)
  assert.equal(name, 'LOVELACE/ADA')
  assert.deepEqual(first, parseTrack2(track2))
  assert.deepEqual(parseTrack2(track2), {
    pan,
    expiry: '2802',
    serviceCode: '201',
    discretionary: '00000123',
  })
})
