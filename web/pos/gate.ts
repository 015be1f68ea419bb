/**
 * Who may speak to the back end. The till and the shop have an origin each; a request is for one
 * of them by its Host, so that a name that was turned to 127.0.0.1 (DNS rebinding) gets nothing.
 * What another site sends is refused by Origin and Sec-Fetch-Site (W3C Fetch Metadata). The
 * shop's origin never reaches the till's endpoints.
 */
export type Side = 'till' | 'shop'
export type Origins = Readonly<Record<Side, string>>

export type Knock = {
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export type Verdict =
  | { readonly do: 'pass'; readonly side: Side }
  | { readonly do: 'redirect'; readonly to: string }
  | { readonly do: 'refuse'; readonly status: 403 | 404 | 421; readonly why: string }

const refuse = (status: 403 | 404 | 421, why: string): Verdict => ({ do: 'refuse', status, why })

export function judge({ method, url, headers }: Knock, origins: Origins): Verdict {
  const host = headers['host']
  const side = (['till', 'shop'] as const).find((one) => new URL(origins[one]).host === host)
  if (side === undefined)
    return refuse(421, `There is no page of this name here: open ${origins.till}/`)
  const [path = ''] = url.split('?')
  const isShops = path === '/shop' || path.startsWith('/shop/')
  if (side === 'till' && isShops) return { do: 'redirect', to: `${origins.shop}${url}` }
  if (side === 'shop' && path === '/') return { do: 'redirect', to: `${origins.shop}/shop` }
  if (side === 'shop' && !isShops && !isOfThePage(path))
    return refuse(404, 'There is nothing at this address.')
  if (path.includes('/api/') && !isFromItself(method, headers, origins[side]))
    return refuse(403, 'Only the page itself may ask this.')
  return { do: 'pass', side }
}

/** What both pages are made of. */
const isOfThePage = (path: string): boolean =>
  path.startsWith('/assets/') || ['/config.json', '/files.json', '/icon.svg'].includes(path)

/** A browser says where a request comes from; whoever writes must say it. */
function isFromItself(method: string, headers: Knock['headers'], origin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  const from = headers['origin']
  if (from !== undefined && from !== origin) return false
  return method === 'GET' || method === 'HEAD' || from === origin
}
