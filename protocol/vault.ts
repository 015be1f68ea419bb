/**
 * The vault's operations: every shape that goes in and every shape that comes out.
 *
 * Laws that can be read off this table, and that vault/laws.test.ts checks row by row:
 * - no operation takes a recipient's key, except `admit_terminal`, which takes it with a passkey's
 *   assertion over its thumbprint; later operations name the terminal by id;
 * - no output has a card number, a PIN, a security code or a private key: outputs are closed
 *   objects of ids, digests, ciphertexts and check values, without free text;
 * - every operation is idempotent: same bytes, same answer.
 */
import { type Static, Type } from 'typebox'
import { approvalContent } from './approval-content.ts'
import { delivery } from './delivery.ts'
import { entryMessage, entrySuites } from './entry-device.ts'
import { idOf } from './ids.ts'
import { schemes } from './schemes.ts'
import { sealedMessage } from './sealed.ts'
import {
  assertion,
  attestation,
  base64url,
  closed,
  digest,
  instant,
  lastFour,
  nullable,
  oneOf,
  publicJwk,
  yearMonth,
} from './shapes.ts'
import { arrivalOperations } from './vault-arrivals.ts'
import { chipOperations } from './vault-chips.ts'
import { codeOperations } from './vault-code.ts'
import { issuingOperations } from './vault-issuing.ts'
import { keyOperations } from './vault-keys.ts'
import { pinOperations } from './vault-pins.ts'
import { plasticOperations } from './vault-plastic.ts'
import { readerOperations } from './vault-reader.ts'
import { schemeOperations } from './vault-schemes.ts'
import { keyName, type Operation, signedRequest, type VaultRefusal } from './vault-shapes.ts'
import { simOperations } from './vault-sims.ts'

export {
  type KeyName,
  type PresentBody,
  presentBody,
  type SignedRequest,
  type VaultRefusal,
  vaultRefusals,
} from './vault-shapes.ts'

/** What became of a card of another company; `network_timeout`: no answer came, it was reversed. */
export const networkOutcomes = [
  'approved',
  'insufficient_funds',
  'card_not_active',
  'card_expired',
  'security_code_wrong',
  'network_timeout',
] as const
export type NetworkOutcome = (typeof networkOutcomes)[number]

const chainName = Type.String({ pattern: '^[a-z0-9-]{1,40}$' })
const auditWord = Type.String({ pattern: '^[a-z][a-z0-9_]{0,59}$' })
/** A record of the audit chain without the ids in it; its digest is over all of it. */
const auditRecord = closed({
  seq: Type.Integer({ minimum: 1 }),
  at: instant,
  calls: Type.Array(closed({ operation: auditWord, result: auditWord })),
  leaf: digest,
  head: digest,
})

export const vaultOperations = {
  register_passkey: {
    summary: 'Verify a new passkey (user verified) and bind it to a cardholder.',
    input: closed({
      cardholder: idOf('chl'),
      challenge: base64url(64, 32),
      attestation,
    }),
    output: closed({ credential_id: base64url(1024, 1), device_bound: Type.Boolean() }),
    refuses: ['passkey_invalid', 'credential_exists'],
    idempotent: 'stored',
  },
  verify_login: {
    summary:
      'Verify a passkey assertion for log-in and tell whose it is. Its challenge is ' +
      'SHA-256("warifu/1/login" ‖ 0x00 ‖ nonce): a log-in vouches for nothing else.',
    input: closed({ nonce: base64url(32, 32), assertion }),
    output: closed({ cardholder: idOf('chl'), credential_id: base64url(1024, 1) }),
    refuses: ['passkey_invalid', 'passkey_unknown'],
    idempotent: 'pure',
  },
  verify_assent: {
    summary:
      'Verify a passkey’s yes to what a person was asked, over SHA-256(JCS(content)), and tell ' +
      'whose it is.',
    input: closed({ content: approvalContent, assertion }),
    output: closed({ cardholder: idOf('chl'), content_digest: digest }),
    refuses: ['passkey_unknown', 'assertion_invalid'],
    idempotent: 'pure',
  },
  admit_terminal: {
    summary:
      'Bind a terminal’s two keys: its own signature and the owner’s passkey assertion are over ' +
      'the same bytes, JCS(enrolment). Answers with 32 bytes sealed to the sealing key, and with ' +
      'the vault’s signing key, to be pinned.',
    input: closed({
      terminal: idOf('trm'),
      cardholder: idOf('chl'),
      nonce: base64url(32, 32),
      sealing_key: publicJwk,
      signing_key: publicJwk,
      signature: base64url(64, 64),
      assertion,
      now: instant,
    }),
    output: closed({
      sealing_thumbprint: digest,
      signing_thumbprint: digest,
      challenge: sealedMessage,
      vault_key: publicJwk,
    }),
    refuses: ['passkey_invalid', 'passkey_unknown', 'enrolment_invalid', 'terminal_exists'],
    idempotent: 'stored',
  },
  confirm_terminal: {
    summary: 'The terminal opened the sealed bytes: HMAC-SHA-256(exported key, bytes) proves it.',
    input: closed({ terminal: idOf('trm'), proof: base64url(32, 32) }),
    output: closed({ terminal: idOf('trm'), admitted: Type.Boolean() }),
    refuses: ['terminal_unknown', 'proof_invalid'],
    idempotent: 'pure',
  },
  make_code: {
    summary: 'Make the six-digit one-time code of a verification; tries are counted here.',
    input: closed({
      verification: idOf('ver'),
      tries: Type.Integer({ minimum: 1, maximum: 10 }),
      expires_at: instant,
    }),
    output: closed({ code: Type.String({ pattern: '^[0-9]{6}$' }) }),
    refuses: ['code_exhausted'],
    idempotent: 'stored',
  },
  check_code: {
    summary: 'Compare a typed code, in constant time; the same attempt is counted once.',
    input: closed({
      verification: idOf('ver'),
      attempt: idOf('req'),
      code: Type.String({ pattern: '^[0-9]{6}$' }),
      now: instant,
    }),
    output: closed({ verification: idOf('ver') }),
    refuses: ['code_wrong', 'code_expired', 'code_exhausted'],
    idempotent: 'stored',
  },
  make_card: {
    summary: 'Make number (BIN range, Luhn), expiry and security code; keep them sealed.',
    input: closed({
      card: idOf('crd'),
      cardholder: idOf('chl'),
      bin: Type.String({ pattern: '^[0-9]{6,8}$' }),
      expires: yearMonth,
    }),
    output: closed({
      card: idOf('crd'),
      last4: Type.String({ pattern: '^[0-9]{4}$' }),
      expires: yearMonth,
    }),
    refuses: ['bin_exhausted'],
    idempotent: 'stored',
  },
  seal_card: {
    summary: 'Seal a card by its scheme for an admitted terminal of the same cardholder.',
    input: closed({
      card: idOf('crd'),
      terminal: idOf('trm'),
      scheme: oneOf(schemes),
      now: instant,
    }),
    output: closed({
      inner_digest: digest,
      expires_at: instant,
      delivery,
      inner_key: keyName,
    }),
    refuses: [
      'card_unknown',
      'terminal_unknown',
      'terminal_not_admitted',
      'cardholder_mismatch',
      'scheme_mismatch',
    ],
    idempotent: 'stored',
  },
  open_card: {
    summary:
      'Verify who sends (terminal’s signature, passkey’s assertion if there is one), then open ' +
      'the blob and answer with the card it carries.',
    input: closed({ terminal: idOf('trm'), request: signedRequest }),
    output: closed({
      card: idOf('crd'),
      cardholder: idOf('chl'),
      content_digest: digest,
      user_verified: Type.Boolean(),
      signed_with: keyName,
      opened_with: keyName,
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'blob_mismatch',
      'cardholder_mismatch',
      'card_unknown',
      'scheme_mismatch',
      'card_moved',
      'card_not_activated',
      'payment_key_expired',
      'blob_invalid',
    ],
    idempotent: 'pure',
  },
  ...schemeOperations,
  ...codeOperations,
  make_device_keys: {
    summary:
      'A new initial key for an admitted entry device, as an X9.143 key block under the key ' +
      'protection key that the vault made for this device and nobody else’s.',
    input: closed({ device: idOf('edv'), request: idOf('req') }),
    output: closed({
      device: idOf('edv'),
      suite: oneOf(entrySuites),
      key_block: Type.String({ pattern: '^[DB][0-9]{4}B1[A-Z0-9]{8,490}$' }),
      initial_key_id: Type.String({ pattern: '^[0-9A-F]{16}([0-9A-F]{4})?$' }),
      check_value: Type.String({ pattern: '^[0-9A-F]{6}$' }),
    }),
    refuses: ['device_unknown', 'device_not_active'],
    idempotent: 'stored',
  },
  open_entry: {
    summary:
      'Verify an entry device’s message (MAC before anything), move its counter, open it, and ' +
      'answer with the card it carries and how expiry, security code, PIN and chip compare.',
    input: closed({ message: entryMessage }),
    output: closed({
      card: nullable(idOf('crd')),
      last4: lastFour,
      expiry: oneOf(['match', 'mismatch', 'absent'] as const),
      security_code: oneOf(['match', 'mismatch', 'absent'] as const),
      pin: oneOf(['verified', 'wrong', 'blocked', 'absent'] as const),
      cryptogram: oneOf(['verified', 'invalid', 'absent'] as const),
      /** `waiting`: plastic was made for it, and what was entered is not the living one. */
      plastic: oneOf(['none', 'waiting', 'active'] as const),
      opened_with: keyName,
    }),
    refuses: [
      'device_unknown',
      'device_not_active',
      'entry_invalid',
      'entry_mismatch',
      'ksn_replayed',
    ],
    idempotent: 'pure',
  },
  authorize_network: {
    summary:
      'Ask another company’s acquirer for what an entry device’s message was made for. The card is ' +
      'named for its merchant alone; the same message is authorised once.',
    input: closed({ message: entryMessage }),
    output: closed({ outcome: oneOf(networkOutcomes), card: idOf('ncr'), last4: lastFour }),
    refuses: [
      'device_unknown',
      'device_not_active',
      'entry_invalid',
      'entry_mismatch',
      'ksn_replayed',
      'network_absent',
      'network_silent',
    ],
    idempotent: 'pure',
  },
  ...chipOperations,
  ...issuingOperations,
  ...arrivalOperations,
  ...pinOperations,
  ...plasticOperations,
  suspend_device: {
    summary: 'Open nothing more of this entry device, or again.',
    input: closed({ device: idOf('edv'), suspended: Type.Boolean() }),
    output: closed({ device: idOf('edv') }),
    refuses: ['device_unknown'],
    idempotent: 'pure',
  },
  ...readerOperations,
  remove_terminal: {
    summary: 'Forget a terminal: nothing is sealed to it or opened for it again.',
    input: closed({ terminal: idOf('trm') }),
    output: closed({ terminal: idOf('trm') }),
    refuses: ['terminal_unknown'],
    idempotent: 'pure',
  },
  ...simOperations,
  ...keyOperations,
  audit_head: {
    summary:
      'Size, root and signature of an audit chain: of this vault’s own, or of another vault’s on ' +
      'the same database; and which there are.',
    input: closed({ chain: Type.Optional(chainName) }),
    output: closed({
      chain: chainName,
      chains: Type.Array(chainName),
      size: Type.Integer({ minimum: 0 }),
      head: digest,
      signed_size: Type.Integer({ minimum: 0 }),
      signature: base64url(64, 64),
      signing_key: publicJwk,
    }),
    refuses: [],
    idempotent: 'pure',
  },
  audit_page: {
    summary:
      'The records after a place in the audit chain: when, what, with which result; no names.',
    input: closed({ after: Type.Integer({ minimum: 0 }), chain: Type.Optional(chainName) }),
    output: closed({
      chain: chainName,
      records: Type.Array(auditRecord),
    }),
    refuses: [],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>

export type VaultOperations = typeof vaultOperations
export type VaultOperation = keyof VaultOperations
export type VaultInput<O extends VaultOperation> = Static<VaultOperations[O]['input']>
export type VaultOutput<O extends VaultOperation> = Static<VaultOperations[O]['output']>

/** One call and one answer. A frame carries an array of them: 4-byte length (big-endian), JSON. */
export type VaultCall<O extends VaultOperation = VaultOperation> = {
  readonly id: number
  readonly operation: O
  readonly input: VaultInput<O>
}
export type VaultAnswer =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly refusal: VaultRefusal }
  | { readonly id: number; readonly ok: false; readonly fault: 'vault_unavailable' }

/** The longest frame either side accepts, in bytes. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024
