/**
 * What may be asked of a list, read from the contract: its query without the paging is its filters.
 * The address carries them under the same names, so that a view can be sent on and saved.
 */
import type { CallName } from '@warifu/protocol/contract'
import { endpointOf } from './calling.ts'
import { sections } from './sections.ts'
import { type Sort, textOfSort } from './sorting.ts'
import type { FieldWord } from './words-fields.ts'

export type Filter = {
  readonly name: FieldWord
  readonly kind: 'choice' | 'day' | 'number' | 'text'
  readonly choices: readonly string[]
  /** What is shown where nothing is chosen: one of the choices; null: all. */
  readonly default: string | null
}

const paging = new Set(['limit', 'starting_after'])

type Schema = {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly default?: string
}

const kindOf = ({ type, enum: choices, pattern }: Schema): Filter['kind'] => {
  if (choices !== undefined) return 'choice'
  if (type === 'integer' || type === 'number') return 'number'
  // YYYY-MM-DD, alone or at the start of an instant.
  return /^\^(?:20\[0-9\]\{2\}|\[0-9\]\{4\})-/.test(pattern ?? '') ? 'day' : 'text'
}

export function filtersOf(name: CallName): Filter[] {
  const properties: Readonly<Record<string, Schema>> = endpointOf(name).query?.properties ?? {}
  return Object.entries(properties)
    .filter(([field]) => !paging.has(field))
    .map(([field, schema]) => ({
      // A test holds the words to the names of every list's filters.
      name: field as FieldWord,
      kind: kindOf(schema),
      choices: schema.enum ?? [],
      default: schema.default ?? null,
    }))
}

/** Of an address, what this list understands. */
export function askedOf(name: CallName, query: URLSearchParams): Record<string, string> {
  const known = filtersOf(name).flatMap(({ name: field }) => {
    const value = query.get(field) ?? ''
    return value === '' ? [] : [[field, value] as const]
  })
  return Object.fromEntries(known)
}

/** Where the address keeps a list's order: the page's own list has the plain name. */
const sortAt = (name: CallName): string =>
  sections.some(({ reads }) => reads.includes(name)) ? 'sort' : `sort.${name}`

/** The change of an address that asks for this order; a minus before the column is downwards. */
export const askSort = (name: CallName, sort: Sort | null): Record<string, string> => ({
  [sortAt(name)]: sort === null ? '' : textOfSort(sort),
})

/** The order that an address asks for, by one of these columns. */
export function sortOf(
  name: CallName,
  query: URLSearchParams,
  columns: readonly { readonly name: FieldWord }[],
): Sort | null {
  const text = query.get(sortAt(name)) ?? ''
  const column = columns.find((one) => one.name === text.replace(/^-/, ''))?.name
  return column === undefined ? null : { column, isDown: text.startsWith('-') }
}

/** All that an address says of a list, as it is kept under a name: filters and order. */
export function viewOf(name: CallName, query: URLSearchParams): string {
  const sort = query.get(sortAt(name))
  const view = { ...askedOf(name, query), ...(sort && { [sortAt(name)]: sort }) }
  return new URLSearchParams(view).toString()
}
