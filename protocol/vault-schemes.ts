/** The vault's operations of the card schemes: a number that comes back, a key that is renewed. */
import { signedKeyText } from './delivery.ts'
import { idOf } from './ids.ts'
import { closed, instant } from './shapes.ts'
import { type Operation, signedRequest } from './vault-shapes.ts'

export const schemeOperations = {
  activate_card: {
    summary:
      'The terminal sends back, in a signed request, the one-time number that came with its ' +
      'card: it is consumed, and the card may pay.',
    input: closed({ terminal: idOf('trm'), request: signedRequest, now: instant }),
    output: closed({ card: idOf('crd') }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'activation_unknown',
      'activation_used',
      'activation_expired',
    ],
    idempotent: 'stored',
  },
  renew_payment_key: {
    summary:
      'The key that a card’s terminal seals to when it pays, signed anew; of the next epoch ' +
      'where half of its life is over.',
    input: closed({ card: idOf('crd'), terminal: idOf('trm'), now: instant }),
    output: closed({ payment_key: signedKeyText }),
    refuses: [
      'card_unknown',
      'terminal_unknown',
      'terminal_not_admitted',
      'cardholder_mismatch',
      'scheme_mismatch',
    ],
    idempotent: 'stored',
  },
} as const satisfies Record<string, Operation>
