/** Links to the console for who was invited, and the database in which they were. */
import { serverDatabaseOf } from './operators.ts'
import { findSandbox } from './sandbox-address.ts'

/** The database that is meant: of the environment, or of the sandbox in this folder. */
export const databaseToOperate = async (): Promise<string> =>
  process.env['DATABASE_URL'] ?? (await serverDatabaseOf((await findSandbox()).home))

/** Where the console is: as the environment says, or in this folder's sandbox. */
export async function consoleOriginOf(): Promise<string | undefined> {
  const named = process.env['CONSOLE_ORIGIN']
  if (named !== undefined || process.env['DATABASE_URL'] !== undefined) return named
  const { port } = new URL((await findSandbox()).api.apiUrl)
  return `http://console.localhost:${port}`
}

/** What an act printed, with the secret of an invitation in the link that it is for. */
export function withLink(line: string, consoleOrigin: string | undefined): object {
  const { invitation, ...told }: Record<string, unknown> = JSON.parse(line)
  if (invitation === undefined) return told
  return { ...told, invitation: `${consoleOrigin ?? ''}/join#${invitation}` }
}
