/**
 * The console's cookie at the door. It is Strict and HttpOnly; besides, what comes with it must
 * come from the console's own page: a browser that names another site is refused, and a write
 * needs a header that no form can send and the console's own Origin.
 */

import type { Scope } from '@warifu/protocol/api-key-contract'
import { scopesOfRole } from '@warifu/protocol/console-roles'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { type ConsoleSession, isMerchantUser, type Operator } from '#people'
import type { Callers, CookieChange } from './handler.ts'

export type ConsoleDoorNeeds = {
  readonly consoleOrigin: string
  readonly consoleSessionOf: (token: string, nowMs: number) => Promise<ConsoleSession | undefined>
}
type Incoming = {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly nowMs: number
}

/** A browser sends a `__Host-` cookie only over https, to this host alone. */
const isSecure = (origin: string) => origin.startsWith('https:')
const nameOf = (origin: string) => (isSecure(origin) ? '__Host-warifu_console' : 'warifu_console')

/** The header that opens a session in the browser, or ends it. */
export function cookieText(consoleOrigin: string, change: CookieChange): string {
  const [value, age] = change === 'gone' ? ['', 0] : [change.token, change.maxAgeS]
  const kept = `${nameOf(consoleOrigin)}=${value}; Path=/; Max-Age=${age}`
  return `${kept}; HttpOnly; SameSite=Strict${isSecure(consoleOrigin) ? '; Secure' : ''}`
}

const ownSites: readonly (string | undefined)[] = [undefined, 'same-origin', 'none']

function tokenOf({ consoleOrigin }: ConsoleDoorNeeds, { headers }: Incoming): string | undefined {
  const wanted = `${nameOf(consoleOrigin)}=`
  const pairs = (headers['cookie'] ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(wanted))?.slice(wanted.length)
}

/** Who is signed in, where the request comes from the console's own page. */
export async function consoleOf(
  needs: ConsoleDoorNeeds,
  incoming: Incoming,
): Promise<Answer<Callers['console']>> {
  const token = tokenOf(needs, incoming)
  if (token === undefined || !token.startsWith('wc_')) return refused('unauthenticated')
  if (!isFromPage(needs, incoming)) return refused('origin_refused')
  const session = await needs.consoleSessionOf(token, incoming.nowMs)
  return session ? done({ kind: 'console', ...session }) : refused('console_session_invalid')
}

function isFromPage({ consoleOrigin }: ConsoleDoorNeeds, { method, headers }: Incoming): boolean {
  if (!ownSites.includes(headers['sec-fetch-site'])) return false
  if (method === 'GET') return true
  return headers['origin'] === consoleOrigin && headers['warifu-console'] === '1'
}

export async function operatorOfConsole(
  needs: ConsoleDoorNeeds,
  incoming: Incoming,
): Promise<Answer<Operator>> {
  const session = await consoleOf(needs, incoming)
  if (!session.ok) return session
  return isMerchantUser(session.value.who) ? refused('role_missing') : done(session.value.who)
}

type Owner = {
  readonly merchant: Id<'mer'>
  readonly key: Id<'usr'>
  readonly scopes: readonly Scope[] | null
  readonly perSecond: null
}

export async function merchantUserOf(
  needs: ConsoleDoorNeeds,
  incoming: Incoming,
): Promise<Answer<Owner>> {
  const session = await consoleOf(needs, incoming)
  if (!session.ok) return session
  const { who } = session.value
  if (!isMerchantUser(who)) return refused('role_missing')
  const { user, merchant, role } = who
  return done({ merchant, key: user, scopes: scopesOfRole[role], perSecond: null })
}
