/** What the till knows, kept up to date by the back end's stream: nobody polls, nobody reloads. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useReducer,
} from 'react'
import { useGround } from './ground.tsx'
import type { DaySales, Order, TillMessage } from './wire.ts'

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

type Heard =
  | { readonly type: 'state'; readonly isOpen: boolean }
  | {
      readonly [K in keyof TillMessage]: { readonly type: K; readonly data: TillMessage[K] }
    }[keyof TillMessage]
  | { readonly type: 'known'; readonly data: Order }

const nothing: TillState = {
  day: null,
  orders: new Map(),
  isOpen: true,
  isReachable: true,
  version: 0,
}

const withOrders = (known: TillState['orders'], orders: readonly Order[]) =>
  new Map([...known, ...orders.map((order) => [order.number, order] as const)])

export function hear(state: TillState, heard: Heard): TillState {
  const next = { ...state, version: state.version + 1 }
  if (heard.type === 'state') return { ...next, isOpen: heard.isOpen }
  if (heard.type === 'platform') return { ...next, isReachable: heard.data.reachable }
  if (heard.type === 'known') return { ...next, orders: withOrders(state.orders, [heard.data]) }
  if (heard.type === 'day')
    return { ...next, day: heard.data, orders: withOrders(state.orders, heard.data.orders) }
  const { order, day } = heard.data
  return { ...next, orders: withOrders(state.orders, [order]), day: dayWith(state.day, order, day) }
}

/** After midnight the list begins anew. */
function dayWith(
  before: DaySales | null,
  order: Order,
  day: TillMessage['order']['day'],
): DaySales {
  const orders = before?.day === day.day ? before.orders : []
  const others = orders.filter(({ number }) => number !== order.number)
  return { ...day, orders: [order, ...others].sort((a, b) => b.number - a.number) }
}

type Live = TillState & { readonly learn: (order: Order) => void }
const Context = createContext<Live>({ ...nothing, learn: () => undefined })
export const useTill = (): Live => useContext(Context)

export function TillLive({ children }: { readonly children: ReactNode }) {
  const { listen } = useGround()
  const [state, dispatch] = useReducer(hear, nothing)
  useEffect(
    () =>
      listen('/api/stream', {
        onState: (isOpen) => dispatch({ type: 'state', isOpen }),
        onMessage: (type, data) => dispatch({ type, data } as Heard),
      }),
    [listen],
  )
  const learn = useCallback((data: Order) => dispatch({ type: 'known', data }), [])
  const live = useMemo(() => ({ ...state, learn }), [state, learn])
  return <Context value={live}>{children}</Context>
}
