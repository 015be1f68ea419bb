/** `warifu merchant user …`: who of a shop signs in at the console (sandbox, or DATABASE_URL). */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { consoleOriginOf, databaseToOperate, withLink } from '@warifu/cli/console-links'
import { operateServer } from '@warifu/cli/operators'
import { findSandbox } from '@warifu/cli/sandbox-address'

const help = `warifu merchant user <act> [--merchant mer_…] [--json]

  add NAME --role ROLE   roles: admin (everything), clerk (sells and gives back), viewer (looks)
                         prints a link to the console, good once for three days
  invite NAME            another link, for another passkey
  end NAME               passkeys and sessions are nobody's from now on
  list                   who they are

Without --merchant: the sandbox's own.
Exit codes: 0 done, 1 refused, 2 not understood.`

const options = {
  json: { type: 'boolean' },
  role: { type: 'string' },
  merchant: { type: 'string' },
} as const

const acts: readonly string[] = ['add', 'invite', 'end', 'list']

export async function run(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    console.log(help)
    return args.length === 0 ? 2 : 0
  }
  return await runTelling(args, { command: 'merchant', who: 'merchant' }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [what, act = '', name, ...rest] = positionals
  if (what !== 'user') throw new Misunderstood(`merchant user <act> expected; got "${what}".`)
  if (!acts.includes(act)) throw new Misunderstood(`an act is one of ${acts}; got "${act}".`)
  if (rest[0] !== undefined) throw new Misunderstood(`${act} does not take "${rest[0]}".`)
  if (act !== 'list' && name === undefined) throw new Misunderstood(`${act} expects a name.`)
  const merchant = values.merchant ?? (await findSandbox()).seed.merchant
  const words = [name, act === 'add' ? values.role : undefined].filter((one) => one !== undefined)
  const url = await databaseToOperate()
  const line = await operateServer(url, [`user-${act}`, merchant, ...words])
  const told = withLink(line, await consoleOriginOf())
  console.log(values.json ? JSON.stringify(told) : JSON.stringify(told, null, 2))
  return 0
}
