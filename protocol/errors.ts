/**
 * Every code with which the platform says no, in one table: what kind it is, what to do, and the
 * words for the person at the phone, the shop, and the operator. The HTTP status is the api
 * room's business (server/api/status.ts); a code without a row there does not compile.
 */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'idempotency_error'
  | 'conflict_error'
  | 'card_error'
  | 'approval_error'
  | 'vault_error'
  | 'api_error'

export type Advice =
  | 'retry_now'
  | 'retry_later'
  | 'do_not_retry'
  | 'fix_request'
  | 'request_approval_again'
  | 'use_other_card'
  | 'contact_issuer'

/** The same, said three ways; empty where nobody of that kind can meet it. */
export type Words = readonly [cardholder: string, merchant: string, operator: string]

type ErrorRow = {
  readonly type: ErrorType
  readonly advice: Advice
  readonly cardholder: string
  readonly merchant: string
  readonly operator: string
}

const row = (type: ErrorType, advice: Advice, words: Words): ErrorRow => ({
  type,
  advice,
  cardholder: words[0],
  merchant: words[1],
  operator: words[2],
})

const bug = 'The app sent a request we cannot read. Nothing was charged.'

// biome-ignore format: a table reads by its columns
export const errors = {
  // The request itself
  malformed_json: row('invalid_request_error', 'fix_request', [bug, 'The body is not JSON.', 'Body did not parse as JSON.']),
  field_invalid: row('invalid_request_error', 'fix_request', [bug, 'A field is missing or has the wrong form; `param` names it.', 'Schema refused the field in `param`.']),
  field_unknown: row('invalid_request_error', 'fix_request', [bug, 'The endpoint does not know the field in `param`.', 'Unknown fields are refused.']),
  body_too_large: row('invalid_request_error', 'fix_request', [bug, 'The body is larger than the endpoint takes.', 'Body over the limit.']),
  not_found: row('invalid_request_error', 'fix_request', ['We cannot find that.', 'No such object, or it is not yours.', 'Unknown id, or another owner’s.']),
  too_many_streams: row('invalid_request_error', 'retry_later', ['This wallet is open too often at once. Close a tab.', 'Too many streams are open under this API key.', 'Limit of open streams reached, for this caller or for the process.']),
  scope_missing: row('permission_error', 'fix_request', ['', 'This key is restricted: it may not do that.', 'The restricted key lacks the scope that the endpoint needs.']),
  test_only: row('permission_error', 'do_not_retry', ['This works in the sandbox only.', 'Test helpers are refused in live mode.', 'Sandbox endpoint called in live mode.']),

  // Who is asking
  unauthenticated: row('authentication_error', 'fix_request', ['Please log in again.', 'The request carries no valid credential for this endpoint.', 'Credential missing or of the wrong kind.']),
  api_key_invalid: row('authentication_error', 'fix_request', ['', 'This API key is unknown, expired or revoked.', 'API key hash not found or not active.']),
  session_invalid: row('authentication_error', 'retry_now', ['Please log in again.', '', 'Session unknown or past its 15 minutes.']),
  operator_unknown: row('authentication_error', 'fix_request', ['', 'This is nobody’s token, or no longer.', 'Token of no active operator.']),
  role_missing: row('permission_error', 'do_not_retry', ['', 'Your role does not allow this.', 'None of the roles that the endpoint names.']),
  console_session_invalid: row('authentication_error', 'retry_now', ['', 'Please sign in again.', 'Please sign in again: the session is over.']),
  origin_refused: row('permission_error', 'do_not_retry', ['', 'This did not come from the console’s own page.', 'A console session with a foreign Origin, or a write without the header Warifu-Console: 1.']),
  invitation_unknown: row('authentication_error', 'contact_issuer', ['', 'This invitation was used, has expired, or is nobody’s. Ask for another.', 'This invitation was used, has expired, or is nobody’s. Ask for another.']),
  link_unknown: row('authentication_error', 'contact_issuer', ['', 'This link has ended, or is nobody’s. Ask for another.', 'This link has ended, or is nobody’s. Ask for another.']),
  act_own: row('permission_error', 'do_not_retry', ['', '', 'You asked for this yourself: another person has to agree.']),
  act_changed: row('conflict_error', 'fix_request', ['', '', 'What is asked for has changed since you read it. Read it again.']),
  act_over: row('conflict_error', 'do_not_retry', ['', '', 'This was answered already, or its time is over.']),
  act_failed: row('conflict_error', 'do_not_retry', ['', '', 'You agreed, and it could not be done as it was asked for; nothing was changed.']),
  signature_invalid: row('authentication_error', 'do_not_retry', ['This phone could not prove who it is. Nothing was charged.', 'The presenter could not prove who they are.', 'RFC 9421 signature, digest or key id does not verify.']),
  signature_stale: row('authentication_error', 'retry_now', ['The clock of this phone is off, or the request is old. Try again.', '', '`created` is more than 60 seconds away.']),
  terminal_unknown: row('authentication_error', 'do_not_retry', ['This phone is not registered.', 'The presenting phone is not registered.', 'No such terminal.']),
  terminal_not_active: row('permission_error', 'do_not_retry', ['This phone is not active for payments.', 'The presenting phone is not active.', 'Terminal pending, suspended or removed.']),
  terminal_replaced: row('permission_error', 'do_not_retry', ['Another phone of yours has taken the place of this one. Its cards are there now.', 'The presenting phone was replaced by another.', 'Terminal replaced: its owner let another in.']),
  terminal_removed: row('permission_error', 'do_not_retry', ['This phone was removed by another phone of yours. It can no longer pay.', 'The presenting phone was removed by its owner.', 'Terminal removed by another of its owner, or called back.']),
  arrival_state: row('conflict_error', 'do_not_retry', ['That step does not fit this phone’s arrival now.', '', 'Move not allowed from the present state.']),
  no_other_phone: row('conflict_error', 'do_not_retry', ['There is no other active phone of yours that could say yes.', '', 'No active terminal to ask.']),
  counter_stale: row('authentication_error', 'do_not_retry', ['This request is older than one we already have. Nothing was charged.', 'An old request was presented again.', 'Counter below the last one and never seen.']),
  counter_forked: row('authentication_error', 'contact_issuer', ['Two copies of this wallet are in use. We stopped it to protect you.', 'The presenting phone was stopped.', 'Same counter, other bytes: terminal suspended, owner told.']),

  // Once means once
  idempotency_key_missing: row('idempotency_error', 'fix_request', ['', 'This endpoint needs an Idempotency-Key header (1 to 255 characters).', 'Header absent.']),
  idempotency_key_reused: row('idempotency_error', 'do_not_retry', ['', 'This Idempotency-Key was used with another body.', 'Key seen with another body digest.']),
  card_already_chosen: row('conflict_error', 'request_approval_again', ['This payment was started with another card.', 'This payment was started with another card.', 'The claim names another account.']),

  // Joining and terminals
  challenge_expired: row('authentication_error', 'retry_now', ['That took too long. Please start again.', '', 'Challenge unknown, used or past its deadline.']),
  passkey_invalid: row('authentication_error', 'do_not_retry', ['The passkey could not be checked.', '', 'WebAuthn verification failed in the vault.']),
  passkey_unknown: row('authentication_error', 'do_not_retry', ['We do not know this passkey.', '', 'Credential not registered, or another cardholder’s.']),
  credential_exists: row('conflict_error', 'do_not_retry', ['This passkey is registered already.', '', 'Credential id registered before.']),
  enrolment_invalid: row('authentication_error', 'do_not_retry', ['This phone could not be registered.', '', 'Enrolment statement not vouched for by both keys.']),
  terminal_exists: row('conflict_error', 'do_not_retry', ['This phone is registered already.', '', 'Key thumbprint bound to another terminal.']),
  proof_invalid: row('authentication_error', 'do_not_retry', ['This phone could not prove that it holds its key.', '', 'Proof of the sealing key is wrong.']),

  // Applying and installing
  verification_exhausted: row('approval_error', 'do_not_retry', ['You have tried this as often as it may be tried. Show who you are in another way.', '', 'All tries of this method are used for this application.']),
  document_unreadable: row('approval_error', 'fix_request', ['We cannot read these lines. Copy them exactly as they stand on the document.', '', 'Machine readable zone is of no known form, or a needed field is missing (ICAO 9303).']),
  document_check_digit: row('approval_error', 'fix_request', ['A sign in these lines is not right. Please compare them with your document.', '', 'A check digit of the machine readable zone does not hold (ICAO 9303).']),
  document_expired: row('approval_error', 'do_not_retry', ['This document is no longer valid.', '', 'Document past its date of expiry.']),
  document_birth_date: row('approval_error', 'do_not_retry', ['This document is of somebody with another date of birth.', '', 'Date of birth differs from the application’s.']),
  certificate_unreadable: row('approval_error', 'fix_request', ['We cannot read this certificate.', 'This is no X.509 certificate in DER.', 'Not an X.509 certificate in DER.']),
  certificate_not_trusted: row('approval_error', 'do_not_retry', ['This certificate is of an authority that we do not know.', '', 'No path from the certificate to a trusted root (RFC 5280).']),
  certificate_expired: row('approval_error', 'do_not_retry', ['This certificate is not valid today.', '', 'Certificate or an issuer of it outside of its validity.']),
  certificate_revoked: row('approval_error', 'do_not_retry', ['This certificate was revoked.', '', 'Serial number is on the revocation list.']),
  certificate_unchecked: row('approval_error', 'retry_later', ['We cannot find out whether this certificate is still good. Try again later.', '', 'No good revocation list of an issuer.']),
  certificate_signature: row('approval_error', 'do_not_retry', ['This certificate did not sign your application.', '', 'Signature over the digest of the application does not verify.']),
  card_not_proven: row('approval_error', 'do_not_retry', ['This phone could not prove that it has the card.', '', 'The vault did not find the card in what the terminal signed.']),
  card_not_renewable: row('conflict_error', 'retry_later', ['It is too early to renew this card.', '', 'Outside of the program’s time for renewal.']),
  card_not_fundable: row('conflict_error', 'do_not_retry', ['', 'Money can be put on debit cards only.', 'The card’s program is not debit.']),
  program_closed: row('invalid_request_error', 'do_not_retry', ['This card is not offered.', '', 'Unknown program, or scheme or method not offered by it.']),
  application_state: row('conflict_error', 'fix_request', ['That step does not fit this application now.', '', 'Move not allowed from the present state.']),
  application_expired: row('conflict_error', 'do_not_retry', ['This application has expired. Please apply again.', '', 'Past its deadline.']),
  code_wrong: row('approval_error', 'retry_now', ['That code is not right.', '', 'Wrong one-time code; tries left.']),
  code_expired: row('approval_error', 'retry_now', ['That code has expired. Ask for a new one.', '', 'One-time code past its deadline.']),
  code_exhausted: row('approval_error', 'do_not_retry', ['Too many wrong codes. Ask for a new one.', '', 'No tries left.']),
  installation_mismatch: row('conflict_error', 'do_not_retry', ['What was installed is not what we sent.', '', 'Confirmed digest differs from the sealed one.']),
  activation_unknown: row('authentication_error', 'do_not_retry', ['This card cannot be activated from here.', '', 'No such one-time number, or another terminal’s.']),
  activation_used: row('conflict_error', 'do_not_retry', ['This card was activated already.', '', 'The one-time number came back before.']),
  activation_expired: row('conflict_error', 'request_approval_again', ['That took too long. Fetch the card again.', '', 'The one-time number is past its time.']),
  bin_exhausted: row('api_error', 'contact_issuer', ['No card can be made right now.', '', 'The program’s BIN range has no free number.']),

  // Paying
  already_claimed: row('conflict_error', 'do_not_retry', ['Another phone has opened this payment.', 'Another phone has opened this payment.', 'Link claimed by another terminal.']),
  settlement_state: row('conflict_error', 'do_not_retry', ['', 'This settlement is closed: there is no run to hold.', 'Settlement is not collecting.']),
  payout_state: row('conflict_error', 'do_not_retry', ['', 'This payout has ended in another way.', 'Payout is not pending.']),
  payment_state: row('conflict_error', 'do_not_retry', ['This payment has already ended or is not yours to act on.', 'That step does not fit the payment’s present state.', 'Move not allowed from the present state.']),
  payment_expired: row('conflict_error', 'request_approval_again', ['The time for this payment is over. Nothing was charged.', 'The deadline passed. Nothing was charged.', 'Past deadline_at.']),
  approval_mismatch: row('approval_error', 'request_approval_again', ['What was approved is not what the shop asked for. Nothing was charged.', 'The approval does not match this payment.', 'Digest of the signed content differs from the stored approval.']),
  approval_denied: row('approval_error', 'do_not_retry', ['You refused this payment.', 'The cardholder refused.', 'Denied on the terminal.']),
  cardholder_not_reached: row('approval_error', 'retry_later', ['You did not answer in time. Nothing was charged.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'Nobody found, not reachable, muted, silent or superseded: the approval and the private timeline tell which.']),
  match_number_wrong: row('approval_error', 'request_approval_again', ['That is not the number the till shows. Nothing was charged.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'The number entered differs from the one shown on the till.']),
  not_me: row('approval_error', 'do_not_retry', ['You said that this was not you. Nothing was charged, and the shop cannot ask you again.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'The cardholder disowned the request; its merchant is muted for them.']),
  too_many_requests: row('invalid_request_error', 'retry_later', ['Too many requests. Please wait a little.', 'Too many requests of this kind. Please wait a little.', 'A rate limit was reached.']),
  user_verification_required: row('approval_error', 'request_approval_again', ['Please confirm with your passkey.', 'The cardholder must confirm with a passkey.', 'Amount above what the signature alone may approve.']),
  assertion_invalid: row('approval_error', 'request_approval_again', ['The passkey’s confirmation is not for this payment.', 'The confirmation is not for this payment.', 'Assertion challenge, origin, user verification or signature is wrong.']),
  statement_invalid: row('approval_error', 'do_not_retry', ['The app sent a confirmation we cannot read. Nothing was charged.', 'The confirmation is not readable.', 'Signed body is not a payment statement.']),
  card_moved: row('card_error', 'use_other_card', ['This card lives on another phone of yours now. Nothing was charged.', 'The card was moved to another phone.', 'Home of the card is another terminal.']),
  blob_mismatch: row('card_error', 'do_not_retry', ['This is not the card that was confirmed. Nothing was charged.', 'The presented card is not the confirmed one.', 'Digest of the blob differs from the signed one.']),
  blob_invalid: row('card_error', 'contact_issuer', ['The card on this phone cannot be read. Nothing was charged.', 'The card cannot be read.', 'Blob does not open: altered, or another vault’s.']),
  cardholder_mismatch: row('card_error', 'do_not_retry', ['This card belongs to somebody else.', 'The card does not belong to the presenter.', 'Card and terminal belong to different cardholders.']),
  scheme_mismatch: row('card_error', 'do_not_retry', ['This card is not kept the way it was issued. Nothing was charged.', 'The card cannot be read.', 'Scheme of the statement is not the card’s.']),
  card_not_activated: row('card_error', 'contact_issuer', ['This card is not activated yet. Nothing was charged.', 'The card is not active.', 'Its one-time number has not come back.']),
  payment_key_expired: row('card_error', 'request_approval_again', ['This card must be refreshed. Nothing was charged.', 'The card must be refreshed.', 'Sealed to a payment key of an epoch that is over.']),
  card_unknown: row('card_error', 'contact_issuer', ['We do not know this card.', 'The card is unknown.', 'No such card.']),
  card_not_active: row('card_error', 'use_other_card', ['This card is not active.', 'The card is not active.', 'Card or account is not active.']),
  currency_mismatch: row('card_error', 'use_other_card', ['This card does not pay in that currency.', 'The card does not pay in this currency.', 'Account currency differs.']),
  limit_exceeded: row('card_error', 'use_other_card', ['This is above a limit of your card.', 'Above a limit of the card.', 'Per-transaction, day or month limit.']),
  count_exceeded: row('card_error', 'use_other_card', ['This card has made as many payments as it may.', 'The card has made as many payments as it may.', 'Count of payments in the day or month.']),
  card_used_up: row('card_error', 'use_other_card', ['This card was for one use, and it was used.', 'The card has no use left.', 'No uses left.']),
  merchant_not_allowed: row('card_error', 'use_other_card', ['This card does not pay at this shop.', 'The card does not pay at this shop.', 'Merchant outside of the card’s controls, or another than it is locked to.']),
  category_not_allowed: row('card_error', 'use_other_card', ['This card does not pay for this kind of shop.', 'The card does not pay at this kind of shop.', 'Merchant category outside of the card’s controls.']),
  insufficient_funds: row('card_error', 'use_other_card', ['There is not enough left on this card.', 'Not enough funds.', 'Amount above what is available.']),
  amount_above_authorized: row('invalid_request_error', 'fix_request', ['', 'More than what is left of the authorisation.', 'Capture would exceed the approval.']),
  amount_above_captured: row('invalid_request_error', 'fix_request', ['', 'More than what was captured and not yet refunded.', 'Refund would exceed what was captured.']),

  // Entry devices
  device_unknown: row('invalid_request_error', 'fix_request', ['', 'This entry device is not yours, or has no keys.', 'No such device, not this merchant’s, or its key serial number was never issued to it.']),
  device_not_active: row('permission_error', 'do_not_retry', ['', 'This entry device is not active. Nothing was charged.', 'Device registered, suspended, tampered, lost or retired.']),
  device_exists: row('conflict_error', 'do_not_retry', ['', 'A device with this serial number is registered already.', 'Serial number known.']),
  device_state: row('conflict_error', 'fix_request', ['', 'That step does not fit the device’s present status.', 'Move not allowed from the present status.']),
  entry_invalid: row('card_error', 'retry_now', ['The card could not be read. Please enter it again.', 'The message of the entry device does not verify. Enter the card again.', 'MAC, sizes, key serial number or card data of the message are wrong.']),
  entry_mismatch: row('card_error', 'fix_request', ['The card was entered for another sale. Nothing was charged.', 'The card was entered for another sale: amount, merchant or Idempotency-Key differ.', 'Authenticated context differs from the request.']),
  ksn_replayed: row('card_error', 'do_not_retry', ['The card could not be read. Please enter it again.', 'This key serial number was used before with another message. Nothing was charged; an alarm was raised.', 'Used or older counter with other bytes.']),
  security_code_wrong: row('card_error', 'retry_now', ['The security code is not right. Nothing was charged.', 'The security code is wrong.', 'Security code compared in the vault.']),
  card_expired: row('card_error', 'use_other_card', ['The expiry date is not right, or past. Nothing was charged.', 'The expiry date is wrong or past.', 'Expiry compared in the vault, or the card’s last day is over.']),
  pin_wrong: row('card_error', 'retry_now', ['That PIN is not right. Nothing was charged.', 'The PIN is wrong; tries are left.', 'PIN verified in the vault: wrong.']),
  pin_blocked: row('card_error', 'contact_issuer', ['Too many wrong PINs. The PIN is blocked.', 'The PIN is blocked.', 'No tries left, or no PIN was set.']),
  cryptogram_invalid: row('card_error', 'use_other_card', ['The chip could not prove itself. Nothing was charged.', 'The chip’s cryptogram does not verify.', 'ARQC or its counter does not verify in the vault.']),
  plastic_not_active: row('card_error', 'use_other_card', ['This plastic card is not activated. Nothing was charged.', 'The card is not activated.', 'Plastic made and not activated by its owner’s terminal, or an earlier one of the card.']),
  plastic_exists: row('conflict_error', 'do_not_retry', ['This card has its plastic already, or it is on its way.', '', 'A living plastic of the card exists.']),
  plastic_state: row('conflict_error', 'do_not_retry', ['That step does not fit this plastic card now.', '', 'Move not allowed from the present state.']),
  plastic_elsewhere: row('permission_error', 'do_not_retry', ['Only the phone that ordered this plastic card can activate it.', '', 'Another terminal than the applying one.']),
  plastic_mismatch: row('card_error', 'retry_now', ['That is not what stands on this card. Look again.', '', 'What was read differs from the plastic; tries are left.']),
  plastic_blocked: row('card_error', 'contact_issuer', ['Too many wrong readings. This plastic card is dead; order another.', '', 'No tries left for the activation.']),
  page_unknown: row('conflict_error', 'retry_now', ['Please begin the activation again.', '', 'No such page, or it was answered.']),
  page_expired: row('conflict_error', 'retry_now', ['That took too long. Please begin the activation again.', '', 'The page’s ten minutes are over.']),
  bureau_exists: row('conflict_error', 'do_not_retry', ['', '', 'This bureau or its key was let in before.']),
  bureau_unauthenticated: row('authentication_error', 'do_not_retry', ['', '', 'Bureau unknown, ended, or its signature or counter does not verify.']),
  no_verified_phone: row('conflict_error', 'contact_issuer', ['We know no verified phone number of yours. Ask at our counter for a code.', '', 'No verified phone to send a code to.']),
  bureau_unknown: row('api_error', 'contact_issuer', ['No plastic can be made right now.', '', 'No bureau is admitted, or its key is unknown to us.']),
  pin_sealed_wrong: row('invalid_request_error', 'do_not_retry', ['The app sealed this PIN wrongly. The old one stands.', '', 'Sealed PIN does not open, or is for another card or key.']),
  pin_expired: row('conflict_error', 'retry_now', ['That took too long. Please choose the PIN again.', '', 'Sealed PIN past its time.']),
  pin_replayed: row('conflict_error', 'do_not_retry', ['This PIN was sent before. The present one stands.', '', 'Nonce of the sealed PIN was taken before.']),
  pin_unchanged: row('conflict_error', 'fix_request', ['That is your present PIN.', '', 'New PIN is the old one.']),
  pin_repeats: row('invalid_request_error', 'fix_request', ['Too easy to guess: it repeats itself.', '', 'Weak PIN: repetition.']),
  pin_sequence: row('invalid_request_error', 'fix_request', ['Too easy to guess: digits in order.', '', 'Weak PIN: sequence.']),
  pin_year: row('invalid_request_error', 'fix_request', ['Too easy to guess: it reads as a year.', '', 'Weak PIN: a year.']),
  pin_in_number: row('invalid_request_error', 'fix_request', ['Too easy to guess: it is part of the card’s number.', '', 'Weak PIN: part of the card number.']),
  pin_not_blocked: row('conflict_error', 'do_not_retry', ['This PIN is not blocked.', '', 'Nothing to unblock.']),
  verification_mismatch: row('authentication_error', 'do_not_retry', ['This code is for something else.', '', 'Code made for another purpose or card.']),
  card_not_supported: row('card_error', 'use_other_card', ['This card is not taken here.', 'This card is of a company that is not connected.', 'Number outside our ranges; no network connector takes it.']),
  network_timeout: row('card_error', 'retry_later', ['The card’s company did not answer in time. Nothing was charged.', 'The card’s company did not answer in time; what was asked of it is reversed.', 'No answer of the acquirer; reversed by the vault.']),

  // SIMs
  sim_unknown: row('card_error', 'do_not_retry', ['This SIM is not one of yours here.', 'The SIM card is unknown.', 'No such SIM, or another cardholder’s.']),
  sim_not_active: row('card_error', 'use_other_card', ['This SIM does not pay: it is not written yet, or was removed.', 'The SIM card is not active.', 'SIM admitted but not personalised, or removed.']),
  sim_other: row('card_error', 'contact_issuer', ['This is not the SIM that the card was written into. Nothing was charged.', 'The SIM card could not prove itself.', 'INTERNAL AUTHENTICATE does not verify: another SIM, or another payment.']),
  sim_replayed: row('card_error', 'do_not_retry', ['This was read from the SIM for another payment. Nothing was charged.', 'The card data was read for another payment.', 'Sealed record opened for another payment before.']),
  sim_record_invalid: row('card_error', 'contact_issuer', ['What the SIM holds cannot be read. Nothing was charged.', 'The SIM card’s record cannot be read.', 'Record does not open by its company’s key, or is none.']),
  sim_written: row('conflict_error', 'do_not_retry', ['This SIM is in use and holds other cards.', '', 'The SIM is in use and holds other cards.']),
  sim_channel_broken: row('conflict_error', 'retry_now', ['The SIM did not answer as it should. Begin again.', '', 'The SIM’s answers do not verify, or it refused a command. Begin again.']),
  bridge_invalid: row('card_error', 'fix_request', ['The SIM reader of this phone is not linked. Link it again.', 'The presenter’s SIM reader is not linked.', 'Not signed by the bridge that this terminal linked.']),
  pin_digits_wrong: row('card_error', 'retry_now', ['The PIN digits in the SIM are not those of your PIN. Nothing was charged.', 'The PIN digits are wrong; tries are left.', 'PIN digits compared in the vault: wrong.']),
  // Proximity devices
  chip_unknown: row('invalid_request_error', 'fix_request', ['This device is not paired with this phone.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'No such chip, removed, or another terminal’s.']),
  chip_paired: row('conflict_error', 'do_not_retry', ['This device belongs to somebody else. They must remove it first.', '', 'Chip paired by another cardholder.']),
  chip_mismatch: row('approval_error', 'request_approval_again', ['Another device of yours answered. Use the one that the till heard.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'The statement names another device than the one that was heard.']),
  chip_code_invalid: row('approval_error', 'request_approval_again', ['Your device’s code is not for this payment. Nothing was charged.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'Chip code does not verify over the signed content.']),
  chip_replayed: row('approval_error', 'request_approval_again', ['That code of your device was used before. Nothing was charged.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'Chip counter used or gone back, with another code.']),
  device_not_near: row('approval_error', 'retry_now', ['Your device did not answer. Is it near, and switched on? Nothing was charged.', 'The customer could not be reached, or did not answer. Nothing was charged.', 'The terminal could not reach the chip, and said so.']),
  // Readers at phones
  reader_unknown: row('permission_error', 'do_not_retry', ['There is no reader of yours at this phone. Nothing was charged.', 'The customer has no reader that we know. Nothing was charged.', 'No reader registered at the terminal, removed, or not admitted in the vault.']),
  reader_invalid: row('card_error', 'do_not_retry', ['This reader could not prove itself. Nothing was charged.', 'The customer’s reader could not prove itself. Nothing was charged.', 'MAC of the reader does not verify: unknown keys, or tampered.']),
  reader_taken: row('conflict_error', 'do_not_retry', ['This reader belongs to somebody else, who has to remove it first.', '', 'Reader active with another cardholder.']),
  stripe_not_allowed: row('card_error', 'use_other_card', ['This card pays by its chip, not by its stripe. Nothing was charged.', 'The card does not pay by its stripe.', 'The card’s program allows no stripe at a cardholder’s reader.']),
  card_not_read: row('approval_error', 'request_approval_again', ['No card was read in time. Nothing was charged.', 'No card was read in time. Nothing was charged.', 'Step read_card past its deadline.']),
  pin_not_entered: row('approval_error', 'request_approval_again', ['No PIN was entered in time. Nothing was charged.', 'No PIN was entered in time. Nothing was charged.', 'Step enter_pin past its deadline.']),
  sale_over: row('conflict_error', 'request_approval_again', ['This sale is over. Nothing was charged.', 'This sale ended before a card was read to its end. Nothing was charged.', 'The sale’s context is gone: time, its end, or the vault was restarted.']),
  sale_broken: row('card_error', 'request_approval_again', ['What the reader sealed is not for this sale. Nothing was charged.', 'What the customer’s reader sealed is not for this sale. Nothing was charged.', 'Authentic, but sealed for another offer, sequence or context: the sale was ended.']),
  sale_replayed: row('card_error', 'do_not_retry', ['This step was sent before in another form. Nothing was charged.', '', 'Sequence number used before with other bytes: an alarm.']),

  // Tokens
  token_unknown: row('invalid_request_error', 'fix_request', ['', 'No such token, deleted, or another merchant’s.', 'Token not found for this merchant.']),
  consent_missing: row('approval_error', 'request_approval_again', ['', 'The cardholder has not consented to charges in their absence.', 'Merchant-initiated use without a given recurring consent.']),
  consent_exceeded: row('approval_error', 'request_approval_again', ['', 'This is above what the cardholder consented to.', 'Above the cap of the period, past its end, or another currency.']),
  approval_state: row('conflict_error', 'do_not_retry', ['This was answered already.', '', 'Approval is no longer pending.']),
  approval_expired: row('conflict_error', 'do_not_retry', ['The time for this answer is over.', '', 'Past deadline_at.']),

  // Webhooks
  webhook_url_refused: row('invalid_request_error', 'fix_request', ['', 'Events cannot be sent to this address: a public https URL is needed.', 'Not https, with credentials, or a private address that WEBHOOK_ALLOW does not name.']),

  // Reconciliation
  reconciliation_state: row('conflict_error', 'fix_request', ['', 'That step does not fit this reconciliation now: orders are received first, then compared; a file comes whole.', 'Not in the state for it, or of the other kind (file, rows).']),
  difference_state: row('conflict_error', 'do_not_retry', ['', 'This difference is closed already, or that fix does not fit it; `fixes` names those that do.', 'Difference not open, or fix not among its own.']),
  difference_stale: row('conflict_error', 'retry_later', ['', 'What this difference was about has changed since. Nothing was done: compare again.', 'Sale no longer in the state that the comparison saw.']),

  // Ours
  vault_unavailable: row('vault_error', 'retry_now', ['We could not reach the vault. Try again: you are not charged twice.', 'The vault cannot be reached. The same request may be sent again.', 'No answer from the vault.']),
  network_unavailable: row('api_error', 'retry_now', ['The card’s company has not answered yet. Try again: you are not charged twice.', 'The card’s company has not answered yet. Send the same request again.', 'No answer of the acquirer yet.']),
  cardholders_away: row('api_error', 'retry_later', ['', 'The sandbox’s test cardholders do not answer. `npm start` runs them; a sandbox of your own needs CARDHOLDERS_URL.', 'No answer of the test cardholders’ process, or none is set.']),
  overloaded: row('api_error', 'retry_later', ['Very many people are here right now. Try again in a moment: you are not charged twice.', 'We are at our limit. This request was not begun: send the same one again after `Retry-After`.', 'As many requests open as OPEN_REQUESTS allows this process.']),
  internal_error: row('api_error', 'retry_later', ['This did not work on our side. Try again: you are not charged twice.', 'This failed on our side. The same request may be sent again.', 'Unexpected fault; see the log by request id.']),
} as const satisfies Record<string, ErrorRow>

export type Refusal = keyof typeof errors

/** Whether money could have moved: never left to be guessed. */
export type Outcome = 'performed' | 'not_performed' | 'unknown'

export type ErrorBody = {
  readonly error: {
    readonly type: ErrorType
    readonly code: Refusal
    readonly message: string
    readonly param: string | null
    readonly advice: Advice
    readonly outcome: Outcome
    readonly resource: { readonly object: string; readonly id: string } | null
    readonly deadline_at: string | null
    readonly request_id: string
    readonly doc_url: string
  }
}

/** An answer from any room: a value, or a refusal from the one vocabulary. Faults are thrown. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly refusal: Refusal
      readonly param?: string
      /** What was expected of `param`, in words. */
      readonly expected?: string
      /** What is known of the resource the refusal is about. */
      readonly resource?: { readonly object: string; readonly id: string }
      readonly deadlineAt?: string
      /** After how many seconds asking again makes sense. */
      readonly retryAfterS?: number
    }

export const done = <T>(value: T): Answer<T> => ({ ok: true, value })
export type Refused = Extract<Answer<never>, { readonly ok: false }>
export const refused = (refusal: Refusal, param?: string, expected?: string): Refused => ({
  ok: false,
  refusal,
  ...(param === undefined ? {} : { param }),
  ...(expected === undefined ? {} : { expected }),
})
