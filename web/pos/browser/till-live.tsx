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
import { type Heard, hear, nothingHeard, type TillState } from './till-state.ts'
import type { Order } from './wire.ts'

type Live = TillState & { readonly learn: (order: Order) => void }
const Context = createContext<Live>({ ...nothingHeard, learn: () => undefined })
export const useTill = (): Live => useContext(Context)

export function TillLive({ children }: { readonly children: ReactNode }) {
  const { listen } = useGround()
  const [state, dispatch] = useReducer(hear, nothingHeard)
  useEffect(
    () =>
      listen('/api/stream', {
        onState: (isOpen) => dispatch({ type: 'state', isOpen }),
        // Taken at its word as told.ts says.
        onMessage: (type, data) => dispatch({ type, data } as Heard),
      }),
    [listen],
  )
  const learn = useCallback((data: Order) => dispatch({ type: 'known', data }), [])
  const live = useMemo(() => ({ ...state, learn }), [state, learn])
  return <Context value={live}>{children}</Context>
}
