// Goal: no command crashes the SIM, none reads without the PIN, no try and no counter is lost.
// Method: 100,000 commands from one seed (SEED), true ones and damaged ones, at random; an auditor
// who knows no more than PIN, PUK and the status words keeps his own books, and they must agree.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wrap } from '@warifu/crypto/scp03'
import { filledCard, hex, hexOf, openMaker, selectApplication, verify } from './rehearsal.ts'
import { reset, type SimCard } from './state.ts'
import { simCard } from './uicc.ts'

const COMMANDS = 100_000
const seed = Number(process.env['SEED'] ?? 20260107)

/** Marsaglia's xorshift32. */
function diceFrom(start: number): (below: number) => number {
  let state = start | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const canary = '990012000000'
const known = [
  selectApplication,
  verify,
  '002000010831313131ffffffff',
  '0020000100',
  '002400011034373131ffffffff34373131ffffffff',
  '002600010834373131ffffffff',
  '002800010834373131ffffffff',
  '002c0001103132333435363738 34373131ffffffff',
  '002c0001103131313131313131 34373131ffffffff',
  '00a40004023f00',
  '00a4000c022f00',
  '00a40004026f12',
  '00a4080c047fff6f01',
  '80f2000000',
  '00b0810000',
  '00b0003c20',
  '00b2011c00',
  '00b2000200',
  '00b2012400',
  '00dc0124023405',
  '00d6816002 3405',
  '0004000000',
  '0044000000',
  `0088008120${'ab'.repeat(32)}00`,
  '8050300008010203040506070800',
  `8482330010${'00'.repeat(16)}`,
  `80d8000119${'00'.repeat(25)}`,
  '00c0000000',
].map(hex)

function damaged(dice: (below: number) => number, sample: Uint8Array): Uint8Array {
  const apdu = Uint8Array.from(sample)
  for (let left = dice(5) === 0 ? 1 + dice(3) : 0; left > 0; left -= 1)
    apdu[dice(apdu.length)] = dice(256)
  if (dice(20) === 0) return apdu.subarray(0, dice(apdu.length + 1))
  if (dice(20) === 0) return Uint8Array.of(...apdu, dice(256))
  return apdu
}

// ─── The auditor ─────────────────────────────────────────────────────────────────────────────────

type Books = {
  readonly pin: string
  readonly tries: number
  readonly pukTries: number
  readonly isEnabled: boolean
  readonly isVerified: boolean
}
const opening: Books = {
  pin: '34373131ffffffff',
  tries: 3,
  pukTries: 10,
  isEnabled: true,
  isVerified: false,
}
const PUK = '3132333435363738'

/** What a command about the PIN must have done, judged by its status word alone. */
function booked(books: Books, apdu: string, word: string): Books {
  const isWrong = word.startsWith('63c') && apdu.length >= 26
  if (!/^002[0468c]0001/.test(apdu) || (word !== '9000' && !isWrong)) return books
  const [code, next] = [apdu.slice(10, 26), apdu.slice(26, 42)]
  const isPuk = apdu.startsWith('002c')
  const left = Number.parseInt(word.slice(3), 16)
  if (isWrong) {
    assert.notEqual(code, isPuk ? PUK : books.pin, 'the right code was called wrong')
    assert.equal(left, (isPuk ? books.pukTries : books.tries) - 1, 'a try was lost')
    return { ...books, isVerified: false, [isPuk ? 'pukTries' : 'tries']: left }
  }
  assert.equal(code, isPuk ? PUK : books.pin, 'a wrong code was called right')
  assert.ok((isPuk ? books.pukTries : books.tries) > 0, 'a blocked code was taken')
  const known = { ...books, tries: 3, isVerified: true }
  if (isPuk) return { ...known, pukTries: 10, pin: next, isEnabled: true }
  if (apdu.startsWith('0024')) return { ...known, pin: next }
  if (apdu.startsWith('0026')) return { ...known, isEnabled: false }
  return apdu.startsWith('0028') ? { ...known, isEnabled: true } : known
}

function audit(books: Books, before: SimCard, after: SimCard, reply: string): void {
  const { pin, puk, sequence, authentications } = after.memory
  assert.equal(pin.triesLeft, books.tries)
  assert.equal(puk.triesLeft, books.pukTries)
  assert.equal(hexOf(pin.value), books.pin)
  assert.ok(sequence >= before.memory.sequence && authentications >= before.memory.authentications)
  const isOpen = books.isVerified || !books.isEnabled
  assert.ok(isOpen || !reply.includes(canary), 'a number was read without the PIN')
  const isSame = hexOf(before.memory.area) === hexOf(after.memory.area)
  assert.ok(isOpen || isSame, 'something was written without the PIN')
  assert.ok(isOpen || authentications === before.memory.authentications, 'a proof without the PIN')
}

test(`${COMMANDS} random and damaged commands (seed ${seed})`, () => {
  const dice = diceFrom(seed)
  const filled = filledCard()
  let [card, books, reads] = [filled, opening, 0]
  for (let count = 0; count < COMMANDS; count += 1) {
    if (dice(60) === 0) [card, books] = [reset(card), { ...books, isVerified: false }]
    if (dice(200) === 0) [card, books] = [filled, opening]
    const apdu = damaged(dice, known[dice(known.length)] ?? hex(''))
    const { state, reply } = simCard(card, apdu)
    const [sent, got] = [hexOf(apdu), hexOf(reply)]
    assert.ok(reply.length >= 2 && reply.length <= 258, `${sent} → ${got}`)
    assert.match(got, /(?:9000|6[1-9a-e]..)$/, sent)
    books = booked(books, sent, got.slice(-4))
    audit(books, card, state, got)
    if (got.includes(canary)) reads += 1
    card = state
  }
  assert.ok(reads > COMMANDS / 100, `only ${reads} reads: the auditor saw too little`)
})

test('no damaged command passes the maker’s channel', () => {
  const dice = diceFrom(seed + 1)
  const { card, host } = openMaker(filledCard())
  const plain = { cla: 0, ins: 4, p1: 0, p2: 0, data: hex('6f01'), le: 256 }
  const { apdu } = wrap(host, plain)
  for (let count = 0; count < 2_000; count += 1) {
    const changed = Uint8Array.from(apdu)
    changed[dice(apdu.length - 1)] = dice(256)
    const { state } = simCard(card, changed)
    const isSame = hexOf(changed) === hexOf(apdu)
    assert.equal(state.memory.lifeCycle, isSame ? 'deactivated' : 'activated', hexOf(changed))
  }
})
