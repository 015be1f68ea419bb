/**
 * `warifu scan <path…> --number N…`: where do known numbers lie, in any form? Numbers may come by
 * `--numbers FILE` or `--numbers -` (standard input, one in a line), since an argument is visible
 * to every process of the machine. Prints place, form and offset, and four digits at most.
 * Exit code: 0 nothing found, 1 found, 2 not understood.
 */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { needlesOf } from '@warifu/cli/needles'
import { scanFolder } from '@warifu/cli/scan'
import { codeOf, Sorry } from '@warifu/cli/sorry'

const usage = 'warifu scan <path…> (--number N)… | --numbers FILE | --numbers -'

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { number: { type: 'string', multiple: true }, numbers: { type: 'string' } },
    })
    return { paths: positionals, number: values.number ?? [], list: values.numbers }
  } catch {
    return undefined
  }
}

async function readNumbers(list: string | undefined): Promise<string[]> {
  if (list === undefined) return []
  const lines = list === '-' ? await text(process.stdin) : await readFile(list, 'utf8')
  return lines.split('\n').flatMap((line) => line.trim() || [])
}

async function scanPath(path: string, numbers: readonly string[]) {
  try {
    return await scanFolder(path, numbers)
  } catch (fault) {
    const code = codeOf(fault)
    if (code === undefined || !(fault instanceof Error)) throw fault
    throw new Sorry(`cannot scan ${path}: ${fault.message}`)
  }
}

export async function run(args: readonly string[]): Promise<number> {
  const asked = parse(args)
  const numbers = [...(asked?.number ?? []), ...(await readNumbers(asked?.list))]
  const valid = numbers.every((number) => {
    try {
      return /^[0-9]+$/.test(number) && needlesOf(number).length > 0
    } catch {
      return false
    }
  })
  if (!asked?.paths.length || numbers.length === 0 || !valid) {
    process.stderr.write(`${usage}\nA number has 8 to 32 digits.\n`)
    return 2
  }
  let found = 0
  for (const path of asked.paths)
    for (const { path: place, encoding, offset, number } of await scanPath(path, numbers)) {
      process.stdout.write(`${place}  ${encoding}  at ${offset}  …${number.slice(-4)}\n`)
      found += 1
    }
  process.stdout.write(found === 0 ? 'Nothing found.\n' : `${found} found.\n`)
  return found === 0 ? 0 : 1
}
