/**
 * The reader on the cardholder's phone (S3): the host's signed offer of a sale, what the reader
 * seals for it, and the frames on the cable between the reader and the wallet.
 *
 * A sale has a key pair of its own and one HPKE context (RFC 9180): message 0 carries the card,
 * 1 to n the tries of the PIN, each also under a DUKPT MAC (X9.24-3), which tells whose it is.
 */
import { type Static, Type } from 'typebox'
import { ENTRY_PLAIN_BYTES, lengthPrefixed } from './entry-device.ts'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { SUITE } from './sealed.ts'
import { base64url, closed, digest, oneOf, plainText } from './shapes.ts'

/** An offer lives two minutes at most (seconds). */
export const OFFER_SECONDS = 120

/** What the host signs for one sale; the reader shows it before it asks for a card. */
export const saleOffer = closed({
  v: Type.Literal(1),
  /** Of the vault that holds the private half; gone with it. */
  instance: Type.String({ pattern: '^[a-z0-9-]{1,40}/[A-Za-z0-9_-]{22}$' }),
  sale: idOf('pay'),
  /** SHA-256(JCS(content)) of what the cardholder has approved. */
  content_digest: digest,
  payee: closed({ id: idOf('mer'), name: plainText(80), place: plainText(80) }),
  terminal: idOf('trm'),
  reader: idOf('rdr'),
  amount: minorUnits,
  currency,
  /** The sale's public key: an uncompressed point of P-256. */
  public_key: base64url(65, 65),
  nonce: base64url(16, 16),
  /** Seconds since 1970. */
  iat: Type.Integer({ minimum: 0 }),
  exp: Type.Integer({ minimum: 0 }),
})
export type SaleOffer = Static<typeof saleOffer>
/** `typ` of an offer's JWS header: a signature made for anything else is no offer. */
export const OFFER_TYPE = 'warifu-offer'
/** The offer as it travels: a compact JWS (RFC 7515), ES256. */
export const offerText = Type.String({
  maxLength: 4096,
  pattern: '^[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{86}$',
})

/** How many tries of a PIN one sale may carry at most. */
export const MOST_PIN_TRIES = 6
/** Both plaintexts have one size each, whatever they hold: the card's TLV, one PIN block. */
export const READER_PLAIN_BYTES = { card: ENTRY_PLAIN_BYTES, pin: 16 } as const

const ksn = Type.String({ pattern: '^[0-9A-F]{24}$' })

export const readerMessage = closed({
  v: Type.Literal(1),
  sale: idOf('pay'),
  reader: idOf('rdr'),
  /** SHA-256 of the offer's text: a message is for one offer. */
  offer_digest: digest,
  sequence: Type.Integer({ minimum: 0, maximum: MOST_PIN_TRIES }),
  ksn,
  /** The encapsulated key of the sale's one context: the same in each of its messages. */
  enc: base64url(65, 65),
  ct: base64url(ENTRY_PLAIN_BYTES + 16, READER_PLAIN_BYTES.pin + 16),
  mac: base64url(16, 16),
})
export type ReaderMessage = Static<typeof readerMessage>

/** The body by which a terminal hands a reader's message on; signed by the terminal. */
export const readerPresent = closed({ kind: Type.Literal('reader'), message: readerMessage })
export type ReaderPresent = Static<typeof readerPresent>

/** A reader says of itself that it is plugged into this terminal: how it is registered. */
export const readerProof = closed({
  v: Type.Literal(1),
  reader: idOf('rdr'),
  terminal: idOf('trm'),
  ksn,
  mac: base64url(16, 16),
})
export type ReaderProof = Static<typeof readerProof>

/** What is bound to every ciphertext of a sale, besides the context's own info. */
export const saleAad = ({ v, sale, reader, offer_digest, sequence, ksn }: SaleHead) => ({
  purpose: 'sale',
  suite: SUITE,
  v,
  sale,
  reader,
  offer_digest,
  sequence,
  ksn,
})
export type SaleHead = Omit<ReaderMessage, 'enc' | 'ct' | 'mac'>

const utf8 = new TextEncoder()

/** What the MAC of a message covers. `aad` is JCS(saleAad(message)). */
export const readerMacInput = (
  reader: string,
  { enc, ct, aad }: { readonly [P in 'enc' | 'ct' | 'aad']: Uint8Array },
): Uint8Array => lengthPrefixed([utf8.encode(`warifu/reader/1/${reader}`), enc, ct, aad])

/** What the MAC of a registration covers. */
export const proofMacInput = ({ reader, terminal, ksn }: Omit<ReaderProof, 'mac'>): Uint8Array =>
  lengthPrefixed([`warifu/reader-proof/1/${reader}`, terminal, ksn].map((one) => utf8.encode(one)))

// ── the cable: JSON texts on a WebSocket of the loopback, or lines on a serial port ─────────────

export const MAX_CABLE_BYTES = 16 * 1024

export const readerStates = ['ready', 'busy', 'tampered', 'no_keys', 'exhausted'] as const
export type ReaderState = (typeof readerStates)[number]

/** How a sale is over, as the wallet tells the reader, which then forgets it. */
export const saleEnds = ['approved', 'declined', 'cancelled', 'expired'] as const
export type SaleEnd = (typeof saleEnds)[number]

const token = base64url(32, 32)

/** What the wallet says. Before `hello` with the token of its pairing, only `pair` is heard. */
export const cableRequest = Type.Union([
  closed({ say: Type.Literal('pair') }),
  closed({ say: Type.Literal('pair_code'), code: Type.String({ pattern: '^[0-9]{6}$' }) }),
  closed({ say: Type.Literal('hello'), token }),
  closed({ say: Type.Literal('prove'), terminal: idOf('trm') }),
  closed({ say: Type.Literal('offer'), offer: offerText }),
  closed({ say: Type.Literal('enter_pin'), sale: idOf('pay'), is_again: Type.Boolean() }),
  closed({ say: Type.Literal('end'), sale: idOf('pay'), end: oneOf(saleEnds) }),
])
export type CableRequest = Static<typeof cableRequest>

/** Why the reader says no. */
export const cableErrors = [
  'request_malformed',
  'not_paired', // no pairing, or not this one's token
  'pair_code_wrong',
  'busy',
  'offer_invalid', // not signed by the pinned host, for another reader, or over
  'offer_repeated', // a sale is read once
  'no_sale', // there is no sale in which this could be done
  'cancelled', // by whoever stands before the reader
  'timeout',
  'card_unreadable',
  'card_refused', // the chip itself said no
  'tampered',
  'no_keys',
  'exhausted',
] as const
export type CableError = (typeof cableErrors)[number]

/** What the reader says. The display's words go along; what is keyed never does. */
export const cableEvent = Type.Union([
  closed({ tell: Type.Literal('pair_shown') }),
  closed({ tell: Type.Literal('paired'), token }),
  closed({
    tell: Type.Literal('hello'),
    reader: idOf('rdr'),
    state: oneOf(readerStates),
    firmware: Type.String({ maxLength: 40 }),
  }),
  closed({ tell: Type.Literal('state'), state: oneOf(readerStates) }),
  closed({ tell: Type.Literal('display'), text: Type.String({ maxLength: 240 }) }),
  closed({ tell: Type.Literal('proof'), proof: readerProof }),
  closed({ tell: Type.Literal('sealed'), message: readerMessage }),
  closed({ tell: Type.Literal('ended'), sale: idOf('pay') }),
  closed({ tell: Type.Literal('refused'), error: oneOf(cableErrors) }),
])
export type CableEvent = Static<typeof cableEvent>
