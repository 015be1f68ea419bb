/**
 * The vault's operations of sales by reader (S3): a key pair for one sale, its one context, its
 * end. Spread into the one table of vault.ts.
 */
import { Type } from 'typebox'
import { paymentContent } from './approval-content.ts'
import { idOf } from './ids.ts'
import { offerText, readerProof } from './reader.ts'
import { closed, digest, instant, lastFour, nullable, oneOf } from './shapes.ts'
import { keyName, type Operation, signedRequest } from './vault-shapes.ts'

/** Why a sale is over, whoever ended it. */
export const saleEndings = [
  'authorized',
  'declined',
  'cancelled',
  'expired',
  'broken', // a message did not verify or did not open
  'restarted', // the vault that held the sale's key is gone
] as const
export type SaleEnding = (typeof saleEndings)[number]

export const readerOperations = {
  verify_reader: {
    summary: 'A reader’s word, under its own MAC key, that it is plugged into this terminal.',
    input: closed({ terminal: idOf('trm'), proof: readerProof }),
    output: closed({ reader: idOf('rdr'), opened_with: keyName }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'device_unknown',
      'device_not_active',
      'reader_invalid',
      'ksn_replayed',
    ],
    idempotent: 'stored',
  },
  make_offer: {
    summary:
      'A fresh key pair for this sale alone, its private half in memory only; answers with the ' +
      'offer, signed. The same content gives the same offer.',
    input: closed({
      content: paymentContent,
      terminal: idOf('trm'),
      reader: idOf('rdr'),
      expires_at: instant,
    }),
    output: closed({ offer: offerText }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'device_unknown',
      'device_not_active',
      'sale_over',
    ],
    idempotent: 'stored',
  },
  open_sale: {
    summary:
      'The next message of a sale, forwarded by its terminal: verify who sends and which reader ' +
      'sealed it, open it in the sale’s context, and say whose card it is or if the PIN is right.',
    input: closed({
      terminal: idOf('trm'),
      request: signedRequest,
      /** Whether another cardholder’s card may pay over this terminal. */
      any_cardholder: Type.Boolean(),
    }),
    output: closed({
      sequence: Type.Integer({ minimum: 0, maximum: 6 }),
      card: idOf('crd'),
      cardholder: idOf('chl'),
      last4: lastFour,
      content_digest: digest,
      entry: oneOf(['swiped', 'inserted'] as const),
      expiry: oneOf(['match', 'mismatch', 'absent'] as const),
      stripe: oneOf(['match', 'mismatch', 'absent'] as const),
      cryptogram: oneOf(['verified', 'invalid', 'absent'] as const),
      /** Null in message 0, which carries no PIN. */
      pin: nullable(oneOf(['verified', 'wrong', 'blocked', 'unset'] as const)),
      signed_with: keyName,
      opened_with: keyName,
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'device_unknown',
      'device_not_active',
      'ksn_replayed',
      'reader_invalid',
      'sale_unknown',
      'sale_over',
      'sale_replayed',
      'sale_broken',
      'card_unknown',
      'cardholder_mismatch',
    ],
    idempotent: 'stored',
  },
  end_sale: {
    summary: 'A sale is over: whatever was held for it is wiped.',
    input: closed({ sale: idOf('pay'), because: oneOf(saleEndings) }),
    output: closed({ sale: idOf('pay') }),
    refuses: [],
    idempotent: 'pure',
  },
  read_sale: {
    summary: 'Whether a sale is open or how it ended, so that those who wait can be told.',
    input: closed({ sale: idOf('pay') }),
    output: closed({ state: oneOf(['unknown', 'open', ...saleEndings] as const) }),
    refuses: [],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
