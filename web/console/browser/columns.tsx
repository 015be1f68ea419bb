/**
 * The columns of a table: what of a row stands where, and how. Money and numbers stand to the right
 * in figures of one width; a time, a state and an id look the same in every table.
 */
import type { MoneyJson } from '@warifu/protocol/money'
import { Amount } from '@warifu/web/kit'
import type { ReactNode } from 'react'
import { Standing, StateWord, useStateWords } from './states.tsx'
import type { FieldWord } from './words-fields.ts'
import { useWritten } from './written.ts'

export type Column<T> = {
  readonly name: FieldWord
  readonly align: 'start' | 'end'
  /** A track of the grid (CSS). */
  readonly width: string
  readonly show: (row: T) => ReactNode
  /** By what rows stand in order of this column. */
  readonly by: (row: T) => string | number | null
}

type Read<T, V> = (row: T) => V | null | undefined

const Time = ({ at }: { readonly at: string }) => {
  const { time } = useWritten()
  return <time dateTime={at}>{time(at)}</time>
}
const Day = ({ of }: { readonly of: string }) => <>{useWritten().day(of)}</>
const Month = ({ of }: { readonly of: string }) => <>{useWritten().month(of)}</>
const Count = ({ value }: { readonly value: number }) => <>{useWritten().count(value)}</>

export const nothing = <span className="nothing">–</span>
const orNothing = <V,>(value: V | null | undefined, show: (value: V) => ReactNode): ReactNode =>
  value === null || value === undefined || value === '' ? nothing : show(value)

const at = <T, V>(
  [name, width, align]: readonly [FieldWord, string, Column<T>['align']],
  read: Read<T, V>,
  {
    show,
    by,
  }: { readonly show: (value: V) => ReactNode; readonly by: (value: V) => string | number },
): Column<T> => ({
  name,
  width,
  align,
  show: (row) => orNothing(read(row), show),
  by: (row) => {
    const value = read(row)
    return value === null || value === undefined ? null : by(value)
  },
})
/** What is a text or a number already. */
const itself = <V extends string | number>(value: V): V => value

export const moneyColumn = <T,>(name: FieldWord, read: Read<T, MoneyJson>): Column<T> =>
  at([name, 'minmax(100px, 1fr)', 'end'], read, {
    show: (value) => <Amount {...value} />,
    by: ({ amount }) => amount,
  })
export const countColumn = <T,>(name: FieldWord, read: Read<T, number>): Column<T> =>
  at([name, 'minmax(64px, 0.6fr)', 'end'], read, {
    show: (value) => <Count value={value} />,
    by: itself,
  })
/** Texts in the order of themselves, each shown its own way. */
const shownAs =
  (usual: string, show: (value: string) => ReactNode) =>
  <T,>(name: FieldWord, read: Read<T, string>, width = usual): Column<T> =>
    at([name, width, 'start'], read, { show, by: itself })

export const timeColumn = shownAs('minmax(152px, 1.6fr)', (at) => <Time at={at} />)
/** A day alone, and a month alone: they are in nobody's time zone. */
export const dayColumn = shownAs('minmax(104px, 1fr)', (day) => <Day of={day} />)
export const monthColumn = shownAs('minmax(72px, 0.8fr)', (month) => <Month of={month} />)
export const stateColumn = shownAs('minmax(0, 1.4fr)', (state) => <Standing state={state} />)
/** A word of the API's that is no state: it has no sign and no colour. */
export const wordColumn = shownAs('minmax(0, 1.2fr)', (word) => <StateWord of={word} />)
export const textColumn = shownAs('minmax(0, 1.4fr)', itself)
export const codeColumn = shownAs('minmax(0, 1.6fr)', (code) => <code>{code}</code>)
export const last4Column = shownAs('minmax(84px, 0.8fr)', (last4) => <code>···· {last4}</code>)

const Everything = () => <StateWord of="everything" />
/** What an API key may do; without a list, everything. */
export const scopesColumn = <T,>(read: (row: T) => readonly string[] | null): Column<T> => ({
  ...textColumn<T>('scopes', (row) => read(row)?.join(', ') ?? '*', 'minmax(0, 2fr)'),
  show: (row) => read(row)?.join(', ') ?? <Everything />,
})
const Words = ({ of }: { readonly of: readonly string[] }) => <>{useStateWords()(of)}</>
export const wordsColumn = <T,>(
  name: FieldWord,
  read: Read<T, readonly string[]>,
  width = 'minmax(0, 1.4fr)',
): Column<T> =>
  at([name, width, 'start'], read, {
    show: (value) => <Words of={value} />,
    by: (value) => value.join(),
  })
