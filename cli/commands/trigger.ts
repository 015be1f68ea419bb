/** `warifu trigger EVENT`: has a real event of this kind leave the running sandbox. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { findSandbox } from '@warifu/cli/sandbox-address'
import { Sorry } from '@warifu/cli/sorry'
import { type Trigger, triggers } from '@warifu/cli/triggers'
import { createWarifu, type Warifu, type WarifuEvent } from '@warifu/sdk/sdk'

const known = new Map<string, Trigger>(Object.entries(triggers))

const help = `warifu trigger EVENT [--override field=value]… [--json]
        makes what is needed, as a shop and a test cardholder, and prints the event that left

  ${[...known.keys()].join('\n  ')}

--override amount=2500 --override metadata.order=A-17: fields of the payment that is asked for.
It needs a running sandbox: npm start, in another terminal.`

const options = {
  override: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'trigger', who: 'merchant', help }, () => trigger(args))
}

async function trigger(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [type = '', ...more] = positionals
  const make = known.get(type)
  if (make === undefined)
    throw new Misunderstood(
      `trigger expects one of ${[...known.keys()].join(', ')}; got "${type}".`,
    )
  if (more.length > 0) throw new Misunderstood(`trigger does not take "${more[0]}".`)
  const override = readOverrides(values.override ?? [])
  const { api, seed } = await findSandbox()
  const merchant = createWarifu({ ...api, apiKey: seed.api_key })
  const event = await leaving(merchant, type, await make({ api, merchant, override }))
  console.log(
    values.json === true ? JSON.stringify(event) : `${event.id}  ${event.type}  ${event.subject}`,
  )
  return 0
}

/** `amount=2500`: a number is read as one; `metadata.order=A-17` goes one object deeper. */
export function readOverrides(pairs: readonly string[]): object {
  const fields: Record<string, unknown> = {}
  for (const pair of pairs) {
    const [, name, inner, text = ''] = /^([a-z_]+)(?:\.([A-Za-z0-9_]+))?=(.*)$/.exec(pair) ?? []
    if (name === undefined)
      throw new Misunderstood(`--override is field=value, such as amount=2500; got "${pair}".`)
    if (inner === undefined) fields[name] = readValue(text)
    else fields[name] = { ...Object(fields[name] ?? {}), [inner]: text }
  }
  return fields
}

const readValue = (text: string): unknown =>
  /^-?[0-9]+$/.test(text) ? Number(text) : /^(?:true|false)$/.test(text) ? text === 'true' : text

const PATIENCE = 200

/** The event itself, as the merchant hears of it. */
async function leaving({ events }: Warifu, type: string, subject: string): Promise<WarifuEvent> {
  for (let patience = PATIENCE; patience > 0; patience -= 1) {
    const found = (await events.list().take(50)).find(
      (event) => event.type === type && event.subject === subject,
    )
    if (found !== undefined) return found
    await sleep(100)
  }
  throw new Sorry(`${subject} was made, and no ${type} came of it within 20 seconds.`)
}
