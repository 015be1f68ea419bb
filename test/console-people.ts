/** People at the console: they hold the cookie as a browser does, and ask as its page does. */
import type { Persona } from '@warifu/protocol/console-roles'
import type { EndpointName, Reply } from '@warifu/protocol/contract'
import type { House } from './house.ts'

export type Answered<N extends EndpointName> = {
  readonly status: number
  /** Of a refusal its code. */
  readonly code: string | undefined
  /** What this endpoint answers; a test that reads a refusal as one fails by itself. */
  readonly json: Reply<N>
  readonly headers: Headers
  readonly text: string
}

export type Asking = {
  readonly method?: 'GET' | 'POST'
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}
export type Visitor = {
  readonly cookie: string
  readonly ask: <N extends EndpointName = 'getConsoleMe'>(
    path: string,
    asking?: Asking,
  ) => Promise<Answered<N>>
}

export const consoleOriginOf = ({ url }: House): string =>
  `http://console.localhost:${new URL(url).port}`

/** Asks as the console's page does: Origin and header of its own, and what the visitor holds. */
export async function askConsole<N extends EndpointName = 'getConsoleMe'>(
  house: House,
  path: string,
  { method, body, headers }: Asking = {},
): Promise<Answered<N>> {
  const isWrite = body !== undefined || method === 'POST'
  const answer = await fetch(`${house.url}${path}`, {
    method: isWrite ? 'POST' : 'GET',
    headers: {
      ...(isWrite ? { 'content-type': 'application/json', 'warifu-console': '1' } : {}),
      ...(isWrite
        ? { origin: consoleOriginOf(house), 'idempotency-key': crypto.randomUUID() }
        : {}),
      ...headers,
    },
    ...(isWrite ? { body: JSON.stringify(body ?? {}) } : {}),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') === true
  const json = isJson ? JSON.parse(text) : {}
  const { status, headers: told } = answer
  return { status, code: json.error?.code, json, headers: told, text }
}

export const visitorOf = (house: House, cookie: string): Visitor => ({
  cookie,
  ask: (path, asking = {}) =>
    askConsole(house, path, { ...asking, headers: { cookie, ...asking.headers } }),
})

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = ({ headers }: Pick<Answered<EndpointName>, 'headers'>): string =>
  (headers.get('set-cookie') ?? '').split(';')[0] ?? ''

export async function enter(house: House, as: Persona): Promise<Visitor> {
  const entered = await askConsole(house, '/v1/test/console/sessions', { body: { as } })
  if (entered.status !== 201) throw new Error(`no entry: ${entered.text}`)
  return visitorOf(house, cookieOf(entered))
}
