/**
 * PINs as they travel: sealed by the cardholder's terminal to the vault's PIN key, under a
 * statement that terminal and passkey sign. Nobody between the two can read, move or replay one.
 *
 *   plaintext  JCS({ pin, card, nonce }), padded; the terminal does not know the card's number, so
 *              the PIN block (ISO 9564-1) is formed by the vault
 *   aad        JCS({ header, context: { card, terminal } })
 */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { sealedHeader } from './sealed.ts'
import {
  assertion,
  base64url,
  closed,
  digest,
  instant,
  nullable,
  oneOf,
  publicJwk,
} from './shapes.ts'

/** 4 to 12 digits (ISO 9564-1 §8.1). */
export const pinDigits = Type.String({ pattern: '^[0-9]{4,12}$' })

/** Every sealed PIN has this plaintext length (ISO/IEC 7816-4 padding). */
export const PIN_PLAIN_BYTES = 128
export const pinPlain = closed({
  pin: pinDigits,
  card: idOf('crd'),
  nonce: base64url(16, 16),
})
export type PinPlain = Static<typeof pinPlain>

export const pinHeader = closed({
  ...sealedHeader.properties,
  purpose: Type.Literal('pin-set'),
})
export type PinHeader = Static<typeof pinHeader>
export const sealedPin = closed({
  header: pinHeader,
  enc: base64url(65, 65),
  ct: base64url(PIN_PLAIN_BYTES + 16, PIN_PLAIN_BYTES + 16),
})
export type SealedPin = Static<typeof sealedPin>
export type PinContext = { readonly card: string; readonly terminal: string }

/** What the passkey vouches for when a PIN is set or changed. */
export const pinStatement = closed({
  act: Type.Literal('set_pin'),
  card: idOf('crd'),
  terminal: idOf('trm'),
  sealed_digest: digest,
})
export type PinStatement = Static<typeof pinStatement>
export const setPinBody = closed({ statement: pinStatement, sealed: sealedPin, assertion })
export type SetPinBody = Static<typeof setPinBody>

/** What the passkey vouches for when a blocked PIN is let in again; the code is the second step. */
export const unblockStatement = closed({
  act: Type.Literal('unblock_pin'),
  card: idOf('crd'),
  terminal: idOf('trm'),
  verification: idOf('ver'),
})
export type UnblockStatement = Static<typeof unblockStatement>
export const unblockPinBody = closed({
  statement: unblockStatement,
  code: Type.String({ pattern: '^[0-9]{8}$' }),
  assertion,
})
export type UnblockPinBody = Static<typeof unblockPinBody>

/** The vault's public keys, each signed with its vouching key, which terminals pin. */
export const vaultKeyUses = ['pin', 'plastic'] as const
export const vaultKeyStatement = closed({
  v: Type.Literal(1),
  use: oneOf(vaultKeyUses),
  kid: digest,
  key: publicJwk,
  created: instant,
})
export type VaultKeyStatement = Static<typeof vaultKeyStatement>
export const vaultKey = closed({
  statement: vaultKeyStatement,
  signature: base64url(64, 64),
  signing_key: publicJwk,
})
export type VaultKey = Static<typeof vaultKey>
/** What the signature covers, after JCS: the statement under a label of its own. */
export const vaultKeyClaim = (statement: VaultKeyStatement) => ({
  purpose: 'warifu/1/vault-key',
  statement,
})

/** A card's PIN as its owner may know of it. */
export const pinState = closed({
  card: idOf('crd'),
  status: Type.Union([Type.Literal('unset'), Type.Literal('set'), Type.Literal('blocked')]),
  tries_left: nullable(Type.Integer({ minimum: 0, maximum: 10 })),
})

/** Why a PIN is not taken. Wallet and vault apply the same rules; the vault has the last word. */
export const pinWeaknesses = [
  'pin_repeats', // 0000, 1212, 123123
  'pin_sequence', // 1234, 9876
  'pin_year', // 1900 to 2099
  'pin_in_number', // four digits in a row of the card's own number: only the vault can tell
] as const
export type PinWeakness = (typeof pinWeaknesses)[number]

/** What is weak about these digits; `pan` is known in the vault alone. */
export function weaknessOf(pin: string, pan = ''): PinWeakness | undefined {
  const steps = Array.from(pin.slice(1), (digit, i) => (10 + Number(digit) - Number(pin[i])) % 10)
  if (/^(.+)\1+$/.test(pin)) return 'pin_repeats'
  if (steps.every((step) => step === 1) || steps.every((step) => step === 9)) return 'pin_sequence'
  if (/^(19|20)[0-9]{2}$/.test(pin)) return 'pin_year'
  return pan.includes(pin) ? 'pin_in_number' : undefined
}
