/**
 * A bounded cache of imported keys, least recently used out first. Importing a key costs as much
 * as using it; what is cached is named by the key itself, so it can never be a stale truth.
 */
export type KeyCache<K> = {
  readonly get: (name: string, make: () => K) => K
  readonly size: () => number
}

export function createKeyCache<K>(limit: number): KeyCache<K> {
  const kept = new Map<string, K>()
  return {
    get: (name, make) => {
      const known = kept.get(name)
      const key = known ?? make()
      if (known !== undefined) kept.delete(name)
      kept.set(name, key)
      if (kept.size > limit) {
        const [oldest] = kept.keys()
        if (oldest !== undefined) kept.delete(oldest)
      }
      return key
    },
    size: () => kept.size,
  }
}
