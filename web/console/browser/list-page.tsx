/** A page that is a list: its name, what may be asked of it, the table, and the same as a file. */
import { Said, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect, useMemo } from 'react'
import { Fault, NotYet, useAct } from './act.tsx'
import { askedOf, askSort, sortOf } from './asked-of.ts'
import { endpointOf, useCsv } from './calling.ts'
import type { Column } from './columns.tsx'
import { Filters } from './filters.tsx'
import { Grid } from './grid.tsx'
import { type ListName, type RowOf, useList } from './list-query.ts'
import { useNarrow } from './narrow.ts'
import { PageHead } from './page-head.tsx'
import { useRoute } from './route.tsx'
import { SortChoice } from './sort-choice.tsx'
import { nextSort, type Sort, sorted } from './sorting.ts'
import { emptyWords, saysMore } from './words-empty.ts'
import type { FieldWord } from './words-fields.ts'
import { listWords } from './words-list.ts'
import { useWritten } from './written.ts'

export type ListPageProps<N extends ListName> = {
  readonly title: string
  readonly name: N
  readonly params?: Readonly<Record<string, string>>
  readonly columns: readonly Column<RowOf<N>>[]
  readonly keyOf: (row: RowOf<N>) => string
  readonly leadsTo?: (row: RowOf<N>) => string | undefined
  readonly onOpen?: (row: RowOf<N>) => void
  /** What else can be done here. */
  readonly acts?: ReactNode
  /** Stands before the table. */
  readonly lead?: ReactNode
}

const Csv = ({ name, params }: CsvProps) =>
  endpointOf(name).csv === true ? <CsvButton name={name} params={params} /> : null

export function ListPage<N extends ListName>({ title, acts, lead, ...list }: ListPageProps<N>) {
  const { name } = list
  return (
    <section className="list-page">
      <PageHead title={title}>
        {acts}
        <Csv name={name} params={list.params} />
      </PageHead>
      {lead}
      <Filters of={name} />
      <ListOf title={title} {...list} />
    </section>
  )
}

/** A list within a page: what it is called, its file, what may be asked of it, and the table. */
export function ListPart<N extends ListName>({ title, acts, lead, ...list }: ListPageProps<N>) {
  const { name } = list
  return (
    <section className="list-page">
      <div className="page-head">
        <h2>{title}</h2>
        <div className="page-acts">
          {acts}
          <Csv name={name} params={list.params} />
        </div>
      </div>
      {lead}
      <Filters of={name} title={title} />
      <ListOf title={title} {...list} />
    </section>
  )
}

const none = {}

/** More than that is not read to be sorted: then what was read is, and the foot says so. */
const MOST_SORTED = 20_000

/** The table alone, as asked for by the address. */
export function ListOf<N extends ListName>(props: Omit<ListPageProps<N>, 'acts' | 'lead'>) {
  const { title, name, params = none, columns, keyOf, leadsTo, onOpen } = props
  const say = useWords(listWords)
  const { query, ask } = useRoute()
  const asked = useMemo(() => askedOf(name, query), [name, query])
  const sort = useMemo(() => sortOf(name, query, columns), [name, query, columns])
  const setSort = (next: Sort | null) => ask(askSort(name, next))
  const { rows: read, more, hasMore, error } = useList(name, asked, params)
  const isNarrow = useNarrow()
  // An order is told of all rows, so all are read, page after page, and sorted once.
  const isReading = sort !== null && hasMore && (read?.length ?? 0) < MOST_SORTED
  const order = isReading ? null : sort
  const rows = useMemo(() => read && sorted(read, columns, order), [read, columns, order])
  useEffect(() => {
    if (isReading) more()
  }, [isReading, more])
  if (rows === undefined) return <NotYet fault={error} label={say('reading')} />
  if (rows.length === 0) return <Empty name={name} isFiltered={Object.keys(asked).length > 0} />
  const onSort = (column: FieldWord) => setSort(nextSort(sort, column))
  return (
    <>
      {error === null ? null : <Fault fault={error} />}
      {isNarrow && rows.length > 1 ? <SortChoice {...{ columns, sort, onSort: setSort }} /> : null}
      <Grid
        label={title}
        onNearEnd={more}
        onSort={isNarrow ? undefined : onSort}
        {...{ rows, columns, keyOf, leadsTo, onOpen, sort }}
      />
      <Foot count={rows.length} {...{ hasMore, isReading, isSorted: sort !== null }} />
    </>
  )
}

type EmptyProps = { readonly name: ListName; readonly isFiltered: boolean }

/** Says how something comes to stand here, or how to ask for more. */
export function Empty({ name, isFiltered }: EmptyProps) {
  const say = useWords(listWords)
  const sayHow = useWords(emptyWords)
  if (isFiltered) return <Said tone="plain" title={say('noneFits')} />
  return (
    <Said tone="plain" title={say('empty')}>
      {saysMore(name) ? <p>{sayHow(name)}</p> : null}
    </Said>
  )
}

type FootProps = {
  readonly count: number
  readonly hasMore: boolean
  readonly isReading: boolean
  readonly isSorted: boolean
}

function Foot({ count: rows, hasMore, isReading, isSorted }: FootProps) {
  const say = useWords(listWords)
  const { count } = useWritten()
  const cut = isReading ? 'sorting' : isSorted ? 'sortedOnly' : 'shownMore'
  return (
    <p className="grid-foot" role="status">
      {say(hasMore ? cut : 'shown', { count: count(rows) })}
    </p>
  )
}

type CsvProps = {
  readonly name: ListName
  readonly params: Readonly<Record<string, string>> | undefined
}

function CsvButton({ name, params = {} }: CsvProps) {
  const say = useWords(listWords)
  const { query } = useRoute()
  const save = useCsv()
  const { isBusy, fault, run } = useAct()
  const path = endpointOf(name).path.replace(/:([a-z_]+)/g, (_, key: string) => params[key] ?? '')
  const asked = new URLSearchParams(askedOf(name, query))
  return (
    <>
      <button
        type="button"
        className="plain-button"
        disabled={isBusy}
        onClick={() => run(() => save(asked.size === 0 ? path : `${path}?${asked}`, `${name}.csv`))}
      >
        {say(isBusy ? 'saving' : 'csv')}
      </button>
      <Fault fault={fault} />
    </>
  )
}
