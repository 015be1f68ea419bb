/** `warifu check`: types, then lint and format, then the laws of the house. All are told. */
import { join } from 'node:path'
import { runHere } from '@warifu/cli/foreground'
import { root } from '@warifu/cli/state-folder'

const tool = (name: string) => join(root, 'node_modules', '.bin', name)

export async function run(): Promise<number> {
  const checks = [
    [tool('tsc'), '--noEmit'],
    [tool('biome'), 'check', '.'],
    [process.execPath, '--test', join(root, 'test', 'laws.test.ts')],
  ]
  let failed = 0
  for (const [command = '', ...args] of checks)
    if ((await runHere(command, args)) !== 0) failed += 1
  console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${checks.length} checks failed.`)
  return failed === 0 ? 0 : 1
}
