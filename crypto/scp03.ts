/**
 * Secure Channel Protocol 03 (GlobalPlatform Card Specification, Amendment D v1.2), both sides,
 * without any I/O: AES keys of 16, 24 or 32 bytes, cryptograms and MACs of 8 (mode S8).
 *
 *   host                                            card
 *   initializeUpdate(version, challenge)      →     80 50 kv 00 08 challenge 00
 *   openChannel(keys, challenge, answer)      ←     diversification(10) kv 03 i challenge(8)
 *                                                   cryptogram(8) [sequence(3)]
 *   its `command`                             →     84 82 level 00 10 cryptogram(8) C-MAC(8)
 *   wrap(channel, command)                    →     CLA+04 … [encrypted] data ‖ C-MAC(8)
 *   unwrapReply(channel, reply)               ←     [encrypted] data ‖ R-MAC(8), status word
 *
 * A channel is a value: each command gives the next one. What is wrapped does not depend on the
 * answers, so a host may wrap many commands at once and judge the answers later, each by the
 * channel as it was after its command.
 */
import { createCipheriv, createDecipheriv, createSecretKey, timingSafeEqual } from 'node:crypto'
import { encryptBlocks } from './aes-ecb.ts'
import { type Command, type Reply, writeCommand } from './apdu.ts'
import { cmac } from './cmac.ts'
import { PaddingError, pad, unpad } from './iso7816-padding.ts'

export class Scp03Error extends Error {
  override readonly name = 'Scp03Error'
  readonly code: 'malformed' | 'card_cryptogram' | 'host_cryptogram' | 'command_mac' | 'reply_mac'
  constructor(code: Scp03Error['code']) {
    super(code)
    this.code = code
  }
}

/** The static keys of one card: for secrecy, for authenticity, for keys that are sent. */
export type Scp03Keys = {
  readonly enc: Uint8Array
  readonly mac: Uint8Array
  readonly dek: Uint8Array
}

/** Amendment D §7.1.2.1, table 7-3. Commands are authenticated on every level. */
// biome-ignore format: a table
export const securityLevel = {
  c_mac:                   0x01,
  c_mac_c_enc:             0x03,
  c_mac_r_mac:             0x11,
  c_mac_c_enc_r_mac:       0x13,
  c_mac_c_enc_r_mac_r_enc: 0x33,
} as const
export type SecurityLevel = (typeof securityLevel)[keyof typeof securityLevel]

export const isSecurityLevel = (value: number): value is SecurityLevel =>
  Object.values<number>(securityLevel).includes(value)

export type Channel = {
  readonly keys: SessionKeys
  readonly level: SecurityLevel
  /** The whole last C-MAC: what comes next is chained to it. */
  readonly chaining: Uint8Array
  /** Commands since EXTERNAL AUTHENTICATE; the first one is 1 (§6.2.6). */
  readonly counter: number
}
export type SessionKeys = {
  readonly enc: Uint8Array
  readonly mac: Uint8Array
  readonly rmac: Uint8Array
}

// ─── Derivation (§4.1.5, table 4-1) ────────────────────────────────────────────────────────────

// biome-ignore format: a table
const constants = {
  card_cryptogram: 0x00,
  host_cryptogram: 0x01,
  card_challenge:  0x02,
  enc:             0x04,
  mac:             0x06,
  rmac:            0x07,
} as const
const SHORT_BYTES = 8

type Derivation = {
  readonly key: Uint8Array
  readonly constant: keyof typeof constants
  readonly context: Uint8Array
  readonly length: number
}

/** SP 800-108 in counter mode; here the counter stands behind label and length. */
function derive({ key, constant, context, length }: Derivation): Uint8Array {
  const bits = length * 8
  const fixed = [...new Uint8Array(11), constants[constant], 0, bits >> 8, bits & 0xff]
  const blocks = Array.from({ length: Math.ceil(length / 16) }, (_, at) =>
    cmac(key, Uint8Array.of(...fixed, at + 1, ...context)),
  )
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length))
}

export function sessionKeys({ enc, mac }: Scp03Keys, context: Uint8Array): SessionKeys {
  const of = (key: Uint8Array, constant: keyof SessionKeys) =>
    derive({ key, constant, context, length: key.length })
  return { enc: of(enc, 'enc'), mac: of(mac, 'mac'), rmac: of(mac, 'rmac') }
}

const cryptogram = (
  { mac: key }: SessionKeys,
  constant: 'card_cryptogram' | 'host_cryptogram',
  context: Uint8Array,
) => derive({ key, constant, context, length: SHORT_BYTES })

const contextOf = (host: Uint8Array, card: Uint8Array) => Uint8Array.of(...host, ...card)

// ─── Opening ───────────────────────────────────────────────────────────────────────────────────

export const CHALLENGE_BYTES = 8
const SEQUENCE_BYTES = 3
/** Pseudo-random card challenge, R-MAC and R-ENC understood (table 5-1). */
const OPTIONS = 0x70

/** The host's first command (§7.1.1); version 0 asks for the card's first keys. */
export function initializeUpdate(keyVersion: number, hostChallenge: Uint8Array): Uint8Array {
  if (hostChallenge.length !== CHALLENGE_BYTES) throw new RangeError('hostChallenge: 8 bytes')
  return writeCommand({
    cla: 0x80,
    ins: 0x50,
    p1: keyVersion,
    p2: 0x00,
    data: hostChallenge,
    le: 256,
  })
}

export type InitializeUpdateAnswer = {
  /** Whatever the card wants its keys to be found by. */
  readonly diversification: Uint8Array
  readonly keyVersion: number
  readonly cardChallenge: Uint8Array
  readonly cardCryptogram: Uint8Array
}

/** §7.1.1.6; throws where it is not the answer of an SCP03 card. */
export function readInitializeUpdateAnswer(data: Uint8Array): InitializeUpdateAnswer {
  const [keyVersion, protocol, options] = data.subarray(10, 13)
  if (keyVersion === undefined || protocol !== 0x03 || options === undefined)
    throw new Scp03Error('malformed')
  if (data.length !== ((options & 0x10) === 0 ? 29 : 32)) throw new Scp03Error('malformed')
  return {
    diversification: data.subarray(0, 10),
    keyVersion,
    cardChallenge: data.subarray(13, 21),
    cardCryptogram: data.subarray(21, 29),
  }
}

export type Opening = {
  readonly keys: Scp03Keys
  readonly hostChallenge: Uint8Array
  /** The data of the answer to INITIALIZE UPDATE, without its status word. */
  readonly answer: Uint8Array
  readonly level: SecurityLevel
}

/** The card proved its keys; `command` is EXTERNAL AUTHENTICATE, the host's proof (§7.1.2). */
export function openChannel({ keys, hostChallenge, answer, level }: Opening): {
  readonly channel: Channel
  readonly command: Uint8Array
} {
  const { cardChallenge, cardCryptogram } = readInitializeUpdateAnswer(answer)
  const context = contextOf(hostChallenge, cardChallenge)
  const session = sessionKeys(keys, context)
  if (!timingSafeEqual(cryptogram(session, 'card_cryptogram', context), cardCryptogram))
    throw new Scp03Error('card_cryptogram')
  const closed = { keys: session, level, chaining: new Uint8Array(16), counter: 0 }
  const data = cryptogram(session, 'host_cryptogram', context)
  const plain = { cla: 0x80, ins: 0x82, p1: level, p2: 0x00, data, le: undefined }
  const { channel, command } = withMac(closed, plain)
  return { channel, command: writeCommand(command) }
}

export type CardOpening = {
  readonly keys: Scp03Keys
  readonly keyVersion: number
  readonly diversification: Uint8Array
  /** Sessions so far; with the application's name it makes the challenge (§6.2.2.1). */
  readonly sequence: number
  readonly aid: Uint8Array
  readonly hostChallenge: Uint8Array
}
/** What the card remembers until EXTERNAL AUTHENTICATE comes. */
export type Begun = { readonly keys: SessionKeys; readonly hostCryptogram: Uint8Array }

/** The card's answer to INITIALIZE UPDATE. */
export function beginChannel(opening: CardOpening): {
  readonly begun: Begun
  readonly answer: Uint8Array
} {
  const { keys, keyVersion, diversification, sequence, aid, hostChallenge } = opening
  const count = Uint8Array.of(sequence >> 16, (sequence >> 8) & 0xff, sequence & 0xff)
  const cardChallenge = derive({
    key: keys.enc,
    constant: 'card_challenge',
    context: Uint8Array.of(...count, ...aid),
    length: CHALLENGE_BYTES,
  })
  const context = contextOf(hostChallenge, cardChallenge)
  const session = sessionKeys(keys, context)
  const own = cryptogram(session, 'card_cryptogram', context)
  const info = [keyVersion, 0x03, OPTIONS]
  return {
    begun: { keys: session, hostCryptogram: cryptogram(session, 'host_cryptogram', context) },
    answer: Uint8Array.of(...diversification, ...info, ...cardChallenge, ...own, ...count),
  }
}
export const LAST_SEQUENCE = 256 ** SEQUENCE_BYTES - 1

/** The card's judgement on EXTERNAL AUTHENTICATE; throws where the host has other keys. */
export function acceptHost({ keys, hostCryptogram }: Begun, command: Command): Channel {
  const level = command.p1
  if (!isSecurityLevel(level) || command.data.length !== 2 * SHORT_BYTES)
    throw new Scp03Error('malformed')
  const closed = { keys, level, chaining: new Uint8Array(16), counter: 0 }
  const { channel, data } = withoutMac(closed, command)
  if (!timingSafeEqual(data, hostCryptogram)) throw new Scp03Error('host_cryptogram')
  return channel
}

// ─── Commands (§6.2.4, §6.2.6) ─────────────────────────────────────────────────────────────────

const SECURE = 0x04
const C_ENC = 0x02
const R_MAC = 0x10
const R_ENC = 0x20

export const isSecure = ({ cla }: Command): boolean => (cla & SECURE) !== 0

/** Host: encrypted where the level says so, then authenticated. */
export function wrap(
  before: Channel,
  command: Command,
): { readonly channel: Channel; readonly apdu: Uint8Array } {
  const counted = { ...before, counter: before.counter + 1 }
  const isSealed = (before.level & C_ENC) !== 0 && command.data.length > 0
  const data = isSealed ? encrypt(counted, 0x00, command.data) : command.data
  const { channel, command: sent } = withMac(counted, { ...command, data })
  return { channel, apdu: writeCommand(sent) }
}

/** Card: the plain command again; throws `command_mac` where it is not the host's next one. */
export function unwrap(
  before: Channel,
  command: Command,
): { readonly channel: Channel; readonly command: Command } {
  const counted = { ...before, counter: before.counter + 1 }
  const { channel, data } = withoutMac(counted, command)
  const isSealed = (before.level & C_ENC) !== 0 && data.length > 0
  const plain = isSealed ? decrypt(channel, 0x00, data, 'command_mac') : data
  return { channel, command: { ...command, cla: command.cla & ~SECURE, data: plain } }
}

function withMac(channel: Channel, command: Command) {
  const sent = { ...command, cla: command.cla | SECURE }
  const whole = chainedMac(channel, sent)
  const data = Uint8Array.of(...command.data, ...whole.subarray(0, SHORT_BYTES))
  return { channel: { ...channel, chaining: whole }, command: { ...sent, data } }
}

function withoutMac(channel: Channel, command: Command) {
  const data = command.data.subarray(0, -SHORT_BYTES)
  const mac = command.data.subarray(-SHORT_BYTES)
  if (mac.length !== SHORT_BYTES) throw new Scp03Error('malformed')
  const whole = chainedMac(channel, { ...command, data })
  if (!timingSafeEqual(mac, whole.subarray(0, SHORT_BYTES))) throw new Scp03Error('command_mac')
  return { channel: { ...channel, chaining: whole }, data }
}

/** Over the last one, the header with the length as it will be, and the data. */
function chainedMac({ keys, chaining }: Channel, { cla, ins, p1, p2, data }: Command) {
  const head = [cla, ins, p1, p2, data.length + SHORT_BYTES]
  return cmac(keys.mac, Uint8Array.of(...chaining, ...head, ...data))
}

// ─── Replies (§6.2.5, §6.2.7) ──────────────────────────────────────────────────────────────────

/** Errors travel bare; warnings and successes are authenticated. */
const isBare = (level: number, word: number): boolean =>
  (level & R_MAC) === 0 || (word !== 0x9000 && word >> 8 !== 0x62 && word >> 8 !== 0x63)

/** Card: the data of a reply as the level asks for it. */
export function wrapReply(channel: Channel, { data, word }: Reply): Uint8Array {
  if (isBare(channel.level, word)) return data
  const isSealed = (channel.level & R_ENC) !== 0 && data.length > 0
  const sent = isSealed ? encrypt(channel, 0x80, data) : data
  return Uint8Array.of(...sent, ...replyMac(channel, { data: sent, word }))
}

/** Host: the plain data; throws `reply_mac` where it is not the card's answer to this command. */
export function unwrapReply(channel: Channel, { data, word }: Reply): Uint8Array {
  if (isBare(channel.level, word)) return data
  const sent = data.subarray(0, -SHORT_BYTES)
  const mac = data.subarray(-SHORT_BYTES)
  if (mac.length !== SHORT_BYTES) throw new Scp03Error('malformed')
  if (!timingSafeEqual(mac, replyMac(channel, { data: sent, word })))
    throw new Scp03Error('reply_mac')
  const isSealed = (channel.level & R_ENC) !== 0 && sent.length > 0
  return isSealed ? decrypt(channel, 0x80, sent, 'reply_mac') : sent
}

const replyMac = ({ keys, chaining }: Channel, { data, word }: Reply): Uint8Array =>
  cmac(keys.rmac, Uint8Array.of(...chaining, ...data, word >> 8, word & 0xff)).subarray(
    0,
    SHORT_BYTES,
  )

// ─── Secrecy: CBC with the encrypted counter as its first block ────────────────────────────────

function firstBlock({ keys, counter }: Channel, direction: 0x00 | 0x80): Uint8Array {
  const block = Buffer.alloc(16)
  block.writeUInt32BE(counter, 12)
  block[0] = direction
  return encryptBlocks(keys.enc, block)
}

function encrypt(channel: Channel, direction: 0x00 | 0x80, data: Uint8Array): Uint8Array {
  const padded = pad(data, (Math.floor(data.length / 16) + 1) * 16)
  return createCipheriv(
    `aes-${channel.keys.enc.length * 8}-cbc`,
    createSecretKey(channel.keys.enc),
    firstBlock(channel, direction),
  )
    .setAutoPadding(false)
    .update(padded)
}

function decrypt(
  channel: Channel,
  direction: 0x00 | 0x80,
  data: Uint8Array,
  fault: 'command_mac' | 'reply_mac',
): Uint8Array {
  if (data.length % 16 !== 0) throw new Scp03Error('malformed')
  const plain = createDecipheriv(
    `aes-${channel.keys.enc.length * 8}-cbc`,
    createSecretKey(channel.keys.enc),
    firstBlock(channel, direction),
  )
    .setAutoPadding(false)
    .update(data)
  try {
    return Uint8Array.from(unpad(plain))
  } catch (error) {
    if (error instanceof PaddingError) throw new Scp03Error(fault)
    throw error
  }
}
