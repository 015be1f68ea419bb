/** Which view a path is, and going from one to another without losing the page. */
import {
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'

export type View =
  | { readonly name: 'sell' }
  | { readonly name: 'phone' }
  | { readonly name: 'sales' }
  | { readonly name: 'customers' }
  | { readonly name: 'order'; readonly number: number }
  | { readonly name: 'shop' }
  | { readonly name: 'shop-order'; readonly key: string }

export const isShop = (path: string): boolean => /^\/shop(?:\/|$)/.test(path)

export function viewOf(path: string): View {
  const [, number] = /^\/orders\/([0-9]{1,15})$/.exec(path) ?? []
  if (number !== undefined) return { name: 'order', number: Number(number) }
  const [, key] = /^\/shop\/orders\/([A-Za-z0-9_-]{43})$/.exec(path) ?? []
  if (key !== undefined) return { name: 'shop-order', key }
  if (isShop(path)) return { name: 'shop' }
  const [, name] = /^\/(phone|sales|customers)$/.exec(path) ?? []
  return name === 'phone' || name === 'sales' || name === 'customers' ? { name } : { name: 'sell' }
}

type Going = {
  readonly view: View
  readonly path: string
  /** `state` is for the next view alone: the customer that an order is for. */
  readonly go: (path: string, state?: { readonly customer: string }) => void
}
const Context = createContext<Going>({ view: { name: 'sell' }, path: '/', go: () => undefined })
export const useView = (): Going => useContext(Context)

export function ViewProvider({ children }: { readonly children: ReactNode }) {
  const [path, setPath] = useState(location.pathname)
  useEffect(() => {
    const read = () => setPath(location.pathname)
    addEventListener('popstate', read)
    return () => removeEventListener('popstate', read)
  }, [])
  const going = useMemo(() => {
    const go: Going['go'] = (to, state) => {
      history.pushState(state ?? null, '', to)
      setPath(to)
      scrollTo(0, 0)
    }
    return { view: viewOf(path), path, go }
  }, [path])
  return <Context value={going}>{children}</Context>
}

/** The customer that the page before wanted this order for. */
export function customerGiven(): string | undefined {
  const { customer } = { customer: undefined, ...Object(history.state) }
  return typeof customer === 'string' ? customer : undefined
}

type LinkProps = {
  readonly to: string
  readonly children: ReactNode
  readonly className?: string
  readonly isHere?: boolean
}

/** An honest link: it opens in another tab where the person wants that. */
export function ViewLink({ to, children, className, isHere = false }: LinkProps) {
  const { go } = useView()
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(to)
  }
  return (
    <a href={to} className={className} onClick={follow} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  )
}
