/**
 * A table of any length: only the rows that are seen are there (virtual), the page itself scrolls.
 * A grid for screen readers (ARIA 1.2); one row is in the order of the tab key, arrows go from row
 * to row, Enter opens. On a narrow page a row is a card. Each is as high as what it says, and
 * measured where it stands.
 */
// biome-ignore-all lint/a11y/useSemanticElements: a table has all its rows; this has those seen
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLanguage } from '@warifu/web/kit'
import {
  type KeyboardEvent,
  type SyntheticEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Column } from './columns.tsx'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import { useNarrow } from './narrow.ts'
import type { Sort } from './sorting.ts'
import { type FieldWord, fieldWords } from './words-fields.ts'

export type GridProps<T> = {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  /** Where a row leads; without it rows are only read. */
  readonly leadsTo?: ((row: T) => string | undefined) | undefined
  readonly onOpen?: ((row: T) => void) | undefined
  /** The last rows are nearly seen: time for more. */
  readonly onNearEnd?: (() => void) | undefined
  /** The order that was asked for; without `onSort` there is none to ask for. */
  readonly sort?: Sort | null
  readonly onSort?: ((column: FieldWord) => void) | undefined
}

/** As grid.css draws them where words are short: a row; a line of a card, and a card's edges. */
const ROW = 44
const LINE = 28
const CARD_EDGE = 34
const NEAR = 60
const PAGE = 12

export function Grid<T>(props: GridProps<T>) {
  const { label, columns, rows, keyOf, onNearEnd, sort = null, onSort, ...rest } = props
  const body = useRef<HTMLDivElement>(null)
  const top = useTop(body)
  const labels = useLabels(columns)
  const height = useNarrow() ? columns.length * LINE + CARD_EDGE : ROW
  const { virtual, active, setActive, goTo } = useRows({ count: rows.length, height, top, body })
  const seen = virtual.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - NEAR) onNearEnd?.()
  }, [last, rows.length, onNearEnd])
  const tracks = columns.map(({ width }) => width).join(' ')
  return (
    <div
      className="grid"
      role="grid"
      tabIndex={rows.length === 0 ? 0 : undefined}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      style={{ '--tracks': tracks } as object}
      // However the focus came to a row, and wherever new rows moved it, from there arrows go on.
      onKeyDown={(event) => follow(event, rowOf(event) ?? active, goTo)}
      onFocus={(event) => setActive(rowOf(event) ?? active)}
    >
      <GridHead {...{ columns, labels, sort, onSort }} />
      <div
        ref={body}
        className="grid-body"
        role="rowgroup"
        style={{ height: virtual.getTotalSize() }}
      >
        {seen.map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const { leadsTo, onOpen } = rest
          const place = { index, start: start - top, isActive: index === active }
          const how = { row, columns, labels, to: leadsTo?.(row), onOpen }
          return <GridRow key={keyOf(row)} measure={virtual.measureElement} {...place} {...how} />
        })}
      </div>
    </div>
  )
}

function useLabels<T>(columns: readonly Column<T>[]): readonly string[] {
  const { language } = useLanguage()
  return useMemo(() => columns.map(({ name }) => fieldWords[language][name]), [columns, language])
}

type Rows = {
  readonly count: number
  readonly height: number
  readonly top: number
  readonly body: { readonly current: HTMLElement | null }
}

/** Which rows are there, and which of them has the focus. */
function useRows({ count, height, top, body }: Rows) {
  const [at, setActive] = useState(0)
  const active = Math.min(at, Math.max(0, count - 1))
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: top,
    useFlushSync: false,
    // The row that has the focus stays, however far one scrolls.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range)
      return seen.includes(active) ? seen : [...seen, active].sort((a, b) => a - b)
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height measures all anew
  useLayoutEffect(() => virtual.measure(), [height])
  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(index, count - 1))
    setActive(next)
    virtual.scrollToIndex(next)
    const row = () => body.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)
    requestAnimationFrame(() => row()?.focus({ preventScroll: true }))
  }
  return { virtual, active, setActive, goTo }
}

/** How far down the page the rows begin: measured when something of the page changes its size. */
function useTop(body: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => {
      const found = body.current
      if (found !== null) setTop(found.getBoundingClientRect().top + scrollY)
    }
    measure()
    const watcher = new ResizeObserver(measure)
    watcher.observe(document.body)
    return () => watcher.disconnect()
  }, [body])
  return top
}

const steps: Readonly<Record<string, (at: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + PAGE,
  PageUp: (at) => at - PAGE,
  Home: () => 0,
  End: () => Number.POSITIVE_INFINITY,
}

/** The place of the row in which it happens. */
function rowOf({ target }: SyntheticEvent): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null
  return row === null ? undefined : Number(row.dataset['index'])
}

function follow(
  event: KeyboardEvent<HTMLElement>,
  active: number,
  goTo: (index: number) => void,
): void {
  const step = steps[event.key]
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  goTo(step(active))
}
