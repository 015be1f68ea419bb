/**
 * `npm run bench -- growth`: what an authorisation costs with many payments stored, against 10,000:
 * over the whole API in two sandboxes, in turns, warm; then cold, after all was started anew.
 */
import { Misunderstood, readArguments, wholeNumber } from '@warifu/cli/arguments'

import { fillOnly, measureGrowth } from './growth-measure.ts'

const help = `warifu bench growth [--payments N] [--data FOLDER] [--fill] [--rounds N] [--json]

Fills every table that a payment writes with N payments (1000000), then compares the cost of
authorisations with that of 10,000 stored payments, warm and cold.
--data     where the filled sandbox stays, to be gone on with or measured again
--fill     fills it and no more
--rounds   of both, in turns (6)     --seconds  of each run (3)
--json     one JSON object on standard output`

async function main(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const own = { payments: text, rounds: text, seconds: text, data: text, fill: flag } as const
  const { values } = readArguments(args, { ...own, json: flag, help: flag })
  if (values.help === true) return console.log(help)
  const payments = wholeNumber(values.payments ?? '1000000', '--payments', 'payments')
  const rounds = wholeNumber(values.rounds ?? '6', '--rounds', 'rounds')
  const seconds = wholeNumber(values.seconds ?? '3', '--seconds', 'seconds')
  const options = { payments, rounds, seconds, data: values.data, say: console.error }
  if (values.fill === true) {
    if (values.data === undefined) throw new Misunderstood('--fill needs --data FOLDER.')
    return fillOnly(options)
  }
  const result = await measureGrowth(options)
  if (values.json === true) return console.log(JSON.stringify(result))
  const { small, costs } = result
  console.log(`${payments} payments stored, against ${small}: ${result.growth} × the cost`)
  for (const { way, cache, small_us, big_us, ratio, sql_ratio } of costs)
    console.log(
      `  ${way}, ${cache}: ${big_us} µs against ${small_us} µs: ${ratio} (SQL ${sql_ratio})`,
    )
  if (!result.files_forgotten)
    console.log('  cold: the system did not let its memory of files be emptied')
}

await main(process.argv.slice(2))
