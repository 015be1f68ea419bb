/** `warifu operator …`: who works here, and with which roles (sandbox, or DATABASE_URL). */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { consoleOriginOf, databaseToOperate, withLink } from '@warifu/cli/console-links'
import { operateServer } from '@warifu/cli/operators'

const help = `warifu operator <act> [--json]

  add NAME --roles ROLE,…   roles: issuer (decides about applications and cards), operator, auditor
                            prints the token, wo_…, and a link to the console, good once for three
                            days: there the person makes a passkey. Neither is shown again
  invite NAME               another link, for another passkey
  end NAME                  token, passkeys and sessions are nobody's from now on
  list                      who works here

Dangerous acts, such as decisions above a program's threshold, need a second operator.
Exit codes: 0 done, 1 refused, 2 not understood.`

const options = {
  json: { type: 'boolean' },
  roles: { type: 'string' },
} as const

const acts: readonly string[] = ['add', 'invite', 'end', 'list']

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'operator', who: 'merchant', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options)
  const [act = '', name, ...rest] = positionals
  if (!acts.includes(act)) throw new Misunderstood(`an act is one of ${acts}; got "${act}".`)
  if (rest[0] !== undefined) throw new Misunderstood(`${act} does not take "${rest[0]}".`)
  if (act !== 'list' && name === undefined) throw new Misunderstood(`${act} expects a name.`)
  if (act === 'add' && values.roles === undefined)
    throw new Misunderstood('add expects --roles, such as --roles issuer,auditor.')
  const url = await databaseToOperate()
  const roles = (values.roles ?? '').split(',').filter((role) => role !== '')
  const line = await operateServer(url, [act, ...(name === undefined ? [] : [name]), ...roles])
  const told = withLink(line, await consoleOriginOf())
  console.log(values.json ? JSON.stringify(told) : JSON.stringify(told, null, 2))
  return 0
}
