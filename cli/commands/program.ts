/** `warifu program add FILE`: opens a card program (sandbox, or DATABASE_URL). */
import { readFile } from 'node:fs/promises'
import { Misunderstood, readArguments, runTelling } from '@warifu/cli/arguments'
import { databaseToOperate } from '@warifu/cli/console-links'
import { openAtServer } from '@warifu/cli/operators'

const help = `warifu program add FILE [--json]

FILE is JSON with every term of the program; docs/programs.md shows one. It is offered at once.
Bounds and rules are changed at the console afterwards, by two persons.
Exit codes: 0 done, 1 refused, 2 not understood.`

export async function run(args: readonly string[]): Promise<number> {
  return await runTelling(args, { command: 'program', who: 'merchant', help }, () => take(args))
}

async function take(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' } })
  const [act, file, ...rest] = positionals
  if (act !== 'add' || file === undefined || rest.length > 0)
    throw new Misunderstood('program add FILE expected.')
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Misunderstood(`the file ${file} cannot be read.`)
  })
  const opened: unknown = JSON.parse(
    await openAtServer(await databaseToOperate(), ['program', text]),
  )
  console.log(JSON.stringify(opened, null, values.json === true ? 0 : 2))
  return 0
}
