/** The vault's operations on PINs, and the public key that PINs are sealed to. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { pinState, vaultKey, vaultKeyUses } from './pins.ts'
import { closed, instant, oneOf } from './shapes.ts'
import { type Operation, signedRequest } from './vault-shapes.ts'

const sender = [
  'terminal_unknown',
  'terminal_not_admitted',
  'signature_invalid',
  'statement_invalid',
  'assertion_invalid',
  'card_unknown',
  'cardholder_mismatch',
] as const

export const pinOperations = {
  vault_key: {
    summary: 'The public key for a use, signed by the vault’s vouching key, which terminals pin.',
    input: closed({ use: oneOf(vaultKeyUses) }),
    output: vaultKey,
    refuses: [],
    idempotent: 'pure',
  },
  set_pin: {
    summary:
      'Set or change a card’s PIN: verify the terminal’s signature and the passkey’s assertion, ' +
      'then open the sealed PIN, refuse a weak one, and keep a keyed hash of its block.',
    input: closed({ terminal: idOf('trm'), request: signedRequest, now: instant }),
    output: pinState,
    refuses: [
      ...sender,
      'pin_sealed_wrong',
      'pin_expired',
      'pin_replayed',
      'pin_blocked',
      'pin_unchanged',
      'pin_repeats',
      'pin_sequence',
      'pin_year',
      'pin_in_number',
    ],
    idempotent: 'stored',
  },
  unblock_pin: {
    summary:
      'Give a blocked PIN its tries again: terminal’s signature, passkey’s assertion, and the ' +
      'code of a verification that the vault counts itself.',
    input: closed({ terminal: idOf('trm'), request: signedRequest, now: instant }),
    output: pinState,
    refuses: [
      ...sender,
      'pin_not_blocked',
      'code_wrong',
      'code_expired',
      'code_exhausted',
      'verification_mismatch',
    ],
    idempotent: 'stored',
  },
  make_pin_code: {
    summary:
      'Tie a verification’s code to the one card whose PIN it may unblock, before it is sent: a ' +
      'code that was made for something else unblocks nothing.',
    input: closed({
      verification: idOf('ver'),
      card: idOf('crd'),
      tries: Type.Integer({ minimum: 1, maximum: 10 }),
      expires_at: instant,
    }),
    output: closed({ code: Type.String({ pattern: '^[0-9]{8}$' }) }),
    refuses: ['card_unknown', 'code_exhausted'],
    idempotent: 'stored',
  },
  pin_state: {
    summary: 'Whether a card has a PIN, and how many tries it has left.',
    input: closed({ card: idOf('crd') }),
    output: pinState,
    refuses: ['card_unknown'],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
