/**
 * `warifu reconcile FILE`: your order system's file against what was paid and settled. The same
 * file is the same reconciliation, so after a crash the same command goes on.
 */
import { createWriteStream, openAsBlob } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { barOf } from '@warifu/cli/bar'
import { type Platform, platformOf } from '@warifu/cli/platform'
import { Sorry } from '@warifu/cli/sorry'
import { createWarifu, type Difference, type Reconciliation } from '@warifu/sdk/sdk'

const help = `warifu reconcile orders.csv --from 2026-11-01 --to 2026-12-01
        compares an order file with payments, sales and settlements of that time
        (columns: merchant_reference or order, amount, currency; docs/reconciliation.md)
        [--decimal]      amounts are written 12.50, not in minor units
        [--again]        compare once more: what was put right is gone then
        [--out FILE]     write the differences as CSV
        [--json]
        [--api-url URL]  another platform than this sandbox; its key in WARIFU_API_KEY`

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  decimal: { type: 'boolean' },
  again: { type: 'boolean' },
  out: { type: 'string' },
  'api-url': { type: 'string' },
  json: { type: 'boolean' },
} as const

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'reconcile', who: 'merchant', help, isBare: true }, () =>
    reconcile(args),
  )
}

async function reconcile(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [path, more] = positionals
  const { from, to, out } = values
  if (path === undefined || more !== undefined || from === undefined || to === undefined)
    throw new Misunderstood('reconcile expects a file, --from and --to, as 2026-11-01.')
  const platform = await platformOf('reconcile', values['api-url'])
  const warifu = createWarifu(platform)
  const file = await openAsBlob(path).catch(() => {
    throw new Sorry(`${path} cannot be read.`)
  })
  const onProgress = createBar()
  const amounts_in = values.decimal === true ? 'decimal' : 'minor_units'
  const about = { from, to, file, amounts_in, name: path.slice(-200) } as const
  const first = await warifu.reconciliations.run(about, { onProgress })
  const ended = values.again ? await warifu.reconciliations.again(first.id, { onProgress }) : first
  if (out !== undefined) await writeCsv(out, ended, platform)
  const open: Difference[] = []
  for await (const one of warifu.reconciliations.differences(ended.id, { limit: 100 }))
    if (one.status === 'open' || one.status === 'waiting') open.push(one)
  if (values.json === true)
    console.log(JSON.stringify({ reconciliation: ended, by_kind: countsOf(open) }))
  else console.log(wordsOf(ended, open))
  return 0
}

/** A bar, where somebody watches. */
function createBar() {
  const isWatched = process.stderr.isTTY
  return ({ progress: { done, total }, status }: Reconciliation): void => {
    if (!isWatched) return
    process.stderr.write(`\r${barOf({ done, total })} `)
    if (status === 'completed') process.stderr.write('\n')
  }
}

function countsOf(open: readonly Difference[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of open) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const SHOWN = 20

function wordsOf(ended: Reconciliation, open: readonly Difference[]): string {
  const { id, orders, agreed, differences } = ended
  const lines = [`${id}: ${orders} orders, ${agreed} agree, ${differences.open} differences open`]
  for (const [kind, count] of Object.entries(countsOf(open)))
    lines.push(`  ${String(count).padStart(6)}  ${kind}`)
  for (const one of open.slice(0, SHOWN)) {
    const { merchant_reference, expected, found, currency, suggestion } = one
    const order = (merchant_reference ?? '(no order)').padEnd(20)
    const sums = `${expected} expected, ${found} found ${currency ?? ''}`
    lines.push(`  ${one.id}  ${order} ${one.kind}: ${sums} → ${suggestion.fix}`)
  }
  if (open.length > SHOWN) lines.push(`  … ${open.length - SHOWN} more: --out FILE`)
  return lines.join('\n')
}

async function writeCsv(path: string, { id }: Reconciliation, { apiUrl, apiKey }: Platform) {
  const answer = await fetch(`${apiUrl}/v1/reconciliations/${id}/differences`, {
    headers: { authorization: `Bearer ${apiKey}`, accept: 'text/csv' },
  })
  if (!answer.ok || answer.body === null)
    throw new Sorry(`the differences cannot be had: ${answer.status}.`)
  // The same stream by its other type.
  const body = Readable.fromWeb(answer.body as ReadableStream)
  await pipeline(body, createWriteStream(path))
}
