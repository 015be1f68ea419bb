/** `warifu bench`: measures payments (bench/bench.ts), or a part: growth, charts and so on. */
import { join } from 'node:path'
import { runHere } from '@warifu/cli/foreground'
import { root } from '@warifu/cli/state-folder'

export function run(args: readonly string[]): Promise<number> {
  const [first = ''] = args
  const isPart = ['primitives', 'devices', 'growth', 'charts'].includes(first)
  const file = isPart ? `${first}.ts` : 'bench.ts'
  const rest = isPart ? args.slice(1) : args
  return runHere(process.execPath, [join(root, 'bench', file), ...rest])
}
