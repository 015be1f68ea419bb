/**
 * The reader that is plugged into this phone: it is registered on its own word, and what it seals
 * is handed on, signed by this terminal, which can read none of it. Browser-safe.
 */
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { ReaderMessage, ReaderProof } from '@warifu/protocol/reader'
import { read, type TerminalNeeds, write } from './asking.ts'

export type ReaderSale = Reply<'getReaderSale'>

export const readingOf = (needs: TerminalNeeds) => ({
  register: (name: string, proof: ReaderProof) =>
    write(needs, 'registerReader', { body: { name, proof } }),
  sale: (payment: Id<'pay'>): Promise<ReaderSale> =>
    read(needs, 'getReaderSale', { params: { id: payment } }),
  present: (message: ReaderMessage): Promise<Reply<'presentCard'>> =>
    write(needs, 'presentCard', {
      params: { id: message.sale },
      body: { kind: 'reader', message },
    }),
  /** Nobody goes on here: the shop is told. */
  stop: (payment: Id<'pay'>) => write(needs, 'denyPayment', { params: { id: payment } }),
})
export type Reading = ReturnType<typeof readingOf>
