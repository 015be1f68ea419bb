/** The vault's operations on proximity devices; see vault.ts for the laws of the whole table. */
import { Type } from 'typebox'
import { broadcastCode } from './beacon.ts'
import { carriers } from './device-objects.ts'
import { idOf } from './ids.ts'
import { base64url, closed, digest, nullable, oneOf } from './shapes.ts'
import { keyName, type Operation, signedRequest } from './vault-shapes.ts'

/** Epochs are counted from 1970 in steps of 15 minutes (proximity-frame.ts). */
export const epochNumber = Type.Integer({ minimum: 1, maximum: 2 ** 40 })

/** How many devices one call answers for. */
export const EPOCH_PAGE = 2_000

export const chipOperations = {
  pair_chip: {
    summary:
      'Verify the terminal’s signature and the chip’s code over device, terminal and its key; ' +
      'from now on the chip’s codes count for this terminal. Answers with its broadcast codes.',
    input: closed({ terminal: idOf('trm'), request: signedRequest }),
    output: closed({
      device: idOf('pxd'),
      carrier: oneOf(carriers),
      cardholder: idOf('chl'),
      card: idOf('crd'),
      codes: Type.Array(closed({ epoch: epochNumber, code: broadcastCode }), { maxItems: 3 }),
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'card_unknown',
      'chip_unknown',
      'chip_paired',
      'chip_code_invalid',
      'chip_replayed',
    ],
    idempotent: 'pure',
  },
  verify_chip: {
    summary:
      'Verify who sends (terminal’s signature, passkey’s assertion if there is one), then the ' +
      'code that the terminal’s own chip made for exactly this content; count it.',
    input: closed({ terminal: idOf('trm'), request: signedRequest }),
    output: closed({
      card: idOf('crd'),
      cardholder: idOf('chl'),
      device: idOf('pxd'),
      content_digest: digest,
      user_verified: Type.Boolean(),
      signed_with: keyName,
      verified_with: keyName,
    }),
    refuses: [
      'terminal_unknown',
      'terminal_not_admitted',
      'signature_invalid',
      'statement_invalid',
      'assertion_invalid',
      'card_unknown',
      'chip_unknown',
      'chip_code_invalid',
      'chip_replayed',
    ],
    idempotent: 'pure',
  },
  remove_chip: {
    summary: 'Forget whose a chip is: no code of it counts until it is paired again.',
    input: closed({ device: idOf('pxd') }),
    output: closed({ device: idOf('pxd') }),
    refuses: ['chip_unknown'],
    idempotent: 'pure',
  },
  make_epoch_codes: {
    summary:
      'The broadcast codes of an epoch, a page of paired devices at a time, in the order of ' +
      'their ids. Only of the present epoch and its neighbours, by the vault’s own clock.',
    input: closed({ epoch: epochNumber, after: nullable(idOf('pxd')) }),
    output: closed({
      devices: Type.Array(idOf('pxd'), { maxItems: EPOCH_PAGE }),
      /** Ten bytes for each of them, one after the other. */
      codes: base64url(EPOCH_PAGE * 10),
      has_more: Type.Boolean(),
    }),
    refuses: ['epoch_closed'],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
