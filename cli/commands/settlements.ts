/** `warifu settlements`: a shop's days; while a run collects, how far it is, until it is closed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { barOf } from '@warifu/cli/bar'
import { platformOf } from '@warifu/cli/platform'
import { formatMoney } from '@warifu/protocol/money'
import { createWarifu, type Settlement, type Warifu } from '@warifu/sdk/sdk'

const help = `warifu settlements [--limit 10] [--json]
        the newest days of the sandbox's shop: net sum, and what became of it. While a run
        collects, a bar shows how far it is; an operator may hold it
        [--api-url URL]  another platform than this sandbox; its key in WARIFU_API_KEY`

const LOOK_MS = 300

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(
    args,
    { command: 'settlements', who: 'merchant', help, isBare: true },
    () => show(args),
  )
}

async function show(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    ...{ limit: { type: 'string' }, 'api-url': { type: 'string' }, json: { type: 'boolean' } },
  })
  const limit = Number(values.limit ?? '10')
  if (positionals[0] !== undefined || !Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new Misunderstood('settlements expects --limit from 1 to 100, and nothing else.')
  const warifu = createWarifu(await platformOf('settlements', values['api-url']))
  const days = await warifu.settlements.list({ limit }).take(limit)
  const ended: Settlement[] = []
  for (const day of days) ended.push(await untilClosed(warifu, day))
  if (values.json === true) console.log(JSON.stringify({ settlements: ended }))
  else for (const day of ended) console.log(lineOf(day))
  return 0
}

async function untilClosed(warifu: Warifu, begun: Settlement): Promise<Settlement> {
  let now = begun
  while (now.status === 'collecting' && !now.stopped) {
    if (process.stderr.isTTY) process.stderr.write(`\r${now.day} ${barOf(now.progress)} `)
    await sleep(LOOK_MS)
    now = await warifu.settlements.get(now.id)
  }
  if (now !== begun && process.stderr.isTTY) process.stderr.write('\n')
  return now
}

function lineOf({ day, net, currency, status, stopped, progress }: Settlement): string {
  const sum = formatMoney({ amount: net, currency }, 'en')
  if (stopped) return `${day}  held at ${progress.done} of ${progress.total}: ${barOf(progress)}`
  return `${day}  ${sum}  ${status}, ${progress.done} movements`
}
