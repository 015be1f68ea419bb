/**
 * Builds the pages named on the command line, in a process that ends: no bundler stays. Or, with
 * `--join FOLDER`, makes what programs start quicker with.
 */
import { buildPage, type Page } from './build.ts'
import { joinPackages } from './joined.ts'

const pages: readonly string[] = ['wallet', 'pos', 'console', 'tour'] satisfies readonly Page[]
const isPage = (name: string): name is Page => pages.some((page) => page === name)

const [first, folder, ...others] = process.argv.slice(2)
const isJoining = first === '--join' && folder !== undefined && others.length === 0
if (isJoining) await joinPackages(folder)
for (const name of isJoining ? [] : process.argv.slice(2)) {
  if (!isPage(name)) throw new TypeError(`there is no page named ${name}: ${pages.join(', ')}`)
  console.log(`${name} ${await buildPage(name)}`)
}
