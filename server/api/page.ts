/** Cursor lists: newest first, `limit` and `starting_after`, stable under inserts. */
type Page = { readonly limit: number; readonly before: string | undefined }
type Asked = { readonly limit?: number; readonly starting_after?: string }

/** Reads one more than is asked for, to know whether there are more. */
export async function pageOf<T extends { readonly id: string }>(
  url: string,
  { limit = 25, starting_after: before }: Asked,
  read: (page: Page) => Promise<T[]>,
) {
  const found = await read({ limit: limit + 1, before })
  const data = found.slice(0, limit)
  const more = found.length > limit
  return {
    object: 'list' as const,
    url,
    has_more: more,
    next_cursor: more ? (data.at(-1)?.id ?? null) : null,
    data,
  }
}
