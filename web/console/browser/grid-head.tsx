/** The names of a table's columns; where rows can be sorted, each name is a button that does it. */
// biome-ignore-all lint/a11y/useSemanticElements: a table has all its rows; this has those seen
import type { Column } from './columns.tsx'
import type { Sort } from './sorting.ts'
import type { FieldWord } from './words-fields.ts'

type Props<T> = {
  readonly columns: readonly Column<T>[]
  readonly labels: readonly string[]
  readonly sort: Sort | null
  readonly onSort: ((column: FieldWord) => void) | undefined
}

export function GridHead<T>({ columns, labels, sort, onSort }: Props<T>) {
  return (
    <div role="rowgroup" className="grid-top">
      <div className="grid-head" role="row" tabIndex={-1} aria-rowindex={1}>
        {columns.map(({ name, align }, at) => {
          const isHere = sort?.column === name
          const way = sort?.isDown ? 'descending' : 'ascending'
          return (
            <span
              key={name}
              role="columnheader"
              tabIndex={-1}
              data-align={align}
              aria-sort={isHere ? way : undefined}
            >
              {onSort === undefined ? (
                labels[at]
              ) : (
                <button type="button" className="sort-button" onClick={() => onSort(name)}>
                  {labels[at]}
                  {isHere ? <span aria-hidden="true">{sort?.isDown ? ' ↓' : ' ↑'}</span> : null}
                </button>
              )}
            </span>
          )
        })}
      </div>
    </div>
  )
}
