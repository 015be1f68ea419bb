/** The vault's operation on codes that pay up to a cap (S0); see vault.ts for the table's laws. */
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { base64url, closed, digest, instant } from './shapes.ts'
import { keyName, type Operation, signedRequest } from './vault-shapes.ts'

export const codeOperations = {
  open_code: {
    summary:
      'Verify who made a code with a cap (terminal’s signature, passkey’s assertion), that it is ' +
      'the code that was read, in time and not above its cap, then open the blob beside it.',
    input: closed({
      terminal: idOf('trm'),
      request: signedRequest,
      code: base64url(16, 16),
      amount: minorUnits,
      currency,
      now: instant,
    }),
    output: closed({
      card: idOf('crd'),
      cardholder: idOf('chl'),
      content_digest: digest,
      signed_with: keyName,
      opened_with: keyName,
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'code_expired',
      'cap_exceeded',
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
} as const satisfies Record<string, Operation>
