/** For tests: a card to play with, a maker to fill it, transcripts as a reader's log has them. */
import assert from 'node:assert/strict'
import { type Command, readCommand, readReply } from '@warifu/crypto/apdu'
import { writeEntry } from '@warifu/crypto/credit-file'
import { putKeyCommand } from '@warifu/crypto/put-key'
import {
  type Channel,
  initializeUpdate,
  openChannel,
  type Scp03Keys,
  type SecurityLevel,
  unwrapReply,
  wrap,
} from '@warifu/crypto/scp03'
import { KEY_VERSION, type Making, makeSimCard, type SimCard } from './state.ts'
import { simCard } from './uicc.ts'

export const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
export const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')

const key = (first: number) => Uint8Array.from({ length: 16 }, (_, at) => first + at)
export const maker: Scp03Keys = { enc: key(0x00), mac: key(0x10), dek: key(0x20) }
export const authenticationKey = key(0x40)
export const making: Making = {
  iccid: '8982101234567890128',
  pin: '4711',
  puk: '12345678',
  maker,
}
export const newCard = (change: Partial<Making> = {}): SimCard =>
  makeSimCard({ ...making, ...change })

/** What the rehearsal's maker writes: two cards, one of a bank. */
export const visa = writeEntry(
  { digits: '9900120000000008', selector: { flag: 'card_company', company: 5 } },
  9,
)
export const bank = writeEntry(
  { digits: '9900120000000016', selector: { flag: 'bank', company: 81 } },
  9,
)

export const selectApplication = '00a4040c08f057415249465502'
export const verify = '0020000108 34373131ffffffff'

/** Whether an answer is what a transcript says, "…" standing for any bytes. */
export function like(answer: string, expected: string, of = ''): void {
  const pattern = expected.replaceAll(' ', '').replaceAll('…', '[0-9a-f]*')
  assert.match(answer, new RegExp(`^${pattern}$`), `${of} → ${answer}`)
}

/** Every command gets the answer that stands beside it; the card as it is at the end. */
export function play(start: SimCard, text: string): SimCard {
  let state = start
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, command = '', expected = ''] = /^\s*> ([0-9a-f ]+?)\s+< ([0-9a-f …]+)/.exec(line) ?? []
    assert.ok(command, `a line is > command < answer: ${line}`)
    const { state: next, reply } = simCard(state, hex(command))
    like(hexOf(reply), expected, command)
    state = next
  }
  return state
}

export const ask = (card: SimCard, text: string): string => hexOf(simCard(card, hex(text)).reply)

const command = (text: string): Command => {
  const read = readCommand(hex(text))
  assert.ok(read, text)
  return read
}

export type Talk = { readonly card: SimCard; readonly host: Channel }

/** Opens the maker's channel to a card. */
export function openMaker(start: SimCard, keys = maker, level: SecurityLevel = 0x33): Talk {
  const hostChallenge = hex('0102030405060708')
  const selected = simCard(start, hex(selectApplication)).state
  const first = simCard(selected, initializeUpdate(KEY_VERSION, hostChallenge))
  const waiting = readReply(first.reply)
  assert.ok(waiting?.word === 0x9000, hexOf(first.reply))
  const opened = openChannel({ keys, hostChallenge, answer: waiting.data, level })
  const second = simCard(first.state, opened.command)
  assert.equal(hexOf(second.reply), '9000')
  return { card: second.state, host: opened.channel }
}

/** Sends one command through the channel; its plain answer must be this. */
export function say({ card, host }: Talk, text: string | Command, expected: string): Talk {
  const plain = typeof text === 'string' ? command(text) : text
  const sent = wrap(host, { ...plain, le: 256 })
  const { state, reply } = simCard(card, sent.apdu)
  const read = readReply(reply)
  assert.ok(read)
  const data = hexOf(unwrapReply(sent.channel, read)) + read.word.toString(16)
  like(data, expected, hexOf(sent.apdu))
  return { card: state, host: sent.channel }
}

/** A card as its user has it: two cards and the first one's PIN digits, and switched on. */
export function filledCard(start: SimCard = newCard()): SimCard {
  let talk = openMaker(start)
  talk = say(
    talk,
    putKeyCommand({ dek: maker.dek, key: authenticationKey, version: 1, oldVersion: 0, keyId: 1 }),
    '01…9000',
  )
  talk = say(talk, '00a4000c026f12', '9000')
  talk = say(talk, `00dc010409${hexOf(visa)}`, '9000')
  talk = say(talk, `00dc020409${hexOf(bank)}`, '9000')
  talk = say(talk, '00a4000c026f13', '9000')
  talk = say(talk, '00dc010402 1205', '9000')
  talk = say(talk, '0044000000', '9000')
  return { memory: talk.card.memory, session: newCard().session }
}
