/** `warifu bench`: measures payments (bench/bench.ts), or cryptography (bench/primitives.ts). */
import { join } from 'node:path'
import { runHere } from '@warifu/cli/foreground'
import { root } from '@warifu/cli/state-folder'

export function run(args: readonly string[]): Promise<number> {
  const isPrimitives = args[0] === 'primitives'
  const file = isPrimitives ? 'primitives.ts' : 'bench.ts'
  const rest = isPrimitives ? args.slice(1) : args
  return runHere(process.execPath, [join(root, 'bench', file), ...rest])
}
