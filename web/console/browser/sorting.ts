/** Rows in another order than the list's own: by one column, up or down; nothing comes last. */
import type { Column } from './columns.tsx'
import type { FieldWord } from './words-fields.ts'

export type Sort = { readonly column: FieldWord; readonly isDown: boolean }

export const textOfSort = ({ column, isDown }: Sort): string => `${isDown ? '-' : ''}${column}`

type Sortable<T> = Pick<Column<T>, 'name' | 'by'>

/** Once: up. Again: down. A third time: as the list comes. */
export const nextSort = (now: Sort | null, column: FieldWord): Sort | null => {
  if (now?.column !== column) return { column, isDown: false }
  return now.isDown ? null : { column, isDown: true }
}

export function sorted<T>(
  rows: readonly T[],
  columns: readonly Sortable<T>[],
  sort: Sort | null,
): readonly T[] {
  const by = columns.find(({ name }) => name === sort?.column)?.by
  if (sort === null || by === undefined) return rows
  const way = sort.isDown ? -1 : 1
  return rows
    .map((row) => ({ row, key: by(row) ?? '' }))
    .sort((a, b) => {
      if (a.key === b.key) return 0
      if (a.key === '' || b.key === '') return a.key === '' ? 1 : -1
      return a.key < b.key ? -way : way
    })
    .map(({ row }) => row)
}
