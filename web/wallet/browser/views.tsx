/** Where the person is in the page: the path, and nothing else. No secret ever stays in it. */
import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react'

export type View =
  | '/'
  | '/pay'
  | '/scan'
  | '/code'
  | '/history'
  | '/apply'
  | '/devices'
  | '/plastic'
  | '/settings'
  | '/cards'
  | '/reader'
  | '/sim'

const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

/** Goes to a view, and to the top of it. */
export function go(view: View): void {
  history.pushState(null, '', view)
  scrollTo(0, 0)
  tell()
}

/**
 * A payment link as the browser was opened with it. Its secret leaves the address bar at once, and
 * with that the history: it stands in the fragment, which no server is told either.
 */
export function takeLink(): string | null {
  const { href, hash, pathname } = location
  if (pathname !== '/pay' || hash.length < 2) return null
  history.replaceState(null, '', '/pay')
  return href
}

/** Tells when another link was put into this tab's address bar. */
export function onLink(take: (link: string) => void): () => void {
  const listen = () => {
    const link = takeLink()
    if (link !== null) take(link)
  }
  addEventListener('hashchange', listen)
  return () => removeEventListener('hashchange', listen)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('popstate', listener)
  }
}

export const useView = (): string => useSyncExternalStore(subscribe, () => location.pathname)

type Props = { readonly to: View; readonly className?: string; readonly children: ReactNode }

export function Link({ to, className, children }: Props) {
  const isHere = useView() === to
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    go(to)
  }
  return (
    <a href={to} onClick={follow} className={className} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  )
}
