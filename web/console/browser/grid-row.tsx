/** One row of a table, where the virtualiser puts it; drawn again only where it has changed. */
// biome-ignore-all lint/a11y/useSemanticElements: a table has all its rows; this has those seen
import { type MouseEvent, memo } from 'react'
import type { Column } from './columns.tsx'
import { Go, useRoute } from './route.tsx'

type RowProps<T> = {
  readonly row: T
  readonly index: number
  readonly start: number
  readonly columns: readonly Column<T>[]
  readonly labels: readonly string[]
  readonly isActive: boolean
  readonly to: string | undefined
  readonly onOpen: ((row: T) => void) | undefined
  readonly measure: (row: HTMLElement | null) => void
}

/** A text that is being marked is not clicked on. */
const isMarking = () => getSelection()?.isCollapsed === false

function PlainRow<T>(props: RowProps<T>) {
  const { row, index, start, columns, labels, isActive, to, onOpen, measure } = props
  const { go } = useRoute()
  const open = () => {
    if (onOpen !== undefined) onOpen(row)
    else if (to !== undefined) go(to)
  }
  const opens = onOpen !== undefined ? 'dialog' : to !== undefined ? 'page' : undefined
  return (
    <div
      ref={measure}
      role="row"
      className="grid-row"
      aria-rowindex={index + 2}
      data-index={index}
      data-opens={opens}
      tabIndex={isActive ? 0 : -1}
      style={{ transform: `translateY(${start}px)` }}
      onClick={(event: MouseEvent) => {
        if (opens !== undefined && !event.defaultPrevented && !isMarking()) open()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) open()
      }}
    >
      {columns.map(({ name, align, show }, at) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the row has the focus, not its cells
        <span key={name} role="gridcell" data-align={align} data-label={labels[at]}>
          {at === 0 && to !== undefined ? (
            <Go to={to} isSilent className="grid-link">
              {show(row)}
            </Go>
          ) : (
            <span className="grid-value">{show(row)}</span>
          )}
        </span>
      ))}
    </div>
  )
}

// memo() forgets that a component is generic.
export const GridRow = memo(PlainRow) as typeof PlainRow
