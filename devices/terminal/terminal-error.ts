/** Why a terminal itself says no, before or instead of asking the platform. Browser-safe. */
import type { PinWeakness } from '@warifu/protocol/pins'

export type TerminalErrorCode =
  | 'not_joined' // there is no passkey yet
  | 'not_enrolled' // there are no keys yet
  | 'unanswered' // a request is without answer: send it again first
  | 'nothing_unanswered'
  | 'origin_mismatch' // the platform speaks for another origin than this wallet's
  | 'link_invalid' // not a payment link of this wallet's origin
  | 'order_mismatch' // the lines shown are not those that would be signed
  | 'card_not_installed'
  | 'seal_invalid'
  | 'vault_key_invalid' // a key that the pinned vault did not sign
  | PinWeakness // a PIN that is too easy to guess
  | 'seal_expired'
  | 'digest_mismatch'
  | 'scheme_mismatch' // the card came by another scheme than was asked for
  | 'key_invalid' // not a key of the vault that this terminal pinned, or an older one
  | 'key_expired'
  | 'device_not_near' // a proximity device that does not answer
  | 'device_paired' // it has a phone already
  | 'device_refused'
  | 'certificate_unreadable' // no certificate in what was given
  | 'certificate_of_other_key' // not issued for this terminal's request
  | 'label_wrong' // the label is another device's

export class TerminalError extends Error {
  override readonly name = 'TerminalError'
  readonly code: TerminalErrorCode
  constructor(code: TerminalErrorCode, what: string, options?: ErrorOptions) {
    super(what, options)
    this.code = code
  }
}
