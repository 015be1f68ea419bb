/**
 * The till's back end without its HTTP: book, desk, the platform's events, and what the pages are
 * told. Time, chance and the file are passed in by main.ts.
 */

import type { CommunicationModule } from '@warifu/sdk/communication-module'
import type { Warifu } from '@warifu/sdk/sdk'
import type { Book, Purchase } from './book.ts'
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
import { createEntering, type Entering, isEntered } from './entering.ts'
import { createLive, type Live } from './live.ts'
import { dayTold, orderOf } from './telling.ts'

export type TillNeeds = {
  readonly book: Book
  readonly warifu: Warifu
  readonly catalogue: Catalogue
  readonly nowMs: () => number
  /** A name that nobody guesses: 256 bits, base64url. */
  readonly secret: () => string
  /** Devices that are heard now; none where the till has no ear. */
  readonly nearby: () => readonly NearbyDevice[]
  /** Drives the shop's entry device; none where it has none. */
  readonly module: CommunicationModule | undefined
  /** Where the wallet brings a customer of the web shop back to. */
  readonly returnUrl: (key: string) => string
  /** A new idempotency key. */
  readonly newKey: () => string
  /** For what must not happen: the process says so and ends. */
  readonly onFault: (error: unknown) => void
}

export type Till = TillNeeds & {
  readonly desk: Desk
  readonly entering: Entering
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
  const { module, onFault } = needs
  const onState = (number: number) => void desk.lookAtDevice(number).catch(onFault)
  const entering = createEntering({ module, onState, onFault })
  const tellOf = (purchase: Purchase) => {
    const { number, phone, refunded, doubt } = purchase
    return orderOf(purchase, {
      isKept: phone !== null && book.customer(phone) !== undefined,
      entered: entering.at(number) ?? enteredBefore(purchase),
      refunds: refunded > 0 || doubt === 1 ? book.refundsOf(number) : [],
    })
  }
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
  const desk: Desk = createDesk({ ...needs, entering, onChange, onReachable })
  return {
    ...needs,
    desk,
    entering,
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

/** Asked for before this start: what became of it is being found out. */
const enteredBefore = (purchase: Purchase) =>
  isEntered(purchase) && purchase.status === 'asking' ? ({ state: 'finding_out' } as const) : null

function tallyOf({ book, catalogue }: TillNeeds, day: string): Day {
  const span = spanOf(day) ?? { fromMs: 0, toMs: 0 }
  return dayTold(book, { day, currency: catalogue.currency, span })
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
