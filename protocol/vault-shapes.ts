/**
 * What the vault's operations are made of: a signed request, the name of a key, the refusals, and
 * the form of a row. A subject with several operations has a table of its own beside vault.ts
 * (`vault-<subject>.ts`), which vault.ts spreads into the one table.
 */
import { type Static, type TObject, Type } from 'typebox'
import { blobText, paymentStatement } from './sealed.ts'
import { assertion, closed } from './shapes.ts'

/** A request signed by a terminal (RFC 9421), as it came over the wire: this is the evidence. */
export const signedRequest = closed({
  method: Type.Union([Type.Literal('POST'), Type.Literal('GET')]),
  path: Type.String({ maxLength: 300, pattern: '^/v1/[A-Za-z0-9_/.-]+$' }),
  query: Type.String({ maxLength: 300 }),
  content_digest: Type.String({ maxLength: 100 }),
  counter: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }),
  signature_input: Type.String({ maxLength: 400 }),
  signature: Type.String({ maxLength: 200 }),
  /** base64url; who decodes it refuses what is not. */
  body: Type.String({ maxLength: 21_846 }),
})
export type SignedRequest = Static<typeof signedRequest>

/** A key by its name and check value (CMAC of a zero block, first 3 bytes; never the key). */
export const keyName = closed({
  kid: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' }),
  check_value: Type.String({ pattern: '^[0-9A-F]{6}$' }),
})
export type KeyName = Static<typeof keyName>

/** Every way in which the vault may say no. A closed vocabulary: no free text leaves the vault. */
// biome-ignore format: a table reads by its columns
export const vaultRefusals = [
  'request_malformed', // the input does not fit the operation's schema
  'passkey_invalid', // registration or assertion does not verify, or names another challenge
  'passkey_unknown', // no such credential, or not this cardholder's
  'credential_exists', // this credential id is registered already
  'enrolment_invalid', // the terminal's own signature or the origin is wrong
  'terminal_exists', // these keys are bound to another terminal
  'terminal_unknown', // the vault never admitted this terminal
  'terminal_not_admitted', // it was admitted but has not proved its sealing key, or was removed
  'proof_invalid', // the proof of the sealing key is wrong
  'signature_invalid', // the request is not signed by this terminal's bound key
  'statement_invalid', // the signed body is not a payment statement
  'assertion_invalid', // the passkey's assertion is not over this statement
  'card_unknown', // no such card
  'cardholder_mismatch', // card and terminal belong to different people
  'blob_mismatch', // the statement names another blob
  'blob_invalid', // the blob does not open
  'scheme_mismatch', // the card belongs to another scheme
  'card_not_activated', // its one-time number has not come back yet
  'payment_key_expired', // sealed to a key that is no longer the cardholder's
  'activation_unknown', // no such one-time number, or not this terminal's
  'activation_used', // that one-time number came back before
  'activation_expired', // that one-time number came back too late
  'code_wrong', // one-time code: wrong, tries left
  'code_expired', // one-time code: past its time
  'code_exhausted', // one-time code: no tries left
  'cap_exceeded', // more than the signed code allows, or another currency
  'device_unknown', // no such entry device, or this key serial number was never given to it
  'device_not_active', // the entry device is suspended
  'entry_invalid', // the entry device's message does not verify or holds no card
  'entry_mismatch', // the same key serial number, bound to another device or suite
  'ksn_replayed', // a used or older counter with other bytes
  'network_absent', // the card is not ours, and no connector takes it
  'network_silent', // its acquirer has not answered yet: ask again with the same bytes
  'pin_sealed_wrong', // the sealed PIN does not open, or is for another card or key
  'pin_expired', // it was sealed too long ago
  'pin_replayed', // this sealed PIN was taken before
  'pin_blocked', // no tries left: unblock it first
  'pin_not_blocked', // there is nothing to unblock
  'pin_unchanged', // the new PIN is the old one
  'pin_repeats', // weak: one digit, or two, again and again
  'pin_sequence', // weak: digits in order
  'pin_year', // weak: a year
  'pin_in_number', // weak: part of the card's number
  'bureau_unknown', // no operator admitted this bureau, or it was removed
  'plastic_exists', // the card has a living plastic already
  'plastic_unknown', // no such plastic, or not of this card
  'plastic_state', // that step does not fit it now
  'plastic_elsewhere', // another terminal may activate it, this one not
  'plastic_mismatch', // what was read does not stand on this plastic
  'plastic_blocked', // too many wrong readings
  'page_unknown', // no such page, or it was answered
  'page_expired', // the page's ten minutes are over
  'verification_mismatch', // the code was made for another purpose or card
  'sim_unknown', // no such SIM, or not this cardholder's
  'sim_not_active', // it was not personalised yet, or was removed
  'sim_other', // its answer is not by this SIM's key over this statement
  'sim_replayed', // this sealed record was shown for another payment
  'sim_record_invalid', // the sealed record does not open or is no record
  'sim_written', // other cards were written into it
  'sim_channel_broken', // what came back is not this SIM's answer, or it refused a command
  'bridge_invalid', // not signed by the bridge that this terminal linked
  'reader_invalid', // the reader’s MAC does not verify, or the message is no reader’s
  'sale_unknown', // no offer was made for it, or not by this vault
  'sale_over', // it has ended: paid, refused, too late, or its vault was restarted
  'sale_replayed', // a sequence number that was used, with other bytes
  'sale_broken', // authentic, but not sealed for this sale: it is over
  'chip_unknown', // no operator admitted this chip, or it is not this terminal's
  'chip_paired', // it belongs to another person, until they remove it
  'chip_code_invalid', // not made by this chip for exactly this
  'chip_replayed', // a counter that was used or skipped, with another code
  'epoch_closed', // codes are made for the present epoch and its neighbours only
  'card_moved', // the card's home is another terminal of the same person
  'proofs_missing', // fewer than two proofs of different methods have passed
  'proofs_too_new', // the waiting time after the proofs is not over
  'bin_exhausted', // the program's range has no free number
] as const
export type VaultRefusal = (typeof vaultRefusals)[number]

/** A row of the operations table. */
export type Operation = {
  readonly summary: string
  readonly input: TObject
  readonly output: TObject
  readonly refuses: readonly VaultRefusal[]
  /** `pure`: recomputed from its input. `stored`: the first answer is kept and given again. */
  readonly idempotent: 'pure' | 'stored'
}

/** The body of a presented payment: what the terminal signs with RFC 9421. */
export const presentBody = closed({
  kind: Type.Optional(Type.Literal('wallet')),
  statement: paymentStatement,
  blob: blobText,
  assertion: Type.Optional(assertion),
})
export type PresentBody = Static<typeof presentBody>
