/**
 * A list as a file for spreadsheets (RFC 4180): every page of it, a row an object, a column a
 * field; fields of fields are named with a dot. Text that a spreadsheet would run as a formula is
 * disarmed; a number is a number, also below zero.
 */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

/** Pages after this are left to a narrower question: a list is not a backup. */
const MOST_ROWS = 1_000_000

export type ListPage = {
  readonly data: readonly object[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}
export type NextPage = (after: string) => Promise<ListPage | undefined>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const field = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** The columns of a list's answer, by its schema: the same whatever a row leaves empty. */
export function columnsOf(answer: object): string[] {
  const items = field(field(field(answer, 'properties'), 'data'), 'items')
  return [...new Set(paths(items, ''))]
}

function paths(schema: unknown, at: string): string[] {
  const choices = field(schema, 'anyOf')
  if (Array.isArray(choices)) return choices.flatMap((one) => paths(one, at))
  const properties = field(schema, 'properties')
  if (isObject(properties))
    return Object.entries(properties).flatMap(([name, inner]) =>
      paths(inner, at === '' ? name : `${at}.${name}`),
    )
  return field(schema, 'type') === 'null' ? [] : [at]
}

const formula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/

function shown(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  return typeof value === 'string' && formula.test(text) ? `'${text}` : text
}

async function* rows(columns: readonly string[], first: ListPage, next: NextPage) {
  let count = 0
  let page: ListPage | undefined = first
  while (page) {
    for (const one of page.data)
      yield columns.map((column) => shown(column.split('.').reduce(field, one)))
    count += page.data.length
    const after: string | null = page.has_more ? page.next_cursor : null
    page = after !== null && count < MOST_ROWS ? await next(after) : undefined
  }
}

/** @param next reads the page after a cursor; undefined ends the file. */
export function csvOf(answer: object, first: ListPage, next: NextPage): Readable {
  const columns = columnsOf(answer)
  const csv = stringify({
    header: true,
    columns,
    record_delimiter: 'windows',
  })
  const source = Readable.from(rows(columns, first, next))
  source.once('error', (fault: Error) => csv.destroy(fault))
  return source.pipe(csv)
}
