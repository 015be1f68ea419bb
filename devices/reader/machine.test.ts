// Goal: a reader shows payee and amount before it asks for a card, seals what it reads for that
// sale alone, keeps nothing of it, and listens to nobody but its wallet and its host.
// Method: its machine on a bench; the host's side opens each message; a card's chip and stripe,
// keys, a page at the cable; every offer and every page bent once.
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { beforeEach, describe, test } from 'node:test'
import { unpad } from '@warifu/crypto/iso7816-padding'
import { type PublicJwk, pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { lrcOf } from '@warifu/devices/entry-device'
import { createPaymentCard } from '@warifu/devices/payment-card'
import type { CableEvent, SaleOffer } from '@warifu/protocol/reader'
import { benchOf, type Host, hostOfSale, offerWith, signOffer, WALLET } from './rehearsal.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, publicBytes: pointOfJwk(publicKey.export({ format: 'jwk' }) as PublicJwk) }
}

const PAN = '9991230000000001'.slice(0, 15)
const pan = PAN + luhnDigitOf(PAN)
function luhnDigitOf(digits: string): string {
  const sum = [...digits].reduceRight((total, digit, at) => {
    const value = Number(digit) * ((digits.length - at) % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}
const track = `;${pan}=30042011230000?`
const stripe = track + String.fromCharCode(lrcOf(Buffer.from(track)))
const chip = () =>
  createPaymentCard({
    pan,
    psn: '00',
    expiry: '3004',
    name: 'WARIFU/CARD',
    serviceCode: '201',
    discretionary: { stripe: '12300000', chip: '00000000' },
    iccMasterKey: new Uint8Array(16).fill(7),
    offlinePin: undefined,
  })

let host: Host
let bench: ReturnType<typeof benchOf>
let pair: ReturnType<typeof keyPair>
beforeEach(() => {
  host = { bdk: random(32), offerKey: keyPair() }
  bench = benchOf(host, { random, keyPair })
  pair = keyPair()
})

const textOf = (over: Partial<SaleOffer> = {}) =>
  signOffer(
    host.offerKey,
    offerWith({ public_key: Buffer.from(pair.publicBytes).toString('base64url'), ...over }),
  )
const sealedIn = (event: CableEvent | undefined) => {
  assert(event?.tell === 'sealed')
  return event.message
}
const refusal = () => {
  const last = bench.last()
  return last?.tell === 'refused' ? last.error : last?.tell
}
const sale = 'pay_01KQ0000000000000000000000' as const

/** A sale whose amount was seen, so that a card is asked for. */
function begun(): string {
  bench.pair()
  const text = textOf()
  bench.say({ say: 'offer', offer: text })
  bench.give({ kind: 'key', key: 'accept' })
  return text
}

describe('a sale', () => {
  test('shows payee and amount; no card is taken before they are seen', () => {
    bench.pair()
    bench.say({ say: 'offer', offer: textOf() })
    assert.match(bench.display(), /Kissa Mori, Kyoto {2}¥1,200 {2}ENTER/)
    bench.swipe(stripe)
    assert.equal(bench.outputs.filter(({ kind }) => kind === 'keep').length, 0)
    bench.give({ kind: 'key', key: 'accept' })
    assert.match(bench.display(), /Kissa Mori {2}¥1,200 {2}Insert or swipe/)
  })

  test('by stripe, then PIN: the host opens both in one context', () => {
    const text = begun()
    bench.swipe(stripe)
    const opened = hostOfSale(host, { text, pair })
    const card = sealedIn(bench.last())
    assert.equal(card.sequence, 0)
    const plain = Buffer.from(unpad(opened.open(card))).toString('hex')
    assert(plain.includes(`${pan}d30042011230000`))
    bench.say({ say: 'enter_pin', sale, is_again: false })
    assert.match(bench.display(), /PIN/)
    bench.keys('2580')
    assert.match(bench.display(), /\*{4}$/)
    assert.doesNotMatch(bench.display('cable'), /\*/)
    bench.give({ kind: 'key', key: 'accept' })
    const first = sealedIn(bench.last())
    assert.deepEqual([first.sequence, first.enc], [1, card.enc])
    assert.notEqual(first.ksn, card.ksn)
    assert.equal(opened.pin(first, pan), '2580')
    bench.say({ say: 'enter_pin', sale, is_again: true })
    assert.match(bench.display(), /Wrong PIN/)
    bench.keys('1234')
    bench.give({ kind: 'key', key: 'accept' })
    assert.equal(opened.pin(sealedIn(bench.last()), pan), '1234')
  })

  test('by chip: number, expiry and a cryptogram for this amount', () => {
    const text = begun()
    bench.insert(chip())
    const plain = unpad(hostOfSale(host, { text, pair }).open(sealedIn(bench.last())))
    const hex = Buffer.from(plain).toString('hex')
    assert(hex.includes(`5a08${pan}`))
    assert(hex.includes('9f0206000000001200'))
    assert(hex.includes('9f2608'))
  })

  test('the counter is kept before the message is sent', () => {
    begun()
    bench.swipe(stripe)
    const kinds = bench.outputs.map((one) => (one.kind === 'send' ? one.frame.tell : one.kind))
    assert.equal(kinds.indexOf('keep') + 1, kinds.indexOf('sealed'))
  })
})

describe('the end', () => {
  const bytesOf = () => {
    const held = bench.reader().sale
    assert(held)
    return held.entry.entry.bytes
  }
  const endings: readonly (readonly [string, () => unknown, string])[] = [
    [
      'the wallet says how it went',
      () => bench.say({ say: 'end', sale, end: 'approved' }),
      'ended',
    ],
    ['CANCEL on the keypad', () => bench.give({ kind: 'key', key: 'cancel' }), 'cancelled'],
    ['the offer’s time is over', () => bench.wait(120), 'timeout'],
    ['the case is opened', () => bench.give({ kind: 'tamper' }), 'sealed'],
    ['the cable is pulled', () => bench.give({ kind: 'unplugged' }), 'sealed'],
  ]
  for (const [name, end, says] of endings)
    test(`${name}: nothing of the sale is left`, () => {
      begun()
      bench.swipe(stripe)
      const bytes = bytesOf()
      assert(bytes.some((byte) => byte !== 0))
      end()
      assert.equal(bench.reader().sale, null)
      assert(bytes.every((byte) => byte === 0))
      assert(bench.outputs.some(({ kind }) => kind === 'forget'))
      assert.equal(refusal(), says)
      bench.say({ say: 'enter_pin', sale, is_again: false })
      assert.notEqual(bench.display(), 'PIN')
    })

  test('a sale is read once', () => {
    begun()
    bench.swipe(stripe)
    bench.say({ say: 'end', sale, end: 'declined' })
    bench.say({ say: 'offer', offer: textOf() })
    assert.equal(refusal(), 'offer_repeated')
  })
})

describe('an offer that is not the host’s, not for this reader or not in its time', () => {
  const bent: readonly (readonly [string, () => string])[] = [
    ['signed by another key', () => signOffer(keyPair(), JSON.parse(payloadOf(textOf())))],
    ['signed for another purpose', () => signOffer(host.offerKey, offerOf(), { typ: 'JWT' })],
    ['for another reader', () => textOf({ reader: 'rdr_01KQ0000000000000000000001' })],
    ['over', () => textOf({ iat: 1_799_106_000, exp: 1_799_106_120 })],
    ['of tomorrow', () => textOf({ iat: 1_799_200_000, exp: 1_799_200_120 })],
    ['that lives too long', () => textOf({ exp: offerOf().exp + 1 })],
    ['another amount under the same signature', () => swapped({ amount: 1 })],
    ['another payee under the same signature', () => swapped({ amount: 1200, currency: 'usd' })],
  ]
  const payloadOf = (text: string) => Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()
  const offerOf = (): SaleOffer => JSON.parse(payloadOf(textOf()))
  const swapped = (over: Partial<SaleOffer>) => {
    const [head, , tail] = textOf().split('.')
    const body = Buffer.from(JSON.stringify({ ...offerOf(), ...over })).toString('base64url')
    return [head, body, tail].join('.')
  }
  for (const [name, text] of bent)
    test(name, () => {
      bench.pair()
      bench.say({ say: 'offer', offer: text() })
      assert.equal(refusal(), 'offer_invalid')
      assert.equal(bench.reader().sale, null)
    })
})

describe('the cable', () => {
  test('a page that has not seen the display gets nothing', () => {
    bench.give({ kind: 'plugged', origin: WALLET })
    for (const request of [
      { say: 'offer', offer: textOf() },
      { say: 'prove', terminal: 'trm_01KQ0000000000000000000000' },
      { say: 'hello', token: 'A'.repeat(43) },
      { say: 'pair_code', code: '000000' },
    ] as const) {
      bench.say(request)
      assert.equal(refusal(), 'not_paired')
    }
  })

  test('the code is on the display only, and good for three tries', () => {
    bench.give({ kind: 'plugged', origin: WALLET })
    bench.say({ say: 'pair' })
    assert.match(bench.display(), /Pair with [0-9]{6}/)
    assert.equal(bench.display('cable'), 'Pairing')
    assert(!JSON.stringify(bench.heard).match(/[0-9]{6}/))
    const code = bench.display().slice(-6)
    const wrong = code === '000000' ? '000001' : '000000'
    for (let i = 0; i < 3; i += 1) bench.say({ say: 'pair_code', code: wrong })
    assert.equal(refusal(), 'pair_code_wrong')
    bench.say({ say: 'pair_code', code })
    assert.equal(refusal(), 'not_paired')
  })

  test('the token opens it again, for the origin that it was given to', () => {
    const token = bench.pair()
    bench.give({ kind: 'unplugged' })
    bench.give({ kind: 'plugged', origin: WALLET })
    bench.say({ say: 'hello', token })
    assert.equal(refusal(), 'hello')
    bench.give({ kind: 'plugged', origin: 'http://evil.localhost:1' })
    bench.say({ say: 'hello', token })
    assert.equal(refusal(), 'not_paired')
  })

  test('opened, it does nothing any more and says so', () => {
    bench.pair()
    bench.give({ kind: 'tamper' })
    bench.say({ say: 'offer', offer: textOf() })
    assert.equal(refusal(), 'tampered')
    assert.equal(bench.reader().memory.keys, null)
    assert.match(bench.display(), /Out of service/)
  })
})
