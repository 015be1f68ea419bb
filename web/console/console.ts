/**
 * The console: a page for those who run a shop, issue cards, keep the platform or audit it. The
 * API's server gives it under a name of its own: page and `/v1` are one origin, so that the
 * session's cookie stays between the two of them.
 */
import { type BuiltFile, loadFiles as loadConsole, servePage } from '@warifu/web/serving'
import { pathsOfSections } from './browser/sections.ts'

export { loadConsole }
export type ConsoleFiles = ReadonlyMap<string, BuiltFile>

/** What the page tells apart (browser/sections.ts): a list, and one thing of it. */
export const views = [
  ...pathsOfSections.flatMap((path) => (path === '/' ? [path] : [path, `${path}/*`])),
  '/xray', // an auditor's link, without an account
]

type Server = Parameters<typeof servePage>[0]

export function serveConsole(app: Server, origin: string, files: ConsoleFiles): void {
  servePage(app, { files, policy: {}, views, host: new URL(origin).host })
}
