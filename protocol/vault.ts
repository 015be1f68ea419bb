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
import { type Static, type TObject, Type } from 'typebox'
import { entryMessage, entrySuites } from './entry-device.ts'
import { idOf } from './ids.ts'
import { blobText, mandateContent, paymentStatement, sealedMessage } from './sealed.ts'
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

/** A request signed by a terminal (RFC 9421), as it came over the wire: this is the evidence. */
export const signedRequest = closed({
  method: Type.Union([Type.Literal('POST'), Type.Literal('GET')]),
  path: Type.String({ maxLength: 300, pattern: '^/v1/[A-Za-z0-9_/.-]+$' }),
  query: Type.String({ maxLength: 300 }),
  content_digest: Type.String({ maxLength: 100 }),
  counter: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }),
  signature_input: Type.String({ maxLength: 400 }),
  signature: Type.String({ maxLength: 200 }),
  body: base64url(16384),
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
  'code_wrong', // one-time code: wrong, tries left
  'code_expired', // one-time code: past its time
  'code_exhausted', // one-time code: no tries left
  'device_unknown', // no such entry device, or this key serial number was never given to it
  'device_not_active', // the entry device is suspended
  'entry_invalid', // the entry device's message does not verify or holds no card
  'entry_mismatch', // the same key serial number, bound to another device or suite
  'ksn_replayed', // a used or older counter with other bytes
  'network_absent', // the card is not ours, and no connector takes it
  'network_silent', // its acquirer has not answered yet: ask again with the same bytes
  'bin_exhausted', // the program's range has no free number
] as const
export type VaultRefusal = (typeof vaultRefusals)[number]

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

type Operation = {
  readonly summary: string
  readonly input: TObject
  readonly output: TObject
  readonly refuses: readonly VaultRefusal[]
  /** `pure`: recomputed from its input. `stored`: the first answer is kept and given again. */
  readonly idempotent: 'pure' | 'stored'
}

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
      'Verify a passkey’s yes to a mandate, over SHA-256(JCS(content)), and tell whose it is.',
    input: closed({ content: mandateContent, assertion }),
    output: closed({ cardholder: idOf('chl'), mandate: idOf('mdt') }),
    refuses: ['passkey_unknown', 'assertion_invalid'],
    idempotent: 'pure',
  },
  admit_terminal: {
    summary:
      'Bind a terminal’s two keys: its own signature and the owner’s passkey assertion are over ' +
      'the same bytes, JCS(enrolment). Answers with 32 bytes sealed to the sealing key.',
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
    }),
    refuses: ['passkey_invalid', 'passkey_unknown', 'enrolment_invalid', 'terminal_exists'],
    idempotent: 'stored',
  },
  confirm_terminal: {
    summary: 'The terminal opened the sealed bytes: HMAC-SHA-256(exported key, bytes) proves it.',
    input: closed({ terminal: idOf('trm'), proof: base64url(32, 32) }),
    output: closed({ terminal: idOf('trm') }),
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
    summary: 'Seal a card for the vault, then to an admitted terminal of the same cardholder.',
    input: closed({
      card: idOf('crd'),
      terminal: idOf('trm'),
      scheme: Type.Literal('double_sealed'),
      now: instant,
    }),
    output: closed({
      inner_digest: digest,
      sealed: sealedMessage,
      inner_key: keyName,
    }),
    refuses: ['card_unknown', 'terminal_unknown', 'terminal_not_admitted', 'cardholder_mismatch'],
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
      'blob_invalid',
    ],
    idempotent: 'pure',
  },
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
  suspend_device: {
    summary: 'Open nothing more of this entry device, or again.',
    input: closed({ device: idOf('edv'), suspended: Type.Boolean() }),
    output: closed({ device: idOf('edv') }),
    refuses: ['device_unknown'],
    idempotent: 'pure',
  },
  remove_terminal: {
    summary: 'Forget a terminal: nothing is sealed to it or opened for it again.',
    input: closed({ terminal: idOf('trm') }),
    output: closed({ terminal: idOf('trm') }),
    refuses: ['terminal_unknown'],
    idempotent: 'pure',
  },
  audit_head: {
    summary: 'Size, root and signature of this vault’s audit chain.',
    input: closed({}),
    output: closed({
      chain: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
      size: Type.Integer({ minimum: 0 }),
      head: digest,
      signed_size: Type.Integer({ minimum: 0 }),
      signature: base64url(64, 64),
      signing_key: publicJwk,
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

/** The body of a presented payment: what the terminal signs with RFC 9421. */
export const presentBody = closed({
  statement: paymentStatement,
  blob: blobText,
  assertion: Type.Optional(assertion),
})
export type PresentBody = Static<typeof presentBody>
