/** Acts by who runs the house: programs of the server's, run with the server's own role. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Misunderstood } from './arguments.ts'
import { Failed, nodeProgram, runToEnd } from './child.ts'
import { databaseUrl } from './cluster.ts'
import { serverPlan } from './databases.ts'
import { keptPasswords } from './passwords.ts'
import { readPorts } from './ports.ts'
import { root } from './state-folder.ts'

type Act = (url: string, args: readonly string[]) => Promise<string>

/** Answers with the one JSON line that the act prints; what it does not take is told as such. */
const actOf =
  (name: string, ...path: readonly string[]): Act =>
  async (url, args) => {
    const entry = join(root, 'server', ...path)
    const program = await nodeProgram(name, entry, { DATABASE_URL: url })
    const ended = runToEnd({ ...program, args: [...program.args, ...args] })
    return (await ended.catch(understood)).trim()
  }

function understood(fault: unknown): never {
  if (fault instanceof Failed && fault.exitCode === 2) throw new Misunderstood(fault.words)
  throw fault
}

/** On the list of those who work here, and of a merchant's people. */
export const operateServer = actOf('The list of operators', 'people', 'main.ts')
/** Opens merchants, stores and card programs. */
export const openAtServer = actOf('The opening', 'opening.ts')

/** The database of the sandbox in this folder: the one that the environment names, or its own. */
export const serverDatabaseOf = async (home: string): Promise<string> =>
  process.env['DATABASE_URL'] ?? (await ownDatabaseOf(home, 'warifu_app'))

/** The same as its owner, who may alter a table. */
export const serverOwnerOf = async (home: string): Promise<string> =>
  process.env['DATABASE_OWNER_URL'] ?? (await ownDatabaseOf(home, serverPlan.owner))

async function ownDatabaseOf(home: string, role: string): Promise<string> {
  const ports = readPorts(await readFile(join(home, 'ports.json'), 'utf8'))
  const kept = await readFile(join(home, 'secrets', 'databases.json'), 'utf8')
  const password = keptPasswords.read(kept)[role] ?? ''
  return databaseUrl(role, password, `${ports.server_database}/${serverPlan.database}`)
}
