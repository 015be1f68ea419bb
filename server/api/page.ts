/** Cursor lists: newest first, `limit` and `starting_after`, stable under inserts. */
type Page = { readonly limit: number; readonly before: string | undefined }
type Asked = { readonly limit?: number; readonly starting_after?: string }

export const pageOf = <T extends { readonly id: string }>(
  url: string,
  asked: Asked,
  read: (page: Page) => Promise<T[]>,
) => pageBy(url, asked, { read, cursorOf: ({ id }: T) => id })

type Source<T> = {
  readonly read: (page: Page) => Promise<T[]>
  readonly cursorOf: (item: T) => string
}

/** Reads one more than is asked for, to know whether there are more. */
export async function pageBy<T>(
  url: string,
  { limit = 25, starting_after: before }: Asked,
  { read, cursorOf }: Source<T>,
) {
  const found = await read({ limit: limit + 1, before })
  const data = found.slice(0, limit)
  const last = found.length > limit ? data.at(-1) : undefined
  return {
    object: 'list' as const,
    url,
    has_more: last !== undefined,
    next_cursor: last === undefined ? null : cursorOf(last),
    data,
  }
}
