// Goal: the four cases of ISO/IEC 7816-3 as a T=0 reader wants them, and the card's answers alike.
// Method: each case by hand; the SIM's own answers to both forms of a command.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transmitWhole } from '@warifu/devices/card-slot'
import { ATR, makeSimCard, simCard } from '@warifu/devices/sim-card'
import { tpduOf } from './tpdu.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')

test('case 1 gets a zero, case 4 loses its Le, cases 2 and 3 stay as they are', () => {
  // biome-ignore format: a table
  const cases: readonly (readonly [string, string])[] = [
    ['80f2000c',           '80f2000c00'],
    ['00b2011c00',         '00b2011c00'],
    ['00b201040a',         '00b201040a'],
    ['00a4000c023f00',     '00a4000c023f00'],
    ['00a40004023f0000',   '00a40004023f00'],
    ['00a40004023f0025',   '00a40004023f00'],
  ]
  for (const [apdu, tpdu] of cases) assert.equal(hexOf(tpduOf(hex(apdu))), tpdu)
})

test('whoever fetches what waits gets the same either way', async () => {
  const key = new Uint8Array(16)
  const maker = { enc: key, mac: key, dek: key }
  const codes = { pin: '1234', puk: '12345678' }
  const slotOf = (form: (apdu: Uint8Array) => Uint8Array) => {
    let card = makeSimCard({ iccid: '8982119900000000018', maker, ...codes })
    return {
      name: 'a test',
      atr: ATR,
      transmit: async (apdu: Uint8Array) => {
        const { state, reply } = simCard(card, form(apdu))
        card = state
        return reply
      },
      close: async () => {},
    }
  }
  const [bare, lined] = [slotOf((apdu) => apdu), slotOf(tpduOf)]
  for (const text of [
    '00a4040408f05741524946550200',
    '00a40004026f1200',
    '0020000100',
    '8050300008010203040506070800',
    '80f20000',
    '00b2010400',
  ])
    assert.deepEqual(await transmitWhole(lined, hex(text)), await transmitWhole(bare, hex(text)))
})
