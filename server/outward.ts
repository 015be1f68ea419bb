/**
 * What the server asks of the world outside: a provider of SMS and one of calls, a credit bureau.
 * In the sandbox each is the server's own labelled endpoint, asked over HTTP like any other.
 */
import type { Providers } from '#people'

export type Outward = {
  readonly messages: Providers
  readonly bureau: {
    readonly url: string
    readonly key: string | undefined
    readonly deadlineMs: number
  }
}

type Env = Readonly<Record<string, string | undefined>>
type Read = {
  readonly env: Env
  /** The server's own address, or undefined in live mode: then every place must be named. */
  readonly sandboxUrl: string | undefined
  readonly secret: (name: string) => string | undefined
  readonly number: (name: string, bounds: { from: number; to: number; or: number }) => number
  readonly fault: (sentence: string) => Error
}

export function readOutward({ env, sandboxUrl, secret, number, fault }: Read): Outward {
  const place = (name: string, path: string) => {
    const url = env[`${name}_URL`] ?? (sandboxUrl && `${sandboxUrl}${path}`)
    if (url === undefined) throw fault(`${name}_URL is not set: in live mode nothing is simulated.`)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw fault(`${name}_URL: an http(s) address expected.`)
    return { url, key: secret(`${name}_KEY_FILE`) }
  }
  return {
    messages: {
      sms: place('SMS', '/v1/test/inbox'),
      voice: place('VOICE', '/v1/test/inbox'),
      deadlineMs: number('MESSAGE_DEADLINE_MS', { from: 100, to: 60_000, or: 5_000 }),
      tries: number('MESSAGE_TRIES', { from: 1, to: 100, or: 6 }),
    },
    bureau: {
      ...place('BUREAU', '/v1/test/bureau'),
      deadlineMs: number('BUREAU_DEADLINE_MS', { from: 100, to: 60_000, or: 3_000 }),
    },
  }
}
