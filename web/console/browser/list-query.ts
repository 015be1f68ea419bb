/** A list of the API, page after page as it is looked at; the first is asked for now and then. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { CallName, Reply } from '@warifu/protocol/contract'
import type { Input } from '@warifu/sdk/api-call'
import { useCallback, useMemo } from 'react'
import { endpointOf, useCall } from './calling.ts'

/** Calls that answer with a list in pages. */
export type ListName = {
  [N in CallName]: Reply<N> extends { readonly data: readonly object[]; readonly has_more: boolean }
    ? N
    : never
}[CallName]
export type RowOf<N extends ListName> = Reply<N>['data'][number]

const LIMIT = 100
const FRESH_MS = 5_000

type Page = {
  readonly data: readonly object[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

/** A short list may have no pages to ask for. */
const isPaged = (name: CallName) => endpointOf(name).query?.properties['limit'] !== undefined

export function useList<N extends ListName>(
  name: N,
  asked: Readonly<Record<string, string>>,
  params: Readonly<Record<string, string>> = {},
) {
  const call = useCall()
  const found = useInfiniteQuery({
    queryKey: ['list', name, params, asked],
    queryFn: async ({ pageParam }): Promise<Page> => {
      const part = { limit: LIMIT, ...(pageParam && { starting_after: pageParam }) }
      const query = isPaged(name) ? { ...asked, ...part } : {}
      // The address carries texts; what they must be, the API says.
      return await call(name, { params, query } as unknown as Input<N>)
    },
    initialPageParam: '',
    getNextPageParam: ({ has_more, next_cursor }) => (has_more ? next_cursor : null),
    structuralSharing: false,
    // Whoever reads further down is not interrupted.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? FRESH_MS : false),
    refetchOnWindowFocus: false,
  })
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, error } = found
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage])
  const rows = useMemo(
    // By its name, this list's rows are these.
    () => data?.pages.flatMap((page) => page.data) as readonly RowOf<N>[] | undefined,
    [data],
  )
  return { rows, more, hasMore: hasNextPage, error, again: found.refetch }
}
