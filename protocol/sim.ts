/**
 * S2, paying with the card data in a SIM (KR100451174B1): what the bridge seals, what it signs and
 * what the SIM itself vouches for. All three are over one statement, so that a record read for one
 * payment is of no use for another, and a record copied into another SIM is of no use at all.
 *
 *   record          9 bytes: number (BCD, 8) ‖ selector          sealed to the company's key
 *   digits          2 bytes: two PIN digits (BCD, 1) ‖ selector   sealed only when asked for
 *   selector        flag (0 card company, 1 bank) in bit 8, company index in bits 7–1
 *   authentication  the SIM's answer (crypto/sim-cryptogram) to
 *                   SHA-256(label ‖ 0x00 ‖ JCS(statement))
 *   bridge          ECDSA P-256 over label ‖ 0x00 ‖ JCS(statement)
 */
import { type Static, Type } from 'typebox'
import { paymentContent } from './approval-content.ts'
import { idOf } from './ids.ts'
import { SUITE } from './sealed.ts'
import { assertion, base64url, closed, digest, instant, nullable, publicJwk } from './shapes.ts'

export const CARD_RECORD_BYTES = 9
export const PIN_RECORD_BYTES = 2
/** Sealed plaintexts all have this length (ISO/IEC 7816-4 padding). */
export const SIM_PLAIN_BYTES = 64

/** ITU-T E.118: 18 to 20 digits, the last by Luhn. It names the chip and is no secret. */
export const iccid = Type.String({ pattern: '^89[0-9]{16,18}$' })
/** Flag and company index as one byte. */
export const selector = Type.Integer({ minimum: 0, maximum: 255 })
export const selectorOf = (company: { readonly flag: 0 | 1; readonly index: number }): number =>
  (company.flag << 7) | company.index
export const companyOf = (selector: number): { readonly flag: 0 | 1; readonly index: number } => ({
  flag: selector >= 128 ? 1 : 0,
  index: selector & 127,
})

/** As `sealedHeader`: the recipient is the key of a card company. */
export const simHeader = closed({
  v: Type.Literal(1),
  suite: Type.Literal(SUITE),
  purpose: Type.Union([Type.Literal('sim-record'), Type.Literal('sim-digits')]),
  kid: digest,
  recipient: digest,
  created: instant,
  exp: instant,
})
export type SimHeader = Static<typeof simHeader>
export const simSealed = closed({
  header: simHeader,
  enc: base64url(65, 65),
  ct: base64url(SIM_PLAIN_BYTES + 16, SIM_PLAIN_BYTES + 16),
})
export type SimSealed = Static<typeof simSealed>
/** What a sealed record is bound to beside its header. */
export type SimContext = { readonly sim: string; readonly content_digest: string }

/** What a person is shown before a SIM pays. */
export const simContent = closed({
  ...paymentContent.properties,
  presentment: Type.Literal('sim'),
})
export type SimContent = Static<typeof simContent>
/** What SIM, bridge and passkey vouch for: digests are SHA-256(JCS(sealed)). */
export const simStatement = closed({
  content: simContent,
  sim: idOf('sim'),
  record_digest: digest,
  digits_digest: nullable(digest),
})
export type SimStatement = Static<typeof simStatement>

/** The answers of SIM and bridge to a statement. */
export const simVoucher = closed({
  authentication: base64url(20, 20),
  bridge_signature: base64url(64, 64),
})
export type SimVoucher = Static<typeof simVoucher>

/** The body of a payment by SIM: what the terminal signs with RFC 9421. */
export const presentSim = closed({
  kind: Type.Literal('sim'),
  statement: simStatement,
  record: simSealed,
  digits: nullable(simSealed),
  voucher: simVoucher,
  assertion: Type.Optional(assertion),
})
export type PresentSim = Static<typeof presentSim>

/**
 * A phone takes a SIM into use: the SIM answered after its PIN, the bridge tells its key, and the
 * owner's passkey agrees. `card` is one that shall move to this phone, off the phone before.
 */
export const simLink = closed({
  iccid,
  terminal: idOf('trm'),
  bridge_key: publicJwk,
  card: nullable(idOf('crd')),
  at: instant,
})
export type SimLink = Static<typeof simLink>
export const linkSimBody = closed({
  statement: simLink,
  voucher: simVoucher,
  assertion,
})
export type LinkSimBody = Static<typeof linkSimBody>

/** Different purpose, different label: no answer to one can be taken for an answer to the other. */
export const simLabels = { pay: 'warifu/1/sim-pay', link: 'warifu/1/sim-link' } as const
