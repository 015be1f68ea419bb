/** Lists that turn their own pages: `for await (const payment of warifu.payments.list())`. */

export type Page<T> = {
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}
export type PageQuery = { readonly limit?: number; readonly starting_after?: string }

/** Every item, newest first; a page is fetched when the one before it has been read. */
export type Paged<T, P extends Page<T> = Page<T>> = AsyncIterable<T> & {
  /** One page only, with its cursor. */
  readonly page: () => Promise<P>
  /** At most this many items as an array. */
  readonly take: (count: number) => Promise<T[]>
}

export function paged<T, P extends Page<T>>(
  fetchPage: (query: PageQuery) => Promise<P>,
  query: PageQuery = {},
): Paged<T, P> {
  async function* items(): AsyncGenerator<T> {
    for (let from = query; ; ) {
      const { data, has_more, next_cursor } = await fetchPage(from)
      yield* data
      if (!has_more || next_cursor === null) return
      from = { ...from, starting_after: next_cursor }
    }
  }
  return {
    [Symbol.asyncIterator]: items,
    page: () => fetchPage(query),
    take: async (count) => {
      const taken: T[] = []
      if (count < 1) return taken
      for await (const item of items()) if (taken.push(item) >= count) break
      return taken
    },
  }
}
