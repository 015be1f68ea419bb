/**
 * The way of a DUKPT host from an initial key (ANSI X9.24-1 and -3 alike): the key at a counter is
 * one step from the key at that counter without its lowest one-bit.
 *
 * Counters come one after the other, so the keys of the last way are kept, and mostly one step is
 * left to do. All of them follow from the initial key: who could read them could derive them.
 */

/** The key at a counter, from the one before it on the way. */
export type Step = (before: Uint8Array, counter: number) => Uint8Array
/** The key at a counter. It is the way's own: it is wiped once the way leads elsewhere. */
export type Way = (counter: number) => Uint8Array

export function createWay(initialKey: Uint8Array, step: Step): Way {
  let kept = new Map<number, Uint8Array>()
  return (counter) => {
    const way = new Map<number, Uint8Array>()
    const keyAt = (at: number): Uint8Array => {
      if (at === 0) return initialKey
      const before = keyAt(withoutLowestOne(at))
      const key = kept.get(at) ?? step(before, at)
      way.set(at, key)
      return key
    }
    const key = keyAt(counter)
    for (const [at, old] of kept) if (!way.has(at)) old.fill(0)
    kept = way
    return key
  }
}

/** As an unsigned number of 32 bits. */
const withoutLowestOne = (counter: number): number => (counter & (counter - 1)) >>> 0
