/**
 * `warifu listen --forward-to URL`: a merchant's events, as they happen, to a server on this
 * machine, signed as webhooks are, with a secret that is printed. The platform itself calls no
 * private address.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { listenForEnding } from '@warifu/cli/ending'
import { platformOf } from '@warifu/cli/platform'
import { createWarifu, type StreamedEvent } from '@warifu/sdk/sdk'
import { Webhook } from 'standardwebhooks'

const help = `warifu listen --forward-to http://127.0.0.1:3000/webhooks [--types payment.captured,…]
        [--secret whsec_…] [--json]
        forwards events until Ctrl-C; verify them with the secret that is printed
        [--api-url URL]  another platform than this sandbox; its key in WARIFU_API_KEY

What your server answers is shown. It is sent once: a webhook endpoint is retried for days.`

const options = {
  'forward-to': { type: 'string' },
  types: { type: 'string' },
  secret: { type: 'string' },
  'api-url': { type: 'string' },
  json: { type: 'boolean' },
} as const

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'listen', who: 'merchant', help, isBare: true }, () =>
    listen(args),
  )
}

async function listen(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, options)
  const to = URL.parse(values['forward-to'] ?? '')
  if (to === null || !/^https?:$/.test(to.protocol))
    throw new Misunderstood('listen expects --forward-to and a URL, as http://127.0.0.1:3000/hook.')
  const secret = values.secret ?? `whsec_${randomBytes(32).toString('base64')}`
  if (!/^whsec_[A-Za-z0-9+/]+=*$/.test(secret))
    throw new Misunderstood('listen expects a secret that begins with whsec_.')
  const types = (values.types ?? '').split(',').filter((type) => type !== '')
  const tell = (object: object, words: string) =>
    console.log(values.json === true ? JSON.stringify(object) : words)
  const ending = listenForEnding()
  const merchant = createWarifu(await platformOf('listen', values['api-url']))
  tell({ event: 'secret', secret }, `Your webhook secret is ${secret}`)
  const onState = (state: 'open' | 'cut') => tell({ event: state }, `The stream is ${state}.`)
  for await (const { event } of merchant.events.stream({ signal: ending.signal, onState })) {
    if (types.length > 0 && !types.includes(event.type)) continue
    const answer = await forward(to.href, secret, event)
    tell({ event: 'forwarded', type: event.type, id: event.id, answer }, wordsOf(event, answer))
  }
  return 0
}

type Event = StreamedEvent['event']
const wordsOf = ({ type, id }: Event, answer: number | string) => `${type}  ${id}  → ${answer}`

/** The status that your server answered with, or why there is none. */
async function forward(url: string, secret: string, event: Event): Promise<number | string> {
  const body = JSON.stringify(event)
  const at = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': event.id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(event.id, at, body),
  }
  const ask = { method: 'POST', headers, body, signal: AbortSignal.timeout(15_000) } as const
  for (const pauseMs of [0, 250, 1000]) {
    // A server that is just being started again is waited for.
    await sleep(pauseMs)
    const answer = await fetch(url, { ...ask, redirect: 'manual' }).catch(() => undefined)
    if (answer === undefined) continue
    await answer.body?.cancel()
    return answer.status
  }
  return 'not reached'
}
