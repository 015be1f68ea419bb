/** Endpoints of the contract: the cardholder's own reader, and the sale that it reads for. */
import { carriedDevice } from './device-objects.ts'
import { idOf } from './ids.ts'
import { readerProof } from './reader.ts'
import { readerSale } from './reader-objects.ts'
import { closed, plainText } from './shapes.ts'

export const readerEndpoints = {
  registerReader: {
    method: 'POST',
    path: '/v1/readers',
    tag: 'Devices',
    caller: 'terminal',
    status: 201,
    summary: 'Register the reader that is plugged into this phone; it says so under its own key.',
    body: closed({ name: plainText(40), proof: readerProof }),
    answer: carriedDevice,
    refuses: [
      'reader_unknown',
      'reader_invalid',
      'reader_taken',
      'ksn_replayed',
      'terminal_not_active',
      'vault_unavailable',
    ],
  },
  getReaderSale: {
    method: 'GET',
    path: '/v1/payments/:id/reader_sale',
    tag: 'Devices',
    caller: 'terminal',
    status: 200,
    summary: 'A sale by reader: the host’s signed offer, what it waits for, and how it ended.',
    params: closed({ id: idOf('pay') }),
    answer: readerSale,
    refuses: ['not_found'],
  },
} as const
