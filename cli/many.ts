/**
 * The processes of one kind in a sandbox: one, which ends everything when it ends, or several on
 * one database, of which one that ends is started again.
 */
import { type Child, type Program, saidReady, startChild, untilReady } from './child.ts'
import type { Site } from './database.ts'
import { type Kept, keptOnce, startKept } from './kept.ts'

const stopped = (how: string, { log }: Child) => `${how}; everything is stopped (log: ${log})`
/** How one ended that everything ends with. */
export const lastSentence = async (child: Child): Promise<string> =>
  stopped(await keptOnce(child).lost, child)

/** The processes of one kind. */
export type Many = {
  readonly first: Child
  /** Settles when one of them is not to be had any more. */
  readonly lost: Promise<string>
}

/** What is added to a name: nothing for the first. */
export const placesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? '' : `-${i + 1}`))

type Wanted = {
  readonly name: string
  readonly count: number
  readonly say: (words: string) => void
}

/** One after the other; of several, one that ends is started again. */
export async function startAll(
  site: Site,
  { name, count, say }: Wanted,
  programOf: (i: number) => Promise<Program>,
): Promise<Many> {
  const all: Kept[] = []
  for (const [i, at] of placesOf(count).entries()) {
    site.step(`${name}${at}`)
    const program = await programOf(i)
    const start = () => launch(site, `${name}${at}`, program)
    const kept = count === 1 ? keptOnce(await start()) : await startKept(start, { say })
    site.stack.defer(kept.stop)
    all.push(kept)
  }
  const lost = Promise.race(all.map((one) => one.lost.then((how) => stopped(how, one.child()))))
  const [first] = all
  if (first === undefined) throw new Error(`no ${name}`)
  return { first: first.child(), lost }
}

/** Ready, or stopped again. */
export async function launch(
  { state, keeper }: Site,
  name: string,
  program: Program,
): Promise<Child> {
  const child = await startChild(program, state.path('logs', `${name}.log`), keeper)
  await untilReady(child, saidReady(child)).catch(async (fault: unknown) => {
    await child.stop()
    throw fault
  })
  return child
}
