/** The vault's operations on SIMs (S2); see vault.ts for the laws of the table. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { base64url, closed, digest, nullable, oneOf } from './shapes.ts'
import { selector } from './sim.ts'
import { keyName, type Operation, signedRequest } from './vault-shapes.ts'

/** How the two PIN digits compare; `blocked`: no tries left, or no PIN was set. */
export const digitsFound = ['absent', 'verified', 'wrong', 'blocked'] as const

/** A command for the card, and what it answered, status word included. */
export const cardCommand = base64url(261, 13)
export const cardAnswer = base64url(258, 2)
/** As many cards as a SIM has records, in their order: the first is the default card. */
export const simCards = Type.Array(closed({ card: idOf('crd'), selector }), {
  minItems: 1,
  maxItems: 4,
})

export const simOperations = {
  personalise_sim: {
    summary:
      'Write cards of its owner into an admitted SIM through a secure channel (SCP03): given all ' +
      'that the SIM answered in this session, the next commands. None left: it is done.',
    input: closed({
      sim: idOf('sim'),
      session: idOf('req'),
      cards: simCards,
      answers: Type.Array(cardAnswer, { maxItems: 64 }),
    }),
    output: closed({
      sim: idOf('sim'),
      commands: Type.Array(cardCommand, { maxItems: 32 }),
      done: Type.Boolean(),
    }),
    refuses: [
      'sim_unknown',
      'sim_not_active',
      'sim_written',
      'sim_channel_broken',
      'card_unknown',
      'cardholder_mismatch',
    ],
    idempotent: 'pure',
  },
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
