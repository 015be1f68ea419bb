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
  | { readonly name: 'sales' }
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
  return path === '/sales' ? { name: 'sales' } : { name: 'sell' }
}

type Going = { readonly view: View; readonly path: string; readonly go: (path: string) => void }
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
    const go = (to: string) => {
      history.pushState(null, '', to)
      setPath(to)
      scrollTo(0, 0)
    }
    return { view: viewOf(path), path, go }
  }, [path])
  return <Context value={going}>{children}</Context>
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
