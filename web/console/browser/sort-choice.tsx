/** The order of a list where there is no room for the names of its columns. */
import { useWords } from '@warifu/web/kit'
import { useId } from 'react'
import { type Sort, textOfSort } from './sorting.ts'
import { type FieldWord, fieldWords } from './words-fields.ts'
import { listWords } from './words-list.ts'

type Props = {
  readonly columns: readonly { readonly name: FieldWord }[]
  readonly sort: Sort | null
  readonly onSort: (sort: Sort | null) => void
}

export function SortChoice({ columns, sort, onSort }: Props) {
  const say = useWords(listWords)
  const sayField = useWords(fieldWords)
  const id = useId()
  const sorts = columns.flatMap(({ name: column }): Sort[] => [
    { column, isDown: false },
    { column, isDown: true },
  ])
  return (
    <div className="filter">
      <label htmlFor={id}>{say('sortBy')}</label>
      <select
        id={id}
        className="field"
        value={sort === null ? '' : textOfSort(sort)}
        onChange={({ currentTarget: { value } }) =>
          onSort(sorts.find((one) => textOfSort(one) === value) ?? null)
        }
      >
        <option value="">{say('asListed')}</option>
        {sorts.map((one) => (
          <option key={textOfSort(one)} value={textOfSort(one)}>
            {sayField(one.column)} {one.isDown ? '↓' : '↑'}
          </option>
        ))}
      </select>
    </div>
  )
}
