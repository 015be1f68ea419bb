/**
 * What a phone does in a sale by reader: it carries. The offer goes to the reader, what the reader
 * seals to the host, the host's wish for a PIN to the reader; whoever ends it, the other is told.
 */
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type {
  CableError,
  CableEvent,
  CableRequest,
  ReaderMessage,
  SaleEnd,
} from '@warifu/protocol/reader'
import { ApiError } from '@warifu/sdk/api-call'

type Sale = Reply<'getReaderSale'>

export type SaleHost = {
  readonly sale: (payment: Id<'pay'>) => Promise<Sale>
  readonly present: (message: ReaderMessage) => Promise<Reply<'presentCard'>>
  readonly stop: (payment: Id<'pay'>) => Promise<unknown>
}

/** Where a sale stands, for the phone's screen. */
export type Carried =
  | { readonly at: 'card' | 'pin' | 'pin_again' | 'asking'; readonly deadline: string | null }
  | { readonly at: 'paid' }
  | { readonly at: 'over'; readonly because: string }

export type Carrier = {
  readonly start: () => Promise<void>
  /** Of the reader; answers when it was dealt with. */
  readonly onEvent: (event: CableEvent) => Promise<void>
  /** The payment may have moved on the other side: looks, and tells the reader of an end. */
  readonly look: () => Promise<void>
  readonly now: () => Carried
}

type Carrying = {
  readonly payment: Id<'pay'>
  readonly cable: { readonly send: (request: CableRequest) => void }
  readonly host: SaleHost
  readonly onMove: (carried: Carried) => void
}

export function carrySale({ payment, cable, host, onMove }: Carrying): Carrier {
  let carried: Carried = { at: 'asking', deadline: null }
  const move = (next: Carried) => {
    carried = next
    onMove(next)
  }
  const isOver = () => carried.at === 'paid' || carried.at === 'over'
  const end = (how: SaleEnd, next: Carried) => {
    cable.send({ say: 'end', sale: payment, end: how })
    move(next)
  }
  const deadlineOf = ({ next_action }: Pick<Sale, 'next_action'>) =>
    next_action?.deadline_at ?? null

  const forward = async (message: ReaderMessage): Promise<void> => {
    move({ at: 'asking', deadline: null })
    try {
      const said = await host.present(message)
      if (said.status === 'authorized') return end('approved', { at: 'paid' })
      const is_again = message.sequence > 0
      cable.send({ say: 'enter_pin', sale: payment, is_again })
      move({ at: is_again ? 'pin_again' : 'pin', deadline: deadlineOf(said) })
    } catch (error) {
      // What may have moved money is not called declined: who carries it asks until it is known.
      if (!(error instanceof ApiError) || error.outcome === 'unknown') throw error
      end('declined', { at: 'over', because: error.code })
    }
  }
  /** The reader will not go on: so the host is told, and through it the shop. */
  const refusedBy = async (error: CableError): Promise<void> => {
    if (isOver() || notOfSale.has(error)) return
    move({ at: 'over', because: error })
    await host.stop(payment).catch((fault: unknown) => {
      if (!(fault instanceof ApiError)) throw fault
    })
  }
  const look = async (): Promise<void> => {
    if (isOver()) return
    const { status, declined_because } = await host.sale(payment)
    if (isOver() || status === 'requires_action') return
    const end_ = endOf(status)
    end(
      end_,
      end_ === 'approved' ? { at: 'paid' } : { at: 'over', because: declined_because ?? status },
    )
  }
  return {
    start: async () => {
      const sale = await host.sale(payment)
      if (sale.status !== 'requires_action')
        return move({ at: 'over', because: sale.declined_because ?? sale.status })
      cable.send({ say: 'offer', offer: sale.offer })
      move({ at: 'card', deadline: deadlineOf(sale) })
    },
    onEvent: async (event) => {
      if (event.tell === 'sealed' && event.message.sale === payment) await forward(event.message)
      if (event.tell === 'refused') await refusedBy(event.error)
    },
    look,
    now: () => carried,
  }
}

/** Said of the cable, not of a sale. */
const notOfSale: ReadonlySet<CableError> = new Set<CableError>([
  'request_malformed',
  'pair_code_wrong',
  'no_sale',
])

function endOf(status: Sale['status']): SaleEnd {
  if (status === 'declined' || status === 'cancelled' || status === 'expired') return status
  return 'approved'
}
