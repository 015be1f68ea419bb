/** `warifu ledger check`: proves the books while payments run (sandbox, or DATABASE_URL). */
import { join } from 'node:path'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { nodeProgram, runToEnd } from '@warifu/cli/child'
import { serverDatabaseOf } from '@warifu/cli/operators'
import { findSandbox } from '@warifu/cli/sandbox-address'
import { root } from '@warifu/cli/state-folder'

const help = `warifu ledger check [--json]

  check   every law of the books, in one snapshot, while payments run: each lane sums to zero,
          holds are the open authorisations, clearing returns to zero, lanes agree by number,
          payments and settlements are what the ledger says

Exit codes: 0 all laws hold, 1 one does not, 2 not understood.`

type Checked = {
  readonly lanes: number
  readonly ms: number
  readonly faults: readonly {
    readonly lane: number
    readonly law: string
    readonly about: string
    readonly expected: number
    readonly found: number
  }[]
}

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'ledger', who: 'merchant', help }, () => check(args))
}

async function check(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' } })
  const [act = '', rest] = positionals
  if (act !== 'check') throw new Misunderstood(`an act is check; got "${act}".`)
  if (rest !== undefined) throw new Misunderstood(`check does not take "${rest}".`)
  const url = process.env['DATABASE_URL'] ?? (await serverDatabaseOf((await findSandbox()).home))
  const entry = join(root, 'server', 'settlement', 'main.ts')
  const line = await runToEnd(await nodeProgram('The books', entry, { DATABASE_URL: url }))
  const checked: Checked = JSON.parse(line)
  if (values.json) console.log(line.trim())
  else say(checked)
  return checked.faults.length === 0 ? 0 : 1
}

function say({ lanes, ms, faults }: Checked): void {
  for (const { lane, law, about, expected, found } of faults)
    console.log(`lane ${lane}: ${law}: ${about}: ${expected} expected, ${found} found`)
  const verdict = faults.length === 0 ? 'every law holds' : `${faults.length} do not hold`
  console.log(`${lanes} lanes in ${ms} ms: ${verdict}`)
}
