/** Handlers: the reader at a cardholder's phone. */
import { done, refused } from '@warifu/protocol/errors'
import type { Devices } from '#devices'
import { nextActionOf, type Payments } from '#payments'
import { shownAs, type Terminals } from '#terminals'
import type { Handlers } from './handler.ts'
import { shownDevice } from './handlers-carried.ts'

type Rooms = {
  readonly devices: Devices
  readonly payments: Payments
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

export const readerHandlers = ({ devices, payments, terminals, livemode }: Rooms) =>
  ({
    registerReader: async ({ caller: { call }, body: { name, proof }, nowMs }) => {
      const work = devices.registerReader({ call, name, proof, nowMs })
      return terminals.once(call, shownAs(work, shownDevice(livemode)), nowMs)
    },
    getReaderSale: async ({ caller: { call }, params }) => {
      const found = await payments.readerSale(call.terminal, params.id)
      if (found === undefined) return refused('not_found')
      const { row, sale, due } = found
      return done({
        object: 'reader_sale',
        payment: row.id,
        status: row.status,
        declined_because: row.declined_because,
        next_action: due === undefined ? null : nextActionOf(due),
        amount: row.amount,
        currency: row.currency,
        reader: sale.reader,
        offer: sale.offer,
      })
    },
  }) satisfies Partial<Handlers>
