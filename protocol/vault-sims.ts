/** The vault's operations on SIMs (S2); see vault.ts for the laws of the table. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { base64url, closed, digest, nullable, oneOf } from './shapes.ts'
import { selector } from './sim.ts'
import { keyName, type Operation, signedRequest } from './vault-shapes.ts'

/** How the two PIN digits compare; `blocked`: no tries left, or no PIN was set. */
export const digitsFound = ['absent', 'verified', 'wrong', 'blocked'] as const

export const simOperations = {
  link_sim: {
    summary:
      'A terminal takes a SIM of its owner into use: terminal’s signature, owner’s passkey, the ' +
      'SIM’s own answer after its PIN, and the signature of the bridge whose key is kept for it.',
    input: closed({ terminal: idOf('trm'), request: signedRequest }),
    output: closed({
      sim: idOf('sim'),
      cardholder: idOf('chl'),
      terminal: idOf('trm'),
      bridge: digest,
      moves: nullable(idOf('crd')),
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'sim_unknown',
      'sim_not_active',
      'bridge_invalid',
      'sim_other',
      'card_unknown',
    ],
    idempotent: 'pure',
  },
  open_sim: {
    summary:
      'Verify who sends (terminal, passkey if there is one, bridge, the SIM’s own key over the ' +
      'payment), then open the record and answer with its card; count PIN digits if they came.',
    input: closed({ terminal: idOf('trm'), request: signedRequest }),
    output: closed({
      card: idOf('crd'),
      cardholder: idOf('chl'),
      content_digest: digest,
      user_verified: Type.Boolean(),
      digits: oneOf(digitsFound),
      selector,
      signed_with: keyName,
      opened_with: keyName,
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'sim_unknown',
      'sim_not_active',
      'sim_replayed',
      'bridge_invalid',
      'sim_other',
      'sim_record_invalid',
      'card_unknown',
    ],
    idempotent: 'pure',
  },
  remove_sim: {
    summary: 'Forget a SIM: nothing that it sends is opened again.',
    input: closed({ sim: idOf('sim') }),
    output: closed({ sim: idOf('sim') }),
    refuses: ['sim_unknown'],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>

/** An APDU as it goes over the secure channel. */
export const apdu = base64url(261, 13)
