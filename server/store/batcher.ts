/**
 * Concurrent requests are decided together. No timer: a batch leaves as soon as a place is free,
 * so a lone request waits for nobody, and under load batches fill by themselves.
 */

export type Batcher<Ask, Reply> = {
  readonly ask: (ask: Ask) => Promise<Reply>
}

type Options<Ask, Reply> = {
  /** Sends one batch; answers in the same order. A throw fails every ask of the batch. */
  readonly send: (asks: readonly Ask[]) => Promise<readonly Reply[]>
  readonly maxSize: number
  readonly maxInFlight: number
  /** Asks that share a key never travel in one batch; the later one takes the next. */
  readonly keysOf?: (ask: Ask) => readonly string[]
}

type Waiting<Ask, Reply> = {
  readonly ask: Ask
  readonly resolve: (reply: Reply) => void
  readonly reject: (fault: unknown) => void
}

export function createBatcher<Ask, Reply>(options: Options<Ask, Reply>): Batcher<Ask, Reply> {
  let waiting: Waiting<Ask, Reply>[] = []
  let inFlight = 0
  let planned = false

  const plan = () => {
    if (planned || waiting.length === 0 || inFlight >= options.maxInFlight) return
    planned = true
    // After the I/O of this turn: requests that arrived together leave together.
    setImmediate(() => {
      planned = false
      while (waiting.length > 0 && inFlight < options.maxInFlight) {
        const { batch, rest } = takeBatch(waiting, options)
        waiting = rest
        inFlight += 1
        void deliver(batch, options.send).then(() => {
          inFlight -= 1
          plan()
        })
      }
    })
  }

  return {
    ask: (ask) =>
      new Promise((resolve, reject) => {
        waiting.push({ ask, resolve, reject })
        plan()
      }),
  }
}

/** The first asks that fit together, in arrival order; the others keep theirs. */
export function takeBatch<A, R, W extends { readonly ask: A }>(
  waiting: readonly W[],
  { maxSize, keysOf }: Pick<Options<A, R>, 'maxSize' | 'keysOf'>,
): { batch: W[]; rest: W[] } {
  const batch: W[] = []
  const rest: W[] = []
  const taken = new Set<string>()
  for (const entry of waiting) {
    const keys = keysOf?.(entry.ask) ?? []
    if (batch.length < maxSize && !keys.some((key) => taken.has(key))) batch.push(entry)
    else rest.push(entry)
    // A passed-over ask keeps its keys too, so that order per key is never turned round.
    for (const key of keys) taken.add(key)
  }
  return { batch, rest }
}

async function deliver<A, R>(
  batch: readonly Waiting<A, R>[],
  send: Options<A, R>['send'],
): Promise<void> {
  try {
    const replies = await send(batch.map((entry) => entry.ask))
    for (const [i, entry] of batch.entries()) {
      const reply = replies[i]
      if (reply === undefined) entry.reject(new Error('batch: a reply is missing'))
      else entry.resolve(reply)
    }
  } catch (fault) {
    for (const entry of batch) entry.reject(fault)
  }
}
