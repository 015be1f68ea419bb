/**
 * `warifu demo [SYSTEM…]`: runs every system and says what each party could read. With
 * `--sabotage SYSTEM` the same journey runs with one thing wrong at a time, and must fail.
 */
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { Interrupted, runDemo, systemIds } from '@warifu/cli/demo'
import { codeOfSignal } from '@warifu/cli/ending'
import { sizeOf, sizeOptions } from '@warifu/cli/size'

const help = `warifu demo [SYSTEM…] [--sabotage SYSTEM] [--pictures FOLDER] [--json]
            [--workers N] [--vaults M]

Systems: ${systemIds().join(', ')}
--sabotage   the same journey with one thing wrong at a time; it must fail (exit code 1).
             May be given for several systems
--pictures   writes the X-ray of each system's payment into this folder, as SVG
--workers    so many servers, --vaults so many vaults: requests go to any of them
--json       one JSON object on standard output; words go to standard error`

const options = {
  json: { type: 'boolean' },
  sabotage: { type: 'string', multiple: true },
  pictures: { type: 'string' },
  ...sizeOptions,
} as const

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(
    args,
    { command: 'demo', who: 'merchant', help, isBare: true },
    async () => {
      const { values, positionals } = readArguments(args, options)
      const { sabotage = [], json = false, pictures } = values
      const only = [...positionals, ...sabotage]
      for (const id of only) requireSystem(id)
      const say = json ? console.error : console.log
      const systems = await runDemo({
        ...{ only, sabotage, say, size: sizeOf(values) },
        ...(pictures === undefined ? {} : { pictures }),
      }).catch((error: unknown) => {
        if (error instanceof Interrupted) return error
        throw error
      })
      if (systems instanceof Interrupted) return codeOfSignal(systems.signal)
      if (json) console.log(JSON.stringify({ systems }))
      return Object.values(systems).every(({ ok }) => ok) ? 0 : 1
    },
  )
}

function requireSystem(id: string): void {
  const known = systemIds()
  if (!known.includes(id))
    throw new Misunderstood(`a system is one of ${known.join(', ')}; got "${id}".`)
}
