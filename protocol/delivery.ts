/**
 * What the vault hands out for a terminal to install, scheme by scheme, and the keys that a
 * terminal seals to when it pays.
 *
 * A key of the vault's comes as a compact JWS (RFC 7515, ES256) by the vault's signing key, which
 * the terminal pinned when it enrolled. A key that is not signed so, or is older than the one kept,
 * is refused by the terminal.
 */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import type { Scheme } from './schemes.ts'
import { blobText, sealedMessage } from './sealed.ts'
import { closed, digest, instant, nullable, oneOf, publicJwk } from './shapes.ts'

/** The JWS's `typ`. */
export const KEY_TYPE = 'warifu-key+jws'
/** What a key of the vault's is for; another use, another key. */
export const keyUses = ['card-pay'] as const

/** A public key of the vault's, as it is signed. `cardholder`: whose alone it is; null: all's. */
export const signedKey = closed({
  v: Type.Literal(1),
  use: oneOf(keyUses),
  kid: digest,
  key: publicJwk,
  cardholder: nullable(idOf('chl')),
  epoch: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  created: instant,
  exp: instant,
})
export type SignedKey = Static<typeof signedKey>
export const signedKeyText = Type.String({
  pattern: '^[A-Za-z0-9_-]{20,400}\\.[A-Za-z0-9_-]{20,1200}\\.[A-Za-z0-9_-]{86}$',
  maxLength: 1700,
})

/** A card on its way to its terminal. */
export const delivery = Type.Union([
  closed({
    scheme: Type.Literal('terminal_sealed'),
    sealed: sealedMessage,
    payment_key: signedKeyText,
  }),
  closed({ scheme: Type.Literal('server_sealed'), blob: blobText }),
  closed({ scheme: Type.Literal('double_sealed'), sealed: sealedMessage }),
  closed({ scheme: Type.Literal('payment_key'), blob: blobText, payment_key: signedKeyText }),
  closed({
    scheme: Type.Literal('activation_number'),
    sealed: sealedMessage,
    payment_key: signedKeyText,
    shown: Type.String({
      pattern: '^[0-9]{6}\\*{6}[0-9]{4}$',
      description: 'What of the number may be shown: its first six and last four digits',
    }),
  }),
])
export type Delivery<S extends Scheme = Scheme> = Extract<
  Static<typeof delivery>,
  { readonly scheme: S }
>

/** The one-time number that names a card sealed by `activation_number`: 128 bits. */
export const activationNumber = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' })

/** What `activation_number` seals to the terminal beside the blob. */
export const activationParcel = closed({
  blob: blobText,
  number: activationNumber,
  secret: digest,
})
export type ActivationParcel = Static<typeof activationParcel>

/** Context of `card-pay`: what one sealed card may be used for, and nothing else (AAD). */
export type PayContext = {
  readonly scheme: Scheme
  readonly cardholder: string
  readonly epoch: number
  /** Thumbprint of the signing key of the terminal that sealed it. */
  readonly terminal: string
  readonly card: string
  /** SHA-256(JCS(approval's content)): payment, amount, currency, payee, order, deadline. */
  readonly content_digest: string
}

/** Every plaintext of `card-pay` and `card-install` has this length (ISO/IEC 7816-4 padding). */
export const CARD_BYTES = 1024

/** How a terminal confirms what it installed; `activation_number` alone sends its number back. */
export const confirmationBody = closed({
  inner_digest: digest,
  activation_number: Type.Optional(activationNumber),
})
export type ConfirmationBody = Static<typeof confirmationBody>
