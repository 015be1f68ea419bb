/** Builds the pages named on the command line, in a process that ends: no bundler stays. */
import { buildPage, type Page } from './build.ts'

const isPage = (name: string): name is Page => name === 'wallet' || name === 'pos'

for (const name of process.argv.slice(2)) {
  if (!isPage(name)) throw new TypeError(`there is no page named ${name}: wallet or pos`)
  console.log(`${name} ${await buildPage(name)}`)
}
