/** `warifu bench`: measures payments; bench/bench.ts does it. */
import { join } from 'node:path'
import { runHere } from '@warifu/cli/foreground'
import { root } from '@warifu/cli/state-folder'

export const run = (args: readonly string[]): Promise<number> =>
  runHere(process.execPath, [join(root, 'bench', 'bench.ts'), ...args])
