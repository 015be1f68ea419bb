/**
 * The vault's operations on further phones of a person: a passkey that was synced to a thief's
 * phone admits nothing. The old phone signs the yes, or two proofs and a waiting time stand for it.
 */
import { Type } from 'typebox'
import { terminalContent } from './approval-content.ts'
import { idOf } from './ids.ts'
import { closed, instant, nullable, oneOf } from './shapes.ts'
import { type Operation, signedRequest } from './vault-shapes.ts'

/** How somebody proves who they are without their old phone. Two different ones are asked for. */
export const proofMethods = ['phone', 'voice', 'operator'] as const
export type ProofMethod = (typeof proofMethods)[number]
export const proofCode = Type.String({ pattern: '^[0-9]{8}$' })

export const arrivalOperations = {
  release_terminal: {
    summary:
      'Admit a terminal that waits: its owner’s admitted terminal signed the yes to exactly its ' +
      'keys and the passkey vouched for it, or two proofs of different methods have passed and ' +
      'the vault’s waiting time is over. Cards of the terminal that it replaces are its own then.',
    input: closed({
      terminal: idOf('trm'),
      replaces: nullable(idOf('trm')),
      yes: nullable(
        closed({ terminal: idOf('trm'), content: terminalContent, request: signedRequest }),
      ),
    }),
    output: closed({ terminal: idOf('trm') }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'cardholder_mismatch',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'proofs_missing',
      'proofs_too_new',
    ],
    idempotent: 'pure',
  },
  make_proof_code: {
    summary: 'The code of one proof for a terminal that waits; tries are counted here.',
    input: closed({
      verification: idOf('ver'),
      terminal: idOf('trm'),
      method: oneOf(proofMethods),
      tries: Type.Integer({ minimum: 1, maximum: 10 }),
      expires_at: instant,
    }),
    output: closed({ code: proofCode }),
    refuses: ['terminal_unknown', 'code_exhausted'],
    idempotent: 'stored',
  },
  check_proof_code: {
    summary: 'Compare a proof’s code; the right one is a proof passed, now, by the vault’s clock.',
    input: closed({
      verification: idOf('ver'),
      attempt: idOf('req'),
      code: proofCode,
      now: instant,
    }),
    output: closed({ verification: idOf('ver'), passed: Type.Integer({ minimum: 1, maximum: 3 }) }),
    refuses: ['code_wrong', 'code_expired', 'code_exhausted'],
    idempotent: 'stored',
  },
  recall_terminal: {
    summary:
      'The old terminal calls a newer one back: it signed for that, the newer one is forgotten, ' +
      'and the cards are the old one’s again.',
    input: closed({ terminal: idOf('trm'), by: idOf('trm'), request: signedRequest }),
    output: closed({ terminal: idOf('trm') }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'cardholder_mismatch',
      'signature_invalid',
    ],
    idempotent: 'pure',
  },
  dismiss_terminal: {
    summary:
      'A terminal that is in ends another of its owner: it signed for that, and the passkey ' +
      'vouched for it. Nothing is sealed to the ended one or opened for it again; its cards are ' +
      'the other’s then.',
    input: closed({ terminal: idOf('trm'), by: idOf('trm'), request: signedRequest }),
    output: closed({ terminal: idOf('trm') }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'cardholder_mismatch',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
    ],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
