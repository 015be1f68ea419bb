// Goal: a reader gets from a chip what its issuer needs, and takes nothing else for a payment.
// Method: the simulated card, whole and through both answers of GENERATE AC; then chips that lie,
// each a card whose answer to one command is replaced. Every byte of every answer is flipped once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode, find, nest, type Tlv } from '@warifu/crypto/ber-tlv'
import {
  applicationCryptogram,
  deriveIccMasterKey,
  deriveSessionKey,
  sessionInput,
} from '@warifu/crypto/emv-arqc'
import { createPaymentCard, paymentCard, reset } from '@warifu/devices/payment-card'
import { cryptogramTags, entryTags } from '@warifu/protocol/entry-device'
import { type Outcome, payByChip, transact } from './emv-kernel.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array | undefined) => Buffer.from(some ?? []).toString('hex')

const pan = '9900120000000008'
const imk = hex('0123456789ABCDEFFEDCBA9876543210')
const iccMasterKey = deriveIccMasterKey(imk, { pan, psn: '01' }, 'A')
const data = {
  pan,
  psn: '01',
  expiry: '2802',
  name: 'LOVELACE/ADA',
  serviceCode: '201',
  discretionary: { stripe: '00000123', chip: '00000456' },
  iccMasterKey,
  offlinePin: undefined,
}
const terminal = {
  country: '0392',
  capabilities: hex('e0b8c8'),
  aids: [hex('a0000000031010'), hex('f057415249465501')],
}
const transaction = {
  amountMinor: 1250,
  currency: '0392',
  date: '261125',
  unpredictableNumber: hex('deadbeef'),
}

type Chip = (apdu: Uint8Array) => Uint8Array

/** A simulated card as a reader finds it, with its log. */
function chipOf(start = createPaymentCard(data)): { chip: Chip; log: string[] } {
  let card = reset(start)
  const log: string[] = []
  const chip = (apdu: Uint8Array) => {
    const { state, reply } = paymentCard(card, apdu)
    card = state
    log.push(`> ${hexOf(apdu)} < ${hexOf(reply)}`)
    return reply
  }
  return { chip, log }
}

/** The same card, which answers commands that begin like this with something else. */
function lying(begin: string, reply: (honest: Uint8Array) => Uint8Array): Chip {
  const { chip } = chipOf()
  return (apdu) => {
    const honest = chip(apdu)
    return hexOf(apdu).startsWith(begin) ? reply(honest) : honest
  }
}

const pay = (chip: Chip, changes = {}): Outcome =>
  transact(payByChip({ ...terminal, ...changes }, transaction), chip)

test('a payment by chip: what goes to the issuer, and the issuer’s own computation of it', () => {
  const outcome = pay(chipOf().chip)
  assert.ok(outcome.kind === 'online')
  const { values } = outcome
  const value = (tag: number) => hexOf(values.get(tag))
  assert.equal(value(0x5a), pan)
  assert.equal(value(0x5f24), '280229')
  assert.equal(value(0x57), '9900120000000008d280220100000456')
  assert.equal(value(0x9f02), '000000001250')
  assert.equal(value(0x95), '8000000000')
  assert.equal(value(0x9f27), '80')
  // The vault covers what this card covers, in the same order.
  const tags = cryptogramTags.map((name) => Number.parseInt(entryTags[name], 16))
  const covered = hex(tags.map(value).join(''))
  const key = deriveSessionKey(iccMasterKey, sessionInput(1))
  assert.equal(value(0x9f26), hexOf(applicationCryptogram(key, covered, 2)))
})

test('the log of a payment reads as EMV Book 1 §12 and Book 3 §10 tell it', () => {
  const { chip, log } = chipOf()
  pay(chip)
  const commands = log.map((line) => line.slice(2, 10))
  const get = '00c00000'
  assert.deepEqual(commands, [
    ...['00a40400', get, '00b2010c', '00b2020c'], // directory
    ...['00a40400', get, '80a80000', get], // application, options
    ...['00b2010c', '00b20114', '00b20214'], // records
    ...['80ae8000', get], // cryptogram
  ])
})

test('two payments have two counters and two cryptograms', () => {
  const { chip } = chipOf()
  const read = () => {
    const outcome = pay(chip)
    assert.ok(outcome.kind === 'online')
    return [hexOf(outcome.values.get(0x9f36)), hexOf(outcome.values.get(0x9f26))]
  }
  const [first, second] = [read(), read()]
  assert.deepEqual([first[0], second[0]], ['0001', '0002'])
  assert.notEqual(first[1], second[1])
})

test('an expired card goes to its issuer, who is told', () => {
  const { chip } = chipOf(createPaymentCard({ ...data, expiry: '2610' }))
  const outcome = pay(chip)
  assert.ok(outcome.kind === 'online')
  assert.equal(hexOf(outcome.values.get(0x95)), '8040000000')
})

test('without a directory the terminal tries the names it knows; without a name, no card', () => {
  const noDirectory = lying('00a404000e', () => hex('6a82'))
  assert.equal(pay(noDirectory).kind, 'online')
  assert.deepEqual(pay(chipOf().chip, { aids: [hex('a0000000031010')] }), {
    kind: 'no_application',
  })
  assert.deepEqual(pay(chipOf().chip, { aids: [] }), { kind: 'no_application' })
  assert.deepEqual(
    pay(() => hex('6a82')),
    { kind: 'no_application' },
  )
})

test('the flat answers of formats 80 are read as well (Book 3 §6.5.5.4, §6.5.8.4)', () => {
  const options = encode([{ tag: 0x80, value: hex('1c000801010010010200') }])
  const flat = lying('80a8', () => Uint8Array.of(...options, 0x90, 0x00))
  const outcome = pay(flat)
  assert.equal(outcome.kind, 'online')
  const made = encode([{ tag: 0x80, value: hex('80000111223344556677880601120320000000') }])
  const cryptogram = pay(lying('80ae', () => Uint8Array.of(...made, 0x90, 0x00)))
  assert.ok(cryptogram.kind === 'online')
  assert.equal(hexOf(cryptogram.values.get(0x9f26)), '1122334455667788')
})

test('a chip that refuses is believed', () => {
  const refusal = encode([
    nest(0x77, [
      { tag: 0x9f27, value: hex('00') },
      { tag: 0x9f36, value: hex('0001') },
      { tag: 0x9f26, value: hex('1122334455667788') },
      { tag: 0x9f10, value: hex('06011203000000') },
    ]),
  ])
  assert.deepEqual(pay(lying('80ae', () => Uint8Array.of(...refusal, 0x90, 0x00))), {
    kind: 'declined',
  })
})

test('a chip that breaks the rules is no payment, and the step is named', () => {
  const ok =
    (...objects: Parameters<typeof encode>[0]) =>
    () =>
      Uint8Array.of(...encode(objects), 0x90, 0x00)
  const record = (text: string) => ok(nest(0x70, [{ tag: 0x5a, value: hex(text) }]))
  /** The card's second record as it is, and one object more that somebody else has told. */
  const twice = (object: Tlv) => (honest: Uint8Array) => {
    const objects = decode(find(honest.subarray(0, -2), 0x70) ?? new Uint8Array(0))
    return Uint8Array.of(...encode([nest(0x70, [...objects, object])]), 0x90, 0x00)
  }
  // biome-ignore format: a table
  const rows = [
    ['00a4', () => hex('90'),                                        'selection'],
    ['00b2010c', () => hex('6f00'),                                  'selection'],
    ['80a8', () => hex('6985'),                                      'options'],
    ['80a8', ok(nest(0x77, [])),                                     'options'],
    ['80a8', ok({ tag: 0x80, value: hex('1c0008') }),                'options'],
    ['80a8', ok({ tag: 0x80, value: hex('1c000001010010010200') }),  'records'],
    ['80a8', ok({ tag: 0x80, value: hex('1c000801010010020100') }),  'records'],
    ['00b20114', () => hex('6a83'),                                  'records'],
    ['00b20114', () => hex('7080'),                                  'records'],
    ['00b20114', ok({ tag: 0x6f, value: hex('') }),                  'records'],
    ['00b20114', record(pan),                                        'records'],
    ['00b20214', record(pan),                                        'records'],
    ['00b20214', ok(nest(0x70, [{ tag: 0x9f02, value: hex('000000000001') }])), 'records'],
    ['00b20114', twice({ tag: 0x57, value: hex('99') }),             'records'],
    ['00b20114', twice({ tag: 0x9f02, value: hex('000000000001') }), 'records'],
    ['80ae', () => hex('6985'),                                      'cryptogram'],
    ['80ae', () => hex('9000'),                                      'cryptogram'],
    ['80ae', ok(nest(0x77, [{ tag: 0x9f27, value: hex('80') }])),    'cryptogram'],
    ['80ae', ok({ tag: 0x80, value: hex('8000') }),                  'cryptogram'],
    ['80ae', () => hex('6101'),                                      'cryptogram'],
  ] as const
  for (const [begin, reply, at] of rows)
    assert.deepEqual(pay(lying(begin, reply)), { kind: 'card_error', at }, `${begin} ${at}`)
  assert.deepEqual(
    pay(() => hex('6101')),
    { kind: 'card_error', at: 'selection' },
  )
})

test('whatever one byte of an answer becomes, the kernel ends with an outcome', () => {
  const { chip, log } = chipOf()
  pay(chip)
  const kinds = new Set<string>()
  for (const [turn, line] of log.entries()) {
    const length = (line.length - line.indexOf('<') - 2) / 2
    for (let at = 0; at < length; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        let now = 0
        const { chip: honest } = chipOf()
        const outcome = pay((apdu) => {
          const reply = honest(apdu)
          now += 1
          assert.ok(now < 400, 'the kernel comes to an end')
          return now - 1 === turn ? reply.map((byte, i) => (i === at ? byte ^ mask : byte)) : reply
        })
        kinds.add(outcome.kind)
      }
    }
  }
  assert.ok(kinds.has('card_error') && kinds.has('online'))
})
