/**
 * Doing something that is signed. A write that has no answer yet is settled first, with its own
 * bytes; one that gets none now is sent again, the same, until somebody knows what became of it.
 */
import { TerminalError } from '@warifu/devices/terminal'
import type { CallName, Reply } from '@warifu/protocol/contract'
import { type RawAnswer, readAnswer } from '@warifu/sdk/api-call'
import { noticingStop } from './stopping.ts'
import { isUnknown } from './trouble.ts'
import type { World } from './world.tsx'

/** Sends the write that is without answer again; true where there was one. */
export const settle = (world: World): Promise<boolean> =>
  noticingStop(world, async () => {
    const { unanswered } = await world.terminal.state()
    if (unanswered === null) return false
    try {
      await world.terminal.retry()
    } catch (error) {
      // Another tab had its turn first, and the answer.
      if (!(error instanceof TerminalError) || error.code !== 'nothing_unanswered') throw error
    }
    return true
  })

/** A write after whatever came before it is settled. */
export async function act<T>(world: World, work: () => Promise<T>): Promise<T> {
  await settle(world)
  return noticingStop(world, work)
}

type Surely<N extends CallName> = {
  readonly name: N
  readonly work: () => Promise<Reply<N>>
  /** Told once, when the first answer stays out. */
  readonly onUnknown: () => void
}

const REST_MS = 2000

/** A write whose answer the person must have: it is asked for until it comes. */
export async function actSurely<N extends CallName>(
  world: World,
  { name, work, onUnknown }: Surely<N>,
): Promise<Reply<N>> {
  await settle(world)
  try {
    return await noticingStop(world, work)
  } catch (error) {
    if (!isUnknown(error)) throw error
    onUnknown()
  }
  for (;;) {
    await world.waiting.sleep(REST_MS)
    const answer = await answerOf(world, name)
    if (answer !== undefined) return readAnswer(name, answer)
  }
}

/** The answer of the write that had none; undefined while it still stays out. */
async function answerOf({ terminal }: World, name: CallName): Promise<RawAnswer | undefined> {
  const { unanswered } = await terminal.state()
  // Another tab settled it: what became of it stands in the activity.
  if (unanswered?.name !== name) throw new SettledElsewhere()
  try {
    const { answer } = await terminal.retry()
    return answer.status >= 500 ? undefined : answer
  } catch (error) {
    if (isUnknown(error)) return undefined
    throw error
  }
}

/** The write had its answer in another tab. */
export class SettledElsewhere extends Error {
  override readonly name = 'SettledElsewhere'
}
