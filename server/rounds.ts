/**
 * What a process does again and again, each round when the one before has ended. A round without an
 * end is not waited for for ever: it is given up and told of, and the next begins. Should it come
 * back it meets another one of its kind, as it may on any other process at any time.
 */

export type Round = {
  readonly name: string
  readonly pauseMs: number
  readonly patienceMs: number
  /** True where there is more to do: then the pause is short. Twice at once, it does no harm. */
  readonly work: () => Promise<unknown>
}

export type RoundNeeds = {
  /** Rejects as the signal is aborted; keeps no process alive. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>
  readonly report: (fault: unknown, name: string) => void
}

const MORE_MS = 10

/** Begins now; what it answers with ends it, after the round that runs. */
export function repeat(needs: RoundNeeds, { name, pauseMs, patienceMs, work }: Round): () => void {
  let isStopped = false
  // Given up or not: where all is only slow, more and more at once would make it slower.
  let running = 0
  const round = async (): Promise<unknown> => {
    running += 1
    const ended = work().finally(() => {
      running -= 1
    })
    return within(needs, patienceMs * 2 ** (running - 1), ended)
  }
  const goOn = async () => {
    while (!isStopped) {
      const more = await round().catch((fault: unknown) => needs.report(fault, name))
      await needs.sleep(more === true ? MORE_MS : pauseMs)
    }
  }
  void goOn()
  return () => {
    isStopped = true
  }
}

/** Fails where `work` has no end by then. Nobody waits for it any more, whatever becomes of it. */
async function within<T>({ sleep }: RoundNeeds, patienceMs: number, work: Promise<T>): Promise<T> {
  const ended = new AbortController()
  const late = async () => {
    await sleep(patienceMs, ended.signal)
    throw new Error(`no end within ${patienceMs} ms`)
  }
  try {
    return await Promise.race([work, late()])
  } finally {
    ended.abort()
  }
}
