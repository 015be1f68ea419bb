/** Whether the page is too narrow for a table: the same line that grid.css draws. */
import { useSyncExternalStore } from 'react'

const QUERY = '(max-width: 899px)'

const listen = (tell: () => void) => {
  const media = matchMedia(QUERY)
  media.addEventListener('change', tell)
  return () => media.removeEventListener('change', tell)
}

export const useNarrow = (): boolean =>
  useSyncExternalStore(listen, () => matchMedia(QUERY).matches)
