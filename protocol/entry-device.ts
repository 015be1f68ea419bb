/**
 * The entry device's words: what it sends to be opened in the vault, what its MAC covers, and the
 * frames between it and the till's communication module.
 *
 * Of each key serial number (ANSI X9.24-3) one message is made: AES-CBC under the data key, then a
 * MAC under the MAC key, the PIN as a block of its own under the PIN key. The context is readable,
 * so that a till knows what was entered for; it is authenticated, so that nobody can change it.
 */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { base64url, closed, digest, oneOf } from './shapes.ts'

/** AES DUKPT (X9.24-3); TDES DUKPT (X9.24-1) only to accept devices of before. */
export const entrySuites = ['aes-dukpt', 'tdes-dukpt'] as const
export type EntrySuite = (typeof entrySuites)[number]
export const entryKinds = ['keyed', 'swiped', 'inserted'] as const
export type EntryKind = (typeof entryKinds)[number]

/** What a card was entered for. `sale` is base64url(SHA-256(Idempotency-Key)) of the request. */
export const entryContext = closed({
  sale: digest,
  purpose: Type.Union([Type.Literal('payment'), Type.Literal('token')]),
  amount: Type.Union([minorUnits, Type.Null()]),
  currency: Type.Union([currency, Type.Null()]),
  merchant: idOf('mer'),
  entry: Type.Union([Type.Literal('keyed'), Type.Literal('swiped'), Type.Literal('inserted')]),
  /** Mail order, telephone order: the agent keys what the customer says. Left out: a shop's. */
  channel: Type.Optional(Type.Literal('moto')),
})
export type EntryContext = Static<typeof entryContext>

/** Length of the padded card data (ISO/IEC 7816-4 padding), whatever it holds. */
export const ENTRY_PLAIN_BYTES = 256

/** One entered card. Sizes per suite: see `entrySizes`. */
export const entryMessage = closed({
  v: Type.Literal(1),
  device: idOf('edv'),
  suite: Type.Union([Type.Literal('aes-dukpt'), Type.Literal('tdes-dukpt')]),
  ksn: Type.String({ pattern: '^([0-9A-F]{24}|[0-9A-F]{20})$' }),
  iv: base64url(16, 8),
  ct: base64url(ENTRY_PLAIN_BYTES, ENTRY_PLAIN_BYTES),
  pin_block: Type.Union([base64url(16, 8), Type.Null()]),
  context: entryContext,
  mac: base64url(16, 8),
})
export type EntryMessage = Static<typeof entryMessage>

/** Bytes of each part. PIN block: ISO 9564-1 format 4 under AES, format 0 under TDES. */
// biome-ignore format: a table reads by its columns
export const entrySizes = {
  'aes-dukpt':  { ksn: 12, iv: 16, pin_block: 16, mac: 16 }, // AES-CMAC
  'tdes-dukpt': { ksn: 10, iv: 8,  pin_block: 8,  mac: 8 },  // ISO/IEC 9797-1 algorithm 3
} as const satisfies Record<EntrySuite, object>

/** Tags of the card data (BER-TLV, EMV Book 3 annex A); DF01 is ours: the security code. */
export const entryTags = {
  pan: '5A', // compressed numeric, padded right with F
  expiry: '5F24', // YYMMDD, the month's last day
  securityCode: 'DF01', // ASCII digits
  track2: '57', // track 2 equivalent
  panSequence: '5F34',
  cryptogram: '9F26',
  cryptogramInformation: '9F27',
  issuerApplicationData: '9F10',
  transactionCounter: '9F36',
  unpredictableNumber: '9F37',
  verificationResults: '95',
  transactionDate: '9A',
  transactionType: '9C',
  interchangeProfile: '82',
  amountAuthorised: '9F02',
  amountOther: '9F03',
  transactionCurrency: '5F2A',
  terminalCountry: '9F1A',
  terminalCapabilities: '9F33',
} as const

/** What a chip's application cryptogram covers, in this order (padding method 2, EMV A1.3 keys). */
export const cryptogramTags = [
  'amountAuthorised',
  'amountOther',
  'terminalCountry',
  'verificationResults',
  'transactionCurrency',
  'transactionDate',
  'transactionType',
  'unpredictableNumber',
  'interchangeProfile',
  'transactionCounter',
  'issuerApplicationData',
] as const satisfies readonly (keyof typeof entryTags)[]

export type EntryParts = Pick<EntryMessage, 'v' | 'device' | 'suite'> & {
  readonly ksn: Uint8Array
  readonly iv: Uint8Array
  readonly ct: Uint8Array
  readonly pinBlock: Uint8Array | undefined
  /** SHA-256(JCS(context)). */
  readonly contextDigest: Uint8Array
}

/** What the MAC covers: every part behind its length (4 bytes, big-endian), no PIN as length 0. */
export function entryMacInput(parts: EntryParts): Uint8Array {
  const head = new TextEncoder().encode(`warifu/entry/${parts.v}/${parts.suite}/${parts.device}`)
  const { ksn, iv, ct, pinBlock = new Uint8Array(0), contextDigest } = parts
  return lengthPrefixed([head, ksn, iv, ct, pinBlock, contextDigest])
}

/** Every part behind its length (4 bytes, big-endian): no two rows of parts are the same bytes. */
export function lengthPrefixed(all: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(all.reduce((size, part) => size + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of all) {
    view.setUint32(at, part.length)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

// ── the link to the till: 4-byte length (big-endian), then one JSON object ──────────────────────

export const MAX_LINK_FRAME_BYTES = 16 * 1024

const requestId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const shown = Type.String({ maxLength: 60 })

/** What a till may ask of the device. One sale at a time: a second one is answered `busy`. */
export const linkRequest = Type.Union([
  closed({ id: requestId, command: Type.Literal('hello') }),
  closed({ id: requestId, command: Type.Literal('status') }),
  closed({
    id: requestId,
    command: Type.Literal('sale'),
    context: Type.Omit(entryContext, ['entry'], { additionalProperties: false }),
    entry: Type.Array(entryContext.properties.entry, { minItems: 1, maxItems: 3 }),
    pin: Type.Boolean(),
    timeout_s: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
  }),
  closed({ id: requestId, command: Type.Literal('cancel') }),
  closed({ id: requestId, command: Type.Literal('show'), text: shown }),
])
export type LinkRequest = Static<typeof linkRequest>

export const deviceStates = ['ready', 'busy', 'tampered', 'no_keys', 'exhausted'] as const
export type DeviceState = (typeof deviceStates)[number]

/** Why the device says no. `repeated`: a sale is entered once; ask for it anew under a new key. */
export const linkErrors = [
  'request_malformed',
  'busy',
  'repeated',
  'cancelled',
  'timeout',
  'tampered',
  'no_keys',
  'exhausted',
  'card_unreadable',
  'card_refused',
  'nothing_to_cancel',
] as const
export type LinkError = (typeof linkErrors)[number]

const status = {
  device: idOf('edv'),
  suite: oneOf(entrySuites),
  /** The key serial number of the next message; null without keys. */
  ksn_next: Type.Union([entryMessage.properties.ksn, Type.Null()]),
  state: oneOf(deviceStates),
  firmware: Type.String({ maxLength: 40 }),
}

/** Answers carry the request's id; `hello` and `status` the status, `sale` the message. */
export const linkAnswer = Type.Union([
  closed({ id: requestId, ok: Type.Literal(true), status: closed(status) }),
  closed({ id: requestId, ok: Type.Literal(true), message: entryMessage }),
  closed({ id: requestId, ok: Type.Literal(true) }),
  closed({ id: requestId, ok: Type.Literal(false), error: oneOf(linkErrors) }),
])
export type LinkAnswer = Static<typeof linkAnswer>

/** What the device tells unasked: what its display shows, and that its state has changed. */
export const linkEvent = Type.Union([
  closed({ event: Type.Literal('prompt'), text: shown }),
  closed({ event: Type.Literal('state'), state: oneOf(deviceStates) }),
])
export type LinkEvent = Static<typeof linkEvent>
