/** The vault's operations on plastic: the bureau's job, the verification page, the activation. */
import { idOf } from './ids.ts'
import { sealedJob, sealedPage } from './plastic.ts'
import { closed, instant } from './shapes.ts'
import { type Operation, signedRequest } from './vault-shapes.ts'

export const plasticOperations = {
  make_plastic: {
    summary:
      'Seal the personalisation job of a plastic card to an admitted bureau: its owner’s ' +
      'terminal signed for it and their passkey vouched for it, name and address included.',
    input: closed({
      plastic: idOf('pls'),
      bureau: idOf('bur'),
      terminal: idOf('trm'),
      request: signedRequest,
      now: instant,
    }),
    output: closed({ plastic: idOf('pls'), card: idOf('crd'), sealed: sealedJob }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'card_unknown',
      'bureau_unknown',
      'plastic_exists',
    ],
    idempotent: 'stored',
  },
  open_plastic_page: {
    summary: 'A page with a nonce, sealed to the one terminal that may activate this plastic.',
    input: closed({ plastic: idOf('pls'), terminal: idOf('trm'), now: instant }),
    output: closed({ plastic: idOf('pls'), sealed: sealedPage }),
    refuses: [
      'plastic_unknown',
      'plastic_state',
      'plastic_elsewhere',
      'terminal_unknown',
      'terminal_not_admitted',
    ],
    idempotent: 'stored',
  },
  activate_plastic: {
    summary:
      'The applying terminal returns the page’s nonce, its own finding and, sealed, what was ' +
      'read of the plastic; the vault compares. Three wrong ones end the plastic.',
    input: closed({ terminal: idOf('trm'), request: signedRequest, now: instant }),
    output: closed({ plastic: idOf('pls'), card: idOf('crd') }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'card_unknown',
      'plastic_unknown',
      'plastic_state',
      'plastic_elsewhere',
      'page_unknown',
      'page_expired',
      'plastic_mismatch',
      'plastic_blocked',
    ],
    idempotent: 'stored',
  },
  end_plastic: {
    summary: 'A plastic that was lost, spoiled or given back: dead for good, whoever holds it.',
    input: closed({ plastic: idOf('pls') }),
    output: closed({ plastic: idOf('pls') }),
    refuses: ['plastic_unknown'],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
