/**
 * `warifu scan <path…>`: do card numbers lie here, in any form? Told are numbers of this house's
 * BINs, numbers of other companies where something beside them says that they are cards, published
 * test numbers, and whatever was planted (`--number`, `--numbers FILE` or `--numbers -`, since an
 * argument is visible to every process of the machine). `--pid` looks into a live process. Prints
 * place, form and offset, and four digits at most.
 * Exit code: 0 nothing found, 1 found, 2 not understood.
 */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { findCards, findCardsInMemory, type PlacedCard, sandboxBins } from '@warifu/cli/card-scan'
import { needlesOf } from '@warifu/cli/needles'
import { codeOf, Sorry } from '@warifu/cli/sorry'

const usage = `warifu scan <path…> [--pid N]… [--bin DIGITS]…
            [--number N]… [--numbers FILE | -] [--json]
--pid      the memory of this process too (you need the right to trace it)
--bin      first digits of your programs' cards, six or more; the sandbox's where none is told
--number   a number or text that you planted; --numbers: one in a line, - for standard input`

const many = { type: 'string', multiple: true } as const

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ number: many, pid: many, bin: many },
        numbers: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    return { ...values, paths: positionals }
  } catch {
    return undefined
  }
}
type Asked = NonNullable<ReturnType<typeof parse>>

async function readNumbers(list: string | undefined): Promise<string[]> {
  if (list === undefined) return []
  const lines = list === '-' ? await text(process.stdin) : await readFile(list, 'utf8')
  return lines.split('\n').flatMap((line) => line.trim() || [])
}

function faultOf({ paths, pid = [], bin = [] }: Asked, planted: readonly string[]) {
  if (paths.length + pid.length === 0) return 'Name a path or a process.'
  if (!pid.every((one) => /^[1-9][0-9]*$/.test(one))) return '--pid: the number of a process.'
  if (!bin.every((one) => /^[0-9]{6,11}$/.test(one))) return '--bin: 6 to 11 digits.'
  try {
    planted.forEach(needlesOf)
    return undefined
  } catch (fault) {
    return fault instanceof Error ? `--number: ${fault.message}.` : '--number'
  }
}

/** How far it is, where somebody watches. */
function createProgress() {
  const isWatched = process.stderr.isTTY
  let bytes = 0
  let shown = -1
  return {
    onBytes: (count: number) => {
      bytes += count
      const megabytes = Math.floor(bytes / 2 ** 20)
      if (!isWatched || megabytes < shown + 64) return
      shown = megabytes
      process.stderr.write(`\r${megabytes} MB `)
    },
    end: () => (shown >= 0 ? process.stderr.write('\r') : undefined),
  }
}

/** A finding as it may be shown. */
const shown = ({ path, whose, encoding, offset, number }: PlacedCard) => ({
  ...{ path, whose, encoding, offset },
  last4: number.slice(-4),
})

export async function run(args: readonly string[]): Promise<number> {
  const asked = parse(args)
  const planted = [...(asked?.number ?? []), ...(await readNumbers(asked?.numbers))]
  const fault = asked ? faultOf(asked, planted) : 'An option that is not known.'
  if (asked === undefined || fault !== undefined) {
    process.stderr.write(`${fault}\n${usage}\n`)
    return 2
  }
  const wanted = { bins: asked.bin ?? sandboxBins, planted }
  const progress = createProgress()
  let found = 0
  const tell = (one: PlacedCard) => {
    const { path, whose, encoding, offset, last4 } = shown(one)
    const line = `${path}  ${encoding}  at ${offset}  …${last4}  ${whose}`
    process.stdout.write(`${asked.json ? JSON.stringify(shown(one)) : line}\n`)
    found += 1
  }
  for (const path of asked.paths)
    await readable(path, async () => {
      for await (const one of findCards(path, wanted, progress.onBytes)) tell(one)
    })
  for (const pid of asked.pid ?? [])
    await readable(`process ${pid}`, async () =>
      findCardsInMemory(Number(pid), wanted).forEach(tell),
    )
  progress.end()
  if (!asked.json) process.stdout.write(found === 0 ? 'Nothing found.\n' : `${found} found.\n`)
  return found === 0 ? 0 : 1
}

async function readable(name: string, read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (fault) {
    if (codeOf(fault) === undefined || !(fault instanceof Error)) throw fault
    throw new Sorry(`cannot scan ${name}: ${fault.message}`)
  }
}
