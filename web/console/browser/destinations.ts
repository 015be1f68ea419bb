/** Where a text of the search box may lead: pure, so that a test can go through it. */
import type { ShellWord } from './words-shell.ts'

export type Destination = { readonly to: string; readonly name: string }
type Place = { readonly path: string; readonly name: string }
type Say = (name: ShellWord, values?: Readonly<Record<string, string>>) => string

/** What an id's first letters name, and where that is read. */
const readAt: Readonly<Record<string, string>> = {
  pay: '/payments',
  crd: '/cards',
  mer: '/merchants',
  whe: '/webhooks',
  edv: '/devices',
  req: '/requests',
  stl: '/settlements',
  rcn: '/reconciliation',
  pls: '/plastics',
  sim: '/sims',
  prg: '/rules',
}

const MOST = 8

export function destinationsOf(typed: string, places: readonly Place[], say: Say): Destination[] {
  const text = typed.trim()
  if (text === '') return []
  const has = (path: string) => places.some((place) => place.path === path)
  const found: Destination[] = []
  const [, prefix = ''] = /^([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}$/.exec(text) ?? []
  const path = readAt[prefix]
  if (prefix === 'app' && has('/applications'))
    found.push({ to: `/applications?id=${text}`, name: text })
  if (path !== undefined && has(path)) found.push({ to: `${path}/${text}`, name: text })
  const lower = text.toLowerCase()
  for (const place of places)
    if (place.name.toLowerCase().includes(lower) || place.path.slice(1).startsWith(lower))
      found.push({ to: place.path, name: place.name })
  if (prefix !== '' || !has('/payments')) return found.slice(0, MOST)
  const asked = encodeURIComponent(text)
  if (/^[0-9]{4}$/.test(text))
    found.push({ to: `/payments?last4=${asked}`, name: say('searchLast4', { text }) })
  found.push({ to: `/payments?reference=${asked}`, name: say('searchReference', { text }) })
  return found.slice(0, MOST)
}
