/** The only place in the house that knows HTTP status codes for refusals. */
import type { Refusal } from '@warifu/protocol/errors'

// biome-ignore format: a table reads by its columns
export const statusOf = {
  malformed_json: 400, field_invalid: 400, field_unknown: 400, body_too_large: 413,
  not_found: 404, test_only: 403, too_many_streams: 429,
  unauthenticated: 401, api_key_invalid: 401, session_invalid: 401, signature_invalid: 401,
  operator_unknown: 401, role_missing: 403,
  signature_stale: 401, terminal_unknown: 401, terminal_not_active: 403,
  counter_stale: 409, counter_forked: 409,
  idempotency_key_missing: 400, idempotency_key_reused: 422, card_already_chosen: 409,
  challenge_expired: 410, passkey_invalid: 401, passkey_unknown: 401, credential_exists: 409,
  enrolment_invalid: 401, terminal_exists: 409, proof_invalid: 401,
  program_closed: 422, application_state: 409, application_expired: 410,
  code_wrong: 422, code_expired: 410, code_exhausted: 410,
  installation_mismatch: 409, bin_exhausted: 503,
  already_claimed: 409, payment_state: 409, payment_expired: 410,
  cardholder_not_reached: 402, match_number_wrong: 422, not_me: 402, too_many_requests: 429,
  approval_mismatch: 422, approval_denied: 402, user_verification_required: 422,
  assertion_invalid: 422, statement_invalid: 422,
  blob_mismatch: 422, blob_invalid: 422, cardholder_mismatch: 403, card_unknown: 404,
  card_not_active: 402, currency_mismatch: 402, limit_exceeded: 402, insufficient_funds: 402,
  count_exceeded: 402, card_used_up: 402, merchant_not_allowed: 402, category_not_allowed: 402,
  amount_above_authorized: 422, amount_above_captured: 422,
  device_unknown: 404, device_not_active: 403, device_exists: 409, device_state: 409,
  entry_invalid: 422, entry_mismatch: 422, ksn_replayed: 409,
  security_code_wrong: 402, card_expired: 402, pin_wrong: 402, pin_blocked: 402,
  cryptogram_invalid: 402, card_not_supported: 402, network_timeout: 402,
  plastic_not_active: 402, plastic_exists: 409, plastic_state: 409, plastic_elsewhere: 403,
  plastic_mismatch: 422, plastic_blocked: 410, page_unknown: 409, page_expired: 410,
  bureau_unknown: 503,
  pin_sealed_wrong: 422, pin_expired: 410, pin_replayed: 409, pin_unchanged: 409,
  pin_repeats: 422, pin_sequence: 422, pin_year: 422, pin_in_number: 422, pin_not_blocked: 409,
  verification_mismatch: 422,
  token_unknown: 404, consent_missing: 402, consent_exceeded: 402,
  approval_state: 409, approval_expired: 410,
  vault_unavailable: 503, network_unavailable: 504, internal_error: 500,
} as const satisfies Record<Refusal, number>

/** Refusals that any endpoint may answer with, by who may call it. */
export const commonRefusals = {
  anyone: ['malformed_json', 'field_invalid', 'field_unknown', 'body_too_large', 'internal_error'],
  sandbox: ['test_only'],
  merchant: ['unauthenticated', 'api_key_invalid'],
  session: ['unauthenticated', 'session_invalid'],
  terminal: [
    'unauthenticated',
    'terminal_unknown',
    'terminal_not_active',
    'signature_invalid',
    'signature_stale',
    'counter_stale',
    'counter_forked',
  ],
  operator: ['unauthenticated', 'operator_unknown', 'role_missing'],
  terminal_by_vault: ['unauthenticated', 'vault_unavailable'],
} as const satisfies Record<string, readonly Refusal[]>
