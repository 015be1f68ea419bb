/** What the till's page knows, as a pure function of what it has heard. */
import type { Day, DaySales, Order, TillMessage } from './wire.ts'

export type TillState = {
  /** Today, once it has been heard. */
  readonly day: DaySales | null
  readonly orders: ReadonlyMap<number, Order>
  /** The stream from the back end. */
  readonly isOpen: boolean
  /** The back end's line to the platform. */
  readonly isReachable: boolean
  /** Grows with everything heard. */
  readonly version: number
}

export type Heard =
  | { readonly type: 'state'; readonly isOpen: boolean }
  | {
      readonly [K in keyof TillMessage]: { readonly type: K; readonly data: TillMessage[K] }
    }[keyof TillMessage]
  /** An answer to something asked beside the stream. */
  | { readonly type: 'known'; readonly data: Order }

export const nothingHeard: TillState = {
  day: null,
  orders: new Map(),
  isOpen: true,
  isReachable: true,
  version: 0,
}

const mapOf = (orders: readonly Order[]) =>
  new Map(orders.map((order) => [order.number, order] as const))

export function hear(state: TillState, heard: Heard): TillState {
  const next = { ...state, version: state.version + 1 }
  switch (heard.type) {
    case 'state':
      return { ...next, isOpen: heard.isOpen }
    case 'platform':
      return { ...next, isReachable: heard.data.reachable }
    case 'day':
      // The stream begins anew: what was known of other days may have changed unheard.
      return { ...next, day: heard.data, orders: mapOf(heard.data.orders) }
    case 'order': {
      const { order, day } = heard.data
      const orders = new Map(state.orders).set(order.number, order)
      return { ...next, orders, day: dayWith(state.day, order, day) }
    }
    case 'known': {
      // The stream tells of a change before the answer does: what it told is never older.
      if (state.isOpen && state.orders.has(heard.data.number)) return state
      return { ...next, orders: new Map(state.orders).set(heard.data.number, heard.data) }
    }
  }
}

/** After midnight the list begins anew; an order of another day changes the sums alone. */
function dayWith(before: DaySales | null, order: Order, day: Day): DaySales {
  const orders = before?.day === day.day ? before.orders : []
  if (order.day !== day.day) return { ...day, orders }
  const others = orders.filter(({ number }) => number !== order.number)
  return { ...day, orders: [order, ...others].sort((a, b) => b.number - a.number) }
}
