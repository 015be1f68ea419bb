/**
 * What sealed card data looks like on the wire, and what a terminal signs to pay.
 *
 * Every ciphertext carries a header. Header and business context are authenticated with it:
 *   HPKE (RFC 9180, base mode)  info = "warifu/1/" ‖ purpose ‖ 0x00 ‖ SHA-256(JCS(header))
 *                               aad  = JCS({ header, context })
 *   AES-256-GCM (SP 800-38D)    aad  = JCS({ header, context })
 */
import { type Static, Type } from 'typebox'
import { paymentContent } from './approval-content.ts'
import { idOf } from './ids.ts'
import { blobSchemes, schemes } from './schemes.ts'
import { base64url, closed, digest, instant, oneOf, plainText } from './shapes.ts'

/** DHKEM(P-256, HKDF-SHA256) + HKDF-SHA256 + AES-256-GCM (RFC 9180 §7). */
export const SUITE = '0010-0001-0002'
/** The one inner construction: AES-256-GCM under a wrapped record key (AES-KWP, RFC 5649). */
export const INNER_SUITE = 'A256GCM-A256KWP'

/** What is sealed; another purpose is another key (`info`). */
export const sealedPurposes = [
  'terminal-pop', // 32 bytes that only the terminal's sealing key opens, at enrolment
  'card-install', // a card on its way to its terminal
  'card-pay', // a card on its way to the vault, for one payment
] as const

/** Header of an HPKE message. `kid` names the recipient's key: its RFC 7638 thumbprint. */
export const sealedHeader = closed({
  v: Type.Literal(1),
  suite: Type.Literal(SUITE),
  purpose: oneOf(sealedPurposes),
  kid: digest,
  recipient: digest,
  created: instant,
  exp: instant,
})
export type SealedHeader = Static<typeof sealedHeader>

/** An HPKE message: encapsulated key (65 bytes, uncompressed point) and ciphertext with tag. */
export const sealedMessage = closed({
  header: sealedHeader,
  enc: base64url(65, 65),
  ct: base64url(4096, 16),
})
export type SealedMessage = Static<typeof sealedMessage>

/**
 * Context of `terminal-pop`: which terminal must prove that it holds the sealing key, and the
 * thumbprint of the vault's key that it pins. Told of another key it cannot open, and so is never
 * admitted.
 */
export type PopContext = { readonly terminal: string; readonly vault_key: string }
/** Context of `card-install`: the digest of the inner blob and the terminal's thumbprint. */
export type InstallContext = { readonly inner_digest: string; readonly terminal: string }

/** Label of the key by which a terminal proves that it could open (RFC 9180 §5.3, Export). */
export const POP_EXPORT = 'warifu/1/pop'

/**
 * The inner blob, as the phone keeps it: base64url of JCS({header, wrapped_key, iv, ct}).
 * The phone cannot read it; only the vault can unwrap `wrapped_key`.
 */
export const innerHeader = closed({
  v: Type.Literal(1),
  suite: Type.Literal(INNER_SUITE),
  purpose: Type.Literal('card'),
  kid: Type.String({ pattern: '^[a-z0-9_.-]{1,64}$' }),
  card: idOf('crd'),
  cardholder: idOf('chl'),
  scheme: oneOf(blobSchemes),
  scheme_version: Type.Literal(1),
})
export type InnerHeader = Static<typeof innerHeader>
export const innerBlob = closed({
  header: innerHeader,
  wrapped_key: base64url(40, 40),
  iv: base64url(12, 12),
  ct: base64url(512, 17),
})
export type InnerBlob = Static<typeof innerBlob>
/** What a terminal presents, in its transport form: an inner blob, or a message to the vault. */
export const blobText = base64url(4096, 64)

/** The statement a terminal's signing key and its owner's passkey vouch for at enrolment. */
export const enrolment = closed({
  nonce: base64url(32, 32),
  origin: Type.String({ maxLength: 200 }),
  sealing_thumbprint: digest,
  signing_thumbprint: digest,
})
export type Enrolment = Static<typeof enrolment>

/** One line of an order. Plain text: what a person reads is what is signed. */
export const orderLine = closed({
  description: plainText(80),
  quantity: Type.Integer({ minimum: 1, maximum: 9999 }),
  amount: Type.Integer({ minimum: 0, maximum: 999_999_999_999 }),
})
export type OrderLine = Static<typeof orderLine>

/** The payment statement: the approval's content, and the card that pays, by its blob's digest. */
export const paymentStatement = closed({
  scheme: oneOf(schemes),
  content: paymentContent,
  card: idOf('crd'),
  blob_digest: digest,
})
export type PaymentStatement = Static<typeof paymentStatement>
