/**
 * The till's back end without its HTTP: book, desk, the platform's events, and what the pages are
 * told. Time, chance and the file are passed in by main.ts.
 */
import type { Warifu } from '@warifu/sdk/sdk'
import { type Book, orderOf, type Purchase } from './book.ts'
import type {
  Catalogue,
  Day,
  DaySales,
  NearbyDevice,
  Order,
  ShopMessage,
  TillMessage,
} from './browser/wire.ts'
import { dayOf, spanOf } from './calendar.ts'
import { createDesk, type Desk } from './desk.ts'
import { createLive, type Live } from './live.ts'

export type TillNeeds = {
  readonly book: Book
  readonly warifu: Warifu
  readonly catalogue: Catalogue
  readonly nowMs: () => number
  /** A name that nobody guesses: 256 bits, base64url. */
  readonly secret: () => string
  /** Devices that are heard now; none where the till has no ear. */
  readonly nearby: () => readonly NearbyDevice[]
  /** Where the wallet brings a customer of the web shop back to. */
  readonly returnUrl: (key: string) => string
  /** A new idempotency key. */
  readonly newKey: () => string
  /** For what must not happen: the process says so and ends. */
  readonly onFault: (error: unknown) => void
}

export type Till = TillNeeds & {
  readonly desk: Desk
  readonly tillLive: Live<TillMessage>
  /** One topic for each order, its key. */
  readonly shopLive: Live<ShopMessage>
  readonly isReachable: () => boolean
  /** An order as the till's page is told of it. */
  readonly tellOf: (purchase: Purchase) => Order
  readonly salesOf: (day: string) => DaySales | undefined
  readonly today: () => string
  /** Listens to the platform until the signal; settles then. */
  readonly follow: (signal: AbortSignal) => Promise<void>
}

/** There is one till: its pages all hear the same. */
export const TILL = 'till'

export function createTill(needs: TillNeeds): Till {
  const { book, nowMs } = needs
  const tillLive = createLive<TillMessage>()
  const shopLive = createLive<ShopMessage>()
  let reachable = true
  const today = () => dayOf(nowMs())
  const tellOf = (purchase: Purchase) =>
    orderOf(purchase, purchase.phone !== null && book.customer(purchase.phone) !== undefined)
  const onReachable = (is: boolean) => {
    if (is === reachable) return
    reachable = is
    tillLive.tell(TILL, 'platform', { reachable })
  }
  const onChange = (number: number) => {
    const purchase = book.byNumber(number)
    if (purchase === undefined) return
    const order = tellOf(purchase)
    tillLive.tell(TILL, 'order', { order, day: tallyOf(needs, today()) })
    shopLive.tell(purchase.key, 'order', order)
  }
  const desk = createDesk({ ...needs, onChange, onReachable })
  return {
    ...needs,
    desk,
    tellOf,
    tillLive,
    shopLive,
    isReachable: () => reachable,
    today,
    salesOf: (day) => {
      const span = spanOf(day)
      if (span === undefined) return undefined
      const orders = book.ordersOf(span).map(tellOf)
      return { ...tallyOf(needs, day), orders }
    },
    follow: (signal) => follow(needs, { desk, onReachable, signal }),
  }
}

function tallyOf({ book, catalogue }: TillNeeds, day: string): Day {
  const span = spanOf(day) ?? { fromMs: 0, toMs: 0 }
  const tally = (kind: 'captured' | 'refunded') => book.tally(kind, span)
  const { currency } = catalogue
  return { day, currency, sold: tally('captured'), refunded: tally('refunded') }
}

type Following = {
  readonly desk: Desk
  readonly onReachable: (is: boolean) => void
  readonly signal: AbortSignal
}

/**
 * Hears the platform's events from where it stopped, also before a crash. A place is kept once what
 * it tells of is in the book; each time the line is open again, the waiting orders are read anew.
 */
async function follow(
  { book, warifu, onFault }: TillNeeds,
  { desk, onReachable, signal }: Following,
): Promise<void> {
  const after = book.place()
  const stream = warifu.events.stream({
    signal,
    ...(after === undefined ? {} : { after }),
    onState: (state) => {
      onReachable(state === 'open')
      if (state === 'open') desk.refreshWaiting().catch(onFault)
    },
  })
  for await (const { place, event } of stream) {
    await desk.hear(event)
    book.keepPlace(place)
  }
}
