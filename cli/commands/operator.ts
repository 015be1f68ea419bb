/** `warifu operator …`: who works here, and with which roles (sandbox, or DATABASE_URL). */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { operateServer, serverDatabaseOf } from '@warifu/cli/operators'
import { findSandbox } from '@warifu/cli/sandbox-address'

const help = `warifu operator <act> [--json]

  add NAME --roles ROLE,…   roles: issuer (decides about applications and cards), operator, auditor
                            prints the token, wo_…: it is kept as a hash and never shown again
  end NAME                  its token is nobody's from now on
  list                      who works here

Decisions above a program's threshold need a second operator.
Exit codes: 0 done, 1 refused, 2 not understood.`

const options = {
  json: { type: 'boolean' },
  roles: { type: 'string' },
} as const

export async function run(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    console.log(help)
    return args.length === 0 ? 2 : 0
  }
  return await runTelling(args, { command: 'operator', who: 'merchant' }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [act = '', name, ...rest] = positionals
  if (!['add', 'end', 'list'].includes(act))
    throw new Misunderstood(`an act is one of add, end, list; got "${act}".`)
  if (rest[0] !== undefined) throw new Misunderstood(`${act} does not take "${rest[0]}".`)
  if (act !== 'list' && name === undefined) throw new Misunderstood(`${act} expects a name.`)
  if (act === 'add' && values.roles === undefined)
    throw new Misunderstood('add expects --roles, such as --roles issuer,auditor.')
  const url = process.env['DATABASE_URL'] ?? (await serverDatabaseOf((await findSandbox()).home))
  const roles = (values.roles ?? '').split(',').filter((role) => role !== '')
  const line = await operateServer(url, [act, ...(name === undefined ? [] : [name]), ...roles])
  console.log(values.json ? line : JSON.stringify(JSON.parse(line), null, 2))
  return 0
}
