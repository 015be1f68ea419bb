// Goal: our two sides of SCP03 speak what real cards speak, and neither accepts what was changed.
// Method: sessions recorded from a real card (published by the Osmocom project with pySim), one for
// each security level and key size; then our host against our card, with every bit changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, readCommand } from './apdu.ts'
import {
  acceptHost,
  beginChannel,
  type Channel,
  initializeUpdate,
  isSecurityLevel,
  openChannel,
  readInitializeUpdateAnswer,
  Scp03Error,
  type Scp03Keys,
  type SecurityLevel,
  unwrap,
  unwrapReply,
  wrap,
  wrapReply,
} from './scp03.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')
const apdu = (text: string): Command => {
  const command = readCommand(hex(text))
  assert.ok(command)
  return command
}

/** The recorded card's keys: the bytes 00 to 0f, 10 to 1f, 20 to 2f, again from the front. */
const keysOf = (length: number): Scp03Keys => {
  const key = (first: number) => Uint8Array.from({ length }, (_, at) => first + (at % 16))
  return { enc: key(0x00), mac: key(0x10), dek: key(0x20) }
}
const id = 'bf3e125a1089882119900000000000000000000005'

type Recorded = {
  readonly keyBytes: number
  readonly initialize: string
  readonly answer: string
  readonly authenticate: string
  readonly getId: string
  readonly gotId: string
  /** The other four cases of ISO/IEC 7816-3: nothing, an answer, data, both. */
  readonly cases: readonly string[]
}
const plainCases = [
  '80f22002',
  '80ca006600',
  '80f220020a4f0212345c054f9f70c5',
  '80f28002024f0000',
] as const

const recorded: readonly Recorded[] = [
  {
    keyBytes: 16,
    initialize: '8050300008b13e5f938fc108c400',
    answer: '000000000000000000003003703eb51047495b249f66c484c1d2ef1948000002',
    authenticate: '84821100107d5f5826a993ebc89eea24957fa0b3ce',
    getId: '84e291000ebf3e035c015a558d036518a2829700',
    gotId: `${id}971be68992dbbdfa`,
    cases: [
      '84f220020863a63f8959827fb2',
      '84ca006608a0c6a4a74166f7ce00',
      '84f22002124f0212345c054f9f70c52249b50272656536',
      '84f280020a4f00e91443f6dce6b8ed00',
    ],
  },
  {
    keyBytes: 16,
    initialize: '80503000088e1552d0513c60f300',
    answer: '0000000000000000000030037030760cd2c47c1dd395065fe5ead8a9d7000001',
    authenticate: '8482030010fd4721a14d9b07003c451d2f8ae6bb21',
    getId: '84e2910018ca9c00f6713d79bc8baa642bdff51c3f6a4082d3bd9ad26c00',
    gotId: id,
    cases: [
      '84f2200208c9811b11f1264cf1',
      '84ca006608e10ab60b3054798800',
      '84f22002184e2908bdb48b2315a55482e9e936ca122d6ecfae7d17416e',
      '84f28002180dd10a6b6193e5340b9e77d32d5a179cd710ac2773aefb2800',
    ],
  },
  {
    keyBytes: 16,
    initialize: '8050300008fdf38259a1e0de4400',
    answer: '000000000000000000003003703b1aca81e821f219081cdc01c26b372d000003',
    authenticate: '84823300108c36f96bcc00724a4e13ad591d7da3f0',
    getId: '84e2910018267a85dfe4a98fca6fb0527e0dfecce4914e40401433c87f00',
    gotId: 'f3ba2b1013aa6224f5e1c138d71805c569e5439b47576260b75fc021b25097cb2e68f8a0144975b9',
    cases: [
      '84f2200208ac6a59024bed84cc',
      '84ca006608409912ad8fb7aed000',
      '84f22002185f3dafc3ac14c381536a488bf44e06d056df9d74dbd21e5a',
      '84f280021865165105be3373347d0424d4400af2ac393f569ec779389e00',
    ],
  },
  {
    keyBytes: 24,
    initialize: '80503100089b3f2eef0e8c937400',
    answer: '00000000000000000000310370f6bb305a15bae1a68f79fb08212fbed7000002',
    authenticate: '84823300109100bc22d58b45b86a26365ce39ff3cf',
    getId: '84e29100188f7f946c84f70d17994bc6e8791251bb1bb1bf02cf8de58900',
    gotId: 'c05176c1b6f72aae50c32cbee63b0e95998928fd4dfb2be9f27ffde8c8476f5909b4805cc4039599',
    cases: [
      '84f2200208d5d97754b6b3d2ba',
      '84ca006608516c82b8e30adbeb00',
      '84f2200218cc247f4761e6944277a4e0d6e32e44025b1e31537e2fc668',
      '84f2800218ba22b63d509bef5d093b43e5eaed03ed23144ab2d9cb51de00',
    ],
  },
  {
    keyBytes: 32,
    initialize: '805032000897b2055fe58599fd00',
    answer: '00000000000000000000320370a8439a22cedf045fa9f1903b2834f26e000002',
    authenticate: '8482330010508a0fd959d2e547c6b33154a6be2057',
    getId: '84e29100187a5ef717eaf1e135ae92fe54429d0e465decda65f5fe5aea00',
    gotId: 'ea90dbfa648a67c5eb6abc57f8530b97d0cd5647c5e8732016b55203b078dd2ace7f8bc5d1c1cd99',
    cases: [
      '84f2200208bcc5c17275545d93',
      '84ca00660804806aba9d543bb600',
      '84f2200218717222491556ec81a45f49ce48be33320024801a1c4cb0e0',
      '84f2800218561f105bccd3a1642904b251ccc1228beb80a82370a8637000',
    ],
  },
]

for (const session of recorded) {
  const { keyBytes, authenticate } = session
  const level = apdu(authenticate).p1
  test(`a recorded session: AES-${keyBytes * 8}, level ${level.toString(16)}`, () => {
    assert.ok(isSecurityLevel(level))
    const keys = keysOf(keyBytes)
    const { data: hostChallenge, p1: version } = apdu(session.initialize)
    assert.equal(hexOf(initializeUpdate(version, hostChallenge)), session.initialize)
    const answer = hex(session.answer)
    const opened = openChannel({ keys, hostChallenge, answer, level })
    assert.equal(hexOf(opened.command), authenticate)
    let { channel } = opened
    const send = (plain: string, wrapped: string) => {
      const sent = wrap(channel, apdu(plain))
      assert.equal(hexOf(sent.apdu), wrapped)
      assert.deepEqual(unwrap(channel, apdu(wrapped)), {
        channel: sent.channel,
        command: apdu(plain),
      })
      channel = sent.channel
    }
    send('80e2910006bf3e035c015a00', session.getId)
    const got = hex(session.gotId)
    assert.equal(hexOf(unwrapReply(channel, { data: got, word: 0x9000 })), id)
    assert.equal(hexOf(wrapReply(channel, { data: hex(id), word: 0x9000 })), session.gotId)
    for (const [at, plain] of plainCases.entries()) send(plain, session.cases[at] ?? '')
  })
}

// ─── Our host against our card ───────────────────────────────────────────────────────────────────

const keys = keysOf(16)
const hostChallenge = hex('0102030405060708')
const cardSide = {
  keys,
  keyVersion: 0x30,
  diversification: hex('98821000000000000010'),
  sequence: 7,
  aid: hex('a000000151000000'),
  hostChallenge,
}

function opened(level: SecurityLevel): { host: Channel; card: Channel } {
  const { begun, answer } = beginChannel(cardSide)
  const { channel, command } = openChannel({ keys, hostChallenge, answer, level })
  return { host: channel, card: acceptHost(begun, apdu(hexOf(command))) }
}
const fails = (code: Scp03Error['code'], work: () => unknown) =>
  assert.throws(work, (error) => error instanceof Scp03Error && error.code === code)
/** The bytes with each bit changed in turn. */
function* flipped(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Uint8Array.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield changed
  }
}

test('both sides arrive at one channel, and the card tells how its keys are found', () => {
  const { host, card } = opened(0x33)
  assert.deepEqual(host, card)
  const told = readInitializeUpdateAnswer(beginChannel(cardSide).answer)
  assert.deepEqual(told.diversification, cardSide.diversification)
  assert.equal(told.keyVersion, 0x30)
})

test('a card with other keys, and a host with other keys, are found out', () => {
  const { begun, answer } = beginChannel(cardSide)
  const other = { ...keys, mac: keys.enc }
  const level = 0x33 as const
  fails('card_cryptogram', () => openChannel({ keys: other, hostChallenge, answer, level }))
  const { command } = openChannel({ keys, hostChallenge, answer, level })
  for (const changed of flipped(command)) {
    const read = readCommand(changed)
    if (read !== undefined && (read.cla & 0xfb) === 0x80 && read.ins === 0x82)
      assert.throws(() => acceptHost(begun, read), Scp03Error)
  }
  const theirs = beginChannel({ ...cardSide, keys: other })
  const strange = openChannel({ keys: other, hostChallenge, answer: theirs.answer, level })
  fails('command_mac', () => acceptHost(begun, apdu(hexOf(strange.command))))
})

test('another session count, or another application, makes another channel', () => {
  const answers = [{}, { sequence: 8 }, { aid: hex('a000000151000001') }].map((change) =>
    hexOf(beginChannel({ ...cardSide, ...change }).answer.subarray(13, 21)),
  )
  assert.equal(new Set(answers).size, answers.length)
})

test('no bit of a command or of its answer can be changed, and nothing comes twice', () => {
  const { host, card } = opened(0x33)
  const sent = wrap(host, apdu('00dc0104099900120000000008 85'.replace(' ', '')))
  for (const changed of flipped(sent.apdu)) {
    const read = readCommand(changed)
    if (read !== undefined) assert.throws(() => unwrap(card, read), Scp03Error)
  }
  const { channel } = unwrap(card, apdu(hexOf(sent.apdu)))
  fails('command_mac', () => unwrap(channel, apdu(hexOf(sent.apdu))))
  const reply = wrapReply(channel, { data: hex('c0ffee'), word: 0x9000 })
  assert.equal(hexOf(unwrapReply(sent.channel, { data: reply, word: 0x9000 })), 'c0ffee')
  for (const data of flipped(reply))
    fails('reply_mac', () => unwrapReply(sent.channel, { data, word: 0x9000 }))
  fails('reply_mac', () => unwrapReply(sent.channel, { data: reply, word: 0x6283 }))
})

test('an error travels bare, a success without its MAC is none', () => {
  const { host } = opened(0x13)
  const { channel } = wrap(host, apdu('00b2010400'))
  const none = new Uint8Array(0)
  assert.deepEqual(wrapReply(channel, { data: none, word: 0x6982 }), none)
  assert.deepEqual(unwrapReply(channel, { data: none, word: 0x6982 }), none)
  fails('malformed', () => unwrapReply(channel, { data: none, word: 0x9000 }))
})

test('what is no answer of such a card is refused before anything is derived', () => {
  const { answer } = beginChannel(cardSide)
  const level = 0x03 as const
  const open = (bytes: Uint8Array) => openChannel({ keys, hostChallenge, answer: bytes, level })
  for (const bytes of [answer.subarray(0, -1), new Uint8Array(0), Uint8Array.of(...answer, 0)])
    fails('malformed', () => open(bytes))
  fails('malformed', () => open(answer.map((byte, at) => (at === 11 ? 0x02 : byte))))
  assert.throws(() => initializeUpdate(0, hex('01')), RangeError)
})
