/** The vault's operation for the issuer's identification: who has a card on their terminal. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { base64url, closed } from './shapes.ts'
import { type Operation, signedRequest } from './vault-shapes.ts'

/** What a terminal sends to show that a card is on it: the sealed card as it rests there. */
export const cardProof = closed({
  method: Type.Literal('issued_card'),
  card: idOf('crd'),
  blob: base64url(4096, 1),
})

export const issuingOperations = {
  prove_card: {
    summary:
      'Say whether the sealed card in a terminal’s signed request is that card of the terminal’s ' +
      'owner: verify the sender first, then open.',
    input: closed({ terminal: idOf('trm'), request: signedRequest }),
    output: closed({ card: idOf('crd'), cardholder: idOf('chl'), application: idOf('app') }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'blob_invalid',
      'blob_mismatch',
      'card_unknown',
      'cardholder_mismatch',
      'scheme_mismatch',
    ],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
