/** `warifu screenshots`: pictures of every page; test/screenshots.ts takes them. */
import { join } from 'node:path'
import { runHere } from '@warifu/cli/foreground'
import { root } from '@warifu/cli/state-folder'

export const run = (args: readonly string[]): Promise<number> =>
  runHere(process.execPath, [join(root, 'test', 'screenshots.ts'), ...args])
