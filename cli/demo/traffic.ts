/** Everything that two parties said to the platform and heard from it, as text, party by party. */
import type { Fetch } from '@warifu/sdk/api-call'

export type Party = 'terminal' | 'merchant'
export type Exchange = {
  readonly party: Party
  readonly asked: string
  readonly answered: string
}

export type Traffic = {
  readonly exchanges: readonly Exchange[]
  /** A `fetch` that writes down both directions. */
  readonly fetchOf: (party: Party) => Fetch
}

export function recordTraffic(more: Readonly<Record<string, string>> = {}): Traffic {
  const exchanges: Exchange[] = []
  const fetchOf =
    (party: Party): Fetch =>
    async (url, init) => {
      const given = Object.fromEntries(new Headers(init.headers))
      const response = await fetch(url, { ...init, headers: { ...given, ...more } })
      const answered = await response.text()
      const headers = JSON.stringify([...new Headers(init.headers)])
      const asked = `${init.method ?? 'GET'} ${url}\n${headers}\n${String(init.body ?? '')}`
      exchanges.push({ party, asked, answered })
      return new Response(answered, { status: response.status, headers: response.headers })
    }
  return { exchanges, fetchOf }
}
