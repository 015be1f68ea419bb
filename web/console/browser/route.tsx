/** Where the page is: path and question, both in the address, so that a view can be sent on. */
import {
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'

type Place = { readonly path: string; readonly query: URLSearchParams }
type Route = Place & {
  readonly go: (to: string) => void
  /** Changes the question and stays at the path; an empty value takes a name out. */
  readonly ask: (change: Readonly<Record<string, string>>) => void
}

const Context = createContext<Route>({
  path: '/',
  query: new URLSearchParams(),
  go: () => undefined,
  ask: () => undefined,
})
export const useRoute = (): Route => useContext(Context)

const placeNow = (): Place => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
})

export function RouteProvider({ children }: { readonly children: ReactNode }) {
  const [place, setPlace] = useState(placeNow)
  useEffect(() => {
    const read = () => setPlace(placeNow())
    addEventListener('popstate', read)
    return () => removeEventListener('popstate', read)
  }, [])
  const route = useMemo(() => {
    const go = (to: string) => {
      history.pushState(null, '', to)
      setPlace(placeNow())
      scrollTo(0, 0)
    }
    const ask = (change: Readonly<Record<string, string>>) => {
      const query = new URLSearchParams(place.query)
      for (const [name, value] of Object.entries(change))
        if (value === '') query.delete(name)
        else query.set(name, value)
      history.replaceState(null, '', query.size === 0 ? place.path : `${place.path}?${query}`)
      setPlace({ ...place, query })
    }
    return { ...place, go, ask }
  }, [place])
  return <Context value={route}>{children}</Context>
}

type LinkProps = {
  readonly to: string
  readonly children: ReactNode
  readonly className?: string
  readonly isHere?: boolean
  /** Not in the order of the tab key: its row is. */
  readonly isSilent?: boolean
}

/** An honest link: it opens in another tab where the person wants that. */
export function Go({ to, children, className, isHere = false, isSilent = false }: LinkProps) {
  const { go } = useRoute()
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    event.stopPropagation()
    go(to)
  }
  return (
    <a
      href={to}
      className={className}
      onClick={follow}
      aria-current={isHere ? 'page' : undefined}
      tabIndex={isSilent ? -1 : undefined}
    >
      {children}
    </a>
  )
}
