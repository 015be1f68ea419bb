/** One thing at a time for each order: an older reading is never written over a newer one. */
export type Turns = <T>(number: number, work: () => Promise<T>) => Promise<T>

export function createTurns(): Turns {
  const last = new Map<number, Promise<unknown>>()
  return async (number, work) => {
    const turn = (last.get(number) ?? Promise.resolve()).then(work, work)
    last.set(number, turn)
    try {
      return await turn
    } finally {
      if (last.get(number) === turn) last.delete(number)
    }
  }
}
