/** `warifu logs tail`: what this merchant asked the API and was answered, as it happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Misunderstood, readArguments, runTelling, wholeNumber } from '@warifu/cli/arguments'
import { listenForEnding } from '@warifu/cli/ending'
import { platformOf } from '@warifu/cli/platform'
import type { Query, Reply } from '@warifu/protocol/contract'
import { type Api, callApi } from '@warifu/sdk/api-call'

const help = `warifu logs tail [--last 10] [--errors] [--json]
        the newest requests of your API keys, then each as it comes, until Ctrl-C
        --once     only those that are there
        --errors   only what was refused or failed
        [--api-url URL]  another platform than this sandbox; its key in WARIFU_API_KEY

Secrets are masked by the platform. One request in full: GET /v1/requests/:id.`

const options = {
  last: { type: 'string' },
  once: { type: 'boolean' },
  errors: { type: 'boolean' },
  'api-url': { type: 'string' },
  json: { type: 'boolean' },
} as const

type Entry = Reply<'listRequests'>['data'][number]

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'logs', who: 'merchant', help }, () => tail(args))
}

const PAUSE_MS = 500

async function tail(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  if (positionals.join(' ') !== 'tail')
    throw new Misunderstood(`logs expects tail; got "${positionals.join(' ')}".`)
  const last = wholeNumber(values.last ?? '10', '--last', 'requests, up to 100')
  if (last > 100) throw new Misunderstood('--last is at most 100.')
  const { apiKey, ...api } = await platformOf('logs', values['api-url'])
  const ending = listenForEnding()
  const tell = (entry: Entry) => {
    if (values.errors === true && entry.status < 400) return
    console.log(values.json === true ? JSON.stringify(entry) : wordsOf(entry))
  }
  const read = readerOf(api, apiKey)
  for (const entry of last === 0 ? [] : (await read({ limit: last })).toReversed()) tell(entry)
  if (values.once === true) return 0
  const seen = new Set((await read({ limit: 100 })).map(({ id }) => id))
  while (!ending.signal.aborted) {
    for (const entry of (await read({ limit: 100 })).toReversed()) {
      if (seen.has(entry.id)) continue
      seen.add(entry.id)
      tell(entry)
    }
    await sleep(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => undefined)
  }
  return 0
}

const readerOf = (api: Api, apiKey: string) => async (query: Query<'listRequests'>) => {
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await callApi(api, 'listRequests', { query, headers })).data
}

const wordsOf = ({ at, id, method, path, status, took_ms, error }: Entry): string =>
  [at, status, method.padEnd(4), path, `${took_ms} ms`, id, error ?? ''].join('  ').trimEnd()
