/** What is asked of a list: a field for each filter of the contract, kept in the address. */

import type { CallName } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { useId, useState } from 'react'
import { askedOf, type Filter, filtersOf } from './asked-of.ts'
import { useRoute } from './route.tsx'
import { SavedFilters } from './saved-filters.tsx'
import { useStateWord, wordOfKind } from './states.tsx'
import { fieldWords } from './words-fields.ts'
import { listWords } from './words-list.ts'

type FiltersProps = {
  readonly of: CallName
  /** Of which list they are, where a page has several. */
  readonly title?: string
}

export function Filters({ of, title }: FiltersProps) {
  const say = useWords(listWords)
  const { query, ask } = useRoute()
  const filters = filtersOf(of)
  const asked = askedOf(of, query)
  const count = Object.keys(asked).length
  const [isOpen, setOpen] = useState(false)
  if (filters.length === 0) return null
  const clear = () => ask(Object.fromEntries(filters.map(({ name }) => [name, ''])))
  return (
    <section
      className="filters"
      aria-label={title === undefined ? say('filters') : `${say('filters')}: ${title}`}
    >
      <button
        type="button"
        className="plain-button filters-open"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {count === 0 ? say('filters') : say('filtersSet', { count: String(count) })}
      </button>
      <div className="filter-fields" data-open={isOpen || undefined}>
        {filters.map((filter) => (
          <Field
            key={`${filter.name}=${asked[filter.name] ?? ''}`}
            filter={filter}
            value={asked[filter.name] ?? ''}
            onChoose={(value) => ask({ [filter.name]: value })}
          />
        ))}
        {count === 0 ? null : (
          <button type="button" className="plain-button" onClick={clear}>
            {say('clear')}
          </button>
        )}
      </div>
      <SavedFilters of={of} title={title} />
    </section>
  )
}

type FieldProps = {
  readonly filter: Filter
  readonly value: string
  readonly onChoose: (value: string) => void
}

const inputOf = {
  day: { type: 'date' },
  number: { type: 'text', inputMode: 'numeric' },
  text: { type: 'text' },
} as const

/** A choice is asked for at once; what is typed, when it is done. */
function Field({ filter, value, onChoose }: FieldProps) {
  const { name, kind, choices, default: usual } = filter
  const say = useWords(fieldWords)
  const sayList = useWords(listWords)
  const word = useStateWord()
  const id = useId()
  return (
    <div className="filter" data-kind={kind} data-set={value !== '' || undefined}>
      <label htmlFor={id}>{say(name)}</label>
      {kind === 'choice' ? (
        <select
          id={id}
          className="field"
          value={value === '' ? (usual ?? '') : value}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {usual === null ? <option value="">{sayList('all')}</option> : null}
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {word(name === 'kind' ? wordOfKind(choice) : choice)}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          className="field"
          {...inputOf[kind]}
          defaultValue={value}
          autoComplete="off"
          spellCheck={false}
          onBlur={({ currentTarget }) => onChoose(currentTarget.value.trim())}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Enter') onChoose(currentTarget.value.trim())
          }}
        />
      )}
    </div>
  )
}
