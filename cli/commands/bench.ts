/** `warifu bench`: measures payments (bench/bench.ts), or a part: primitives, devices. */
import { join } from 'node:path'
import { runHere } from '@warifu/cli/foreground'
import { root } from '@warifu/cli/state-folder'

export function run(args: readonly string[]): Promise<number> {
  const [first = ''] = args
  const isPart = first === 'primitives' || first === 'devices'
  const file = isPart ? `${first}.ts` : 'bench.ts'
  const rest = isPart ? args.slice(1) : args
  return runHere(process.execPath, [join(root, 'bench', file), ...rest])
}
