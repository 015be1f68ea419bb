/**
 * The words between a phone and a proximity device, over their short two-way link, and the bytes
 * that the chip's codes are made over. The phone asks, the device answers, one after the other.
 *
 *   pair           HPKE PSK mode (RFC 9180) with the 256-bit secret of the device's label
 *   authenticate   a code for one payment, asked for by the paired terminal's signature
 *   forget         ends the pairing, asked for in the same way
 */
import { type Static, Type } from 'typebox'
import { carriers } from './device-objects.ts'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { SUITE } from './sealed.ts'
import { base64url, closed, digest, nullable, oneOf, publicJwk } from './shapes.ts'

export const chipCounter = Type.Integer({ minimum: 1, maximum: 0xffff_fffe })
export const chipProof = closed({ counter: chipCounter, code: base64url(16, 16) })
export type ChipProof = Static<typeof chipProof>

/** What the label says, as a QR code: `warifu:pxd?id=pxd_…&secret=…` (32 bytes, base64url). */
export const deviceLabel = closed({ device: idOf('pxd'), secret: base64url(32, 32) })
export type DeviceLabel = Static<typeof deviceLabel>

export const labelText = ({ device, secret }: DeviceLabel): string =>
  `warifu:pxd?id=${device}&secret=${secret}`

export function readLabel(text: string): DeviceLabel | undefined {
  const { groups } =
    /^warifu:pxd\?id=(?<device>pxd_[0-9A-Z]{26})&secret=(?<secret>[A-Za-z0-9_-]{43})$/.exec(
      text.trim(),
    ) ?? {}
  const { device, secret } = groups ?? {}
  if (device === undefined || secret === undefined) return undefined
  // The pattern above is the id's.
  return { device: device as DeviceLabel['device'], secret }
}

// ─── pairing ─────────────────────────────────────────────────────────────────────────────────

/** `recipient`: SHA-256 of the point that the device made for this pairing. */
export const pairingHeader = closed({
  v: Type.Literal(1),
  suite: Type.Literal(SUITE),
  purpose: Type.Literal('chip-pair'),
  recipient: digest,
})
export type PairingHeader = Static<typeof pairingHeader>
/** Who asks to be the device's phone: sealed, so that the label's secret vouches for it. */
export const pairingContent = closed({ terminal: idOf('trm'), signing_key: publicJwk })
export type PairingContent = Static<typeof pairingContent>
/** Label of the key with which the device proves that it opened (RFC 9180 §5.3, Export). */
export const PAIR_EXPORT = 'warifu/1/chip-pair'
/** Padded to this size, whatever it holds. */
export const PAIRING_BYTES = 384

/** What a payment's code is asked for; `challenge`: half of SHA-256(JCS(the signed content)). */
export const chipRequest = closed({
  device: idOf('pxd'),
  payment: idOf('pay'),
  amount: minorUnits,
  currency,
  /** SHA-256(JCS(payee)). */
  payee_digest: digest,
  challenge: base64url(16, 16),
})
export type ChipRequest = Static<typeof chipRequest>
export const forgetRequest = closed({ device: idOf('pxd'), forget: idOf('trm') })
export type ForgetRequest = Static<typeof forgetRequest>

const signed = { signature: base64url(64, 64) }
export const linkRequest = Type.Union([
  closed({ kind: Type.Literal('hello') }),
  closed({
    kind: Type.Literal('pair'),
    header: pairingHeader,
    enc: base64url(65, 65),
    ct: base64url(PAIRING_BYTES + 16, PAIRING_BYTES + 16),
  }),
  closed({ kind: Type.Literal('authenticate'), request: chipRequest, ...signed }),
  closed({ kind: Type.Literal('forget'), request: forgetRequest, ...signed }),
])
export type LinkRequest = Static<typeof linkRequest>

/** Why a device does not answer as it was asked. */
export const linkRefusals = [
  'malformed', // not one of the requests above
  'paired_already', // to another phone: hold its button first
  'not_paired', // it has no phone to answer
  'pairing_invalid', // another label’s secret, or altered on the way
  'signature_invalid', // not signed by its phone, or for another device
  'exhausted', // its counter is at the end
] as const
export type LinkRefusal = (typeof linkRefusals)[number]

export const linkAnswer = Type.Union([
  /** A key for one pairing; null while it has a phone. */
  closed({ kind: Type.Literal('hello'), pairing_key: nullable(base64url(65, 65)) }),
  closed({
    kind: Type.Literal('paired'),
    /** HMAC-SHA-256(exported key, "paired"). */
    proof: base64url(32, 32),
    carrier: oneOf(carriers),
    chip: chipProof,
  }),
  closed({ kind: Type.Literal('code'), chip: chipProof }),
  closed({ kind: Type.Literal('forgotten') }),
  closed({ kind: Type.Literal('refused'), code: oneOf(linkRefusals) }),
])
export type LinkAnswer = Static<typeof linkAnswer>

// ─── bytes ───────────────────────────────────────────────────────────────────────────────────

const ascii = new TextEncoder()

/** What a signature over a link request begins with: no other thing that a terminal signs does. */
export const LINK_LABEL = 'warifu/1/chip-request\0'

/** Payment ‖ amount ‖ currency ‖ payee hash ‖ challenge: 89 bytes; the code adds its counter. */
export function paymentBytes(of: {
  readonly payment: string
  readonly amount: number
  readonly currency: string
  readonly payee: Uint8Array
  readonly challenge: Uint8Array
}): Uint8Array {
  const bytes = new Uint8Array(30 + 8 + 3 + 32 + 16)
  bytes.set(ascii.encode(of.payment))
  new DataView(bytes.buffer).setBigUint64(30, BigInt(of.amount))
  bytes.set(ascii.encode(of.currency), 38)
  bytes.set(of.payee, 41)
  bytes.set(of.challenge, 73)
  return bytes
}

/** Device ‖ terminal ‖ thumbprint of its signing key: 92 bytes. */
export function pairingBytes(of: {
  readonly device: string
  readonly terminal: string
  readonly thumbprint: Uint8Array
}): Uint8Array {
  const bytes = new Uint8Array(30 + 30 + 32)
  bytes.set(ascii.encode(of.device))
  bytes.set(ascii.encode(of.terminal), 30)
  bytes.set(of.thumbprint, 60)
  return bytes
}
