/** `warifu doctor`: looks at Node, permissions, ports, databases, vault, pages and clock. */
import { readArguments, runTelling } from '@warifu/cli/arguments'
import { examine } from '@warifu/cli/doctor'
import { defaultHome } from '@warifu/cli/sandbox'

const help = `warifu doctor [--json]

One line for each thing looked at. Exit code 1 where one of them is bad.`

const options = { json: { type: 'boolean' } } as const

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(
    args,
    { command: 'doctor', who: 'merchant', help, isBare: true },
    async () => {
      const { values } = readArguments(args, options)
      const checks = await examine(defaultHome())
      const ok = checks.every((one) => one.ok)
      if (values.json === true) console.log(JSON.stringify({ ok, checks }))
      else
        for (const { check, ok: isGood, said } of checks)
          console.log(`${isGood ? 'ok ' : 'BAD'}  ${check.padEnd(16)} ${said}`)
      return ok ? 0 : 1
    },
  )
}
