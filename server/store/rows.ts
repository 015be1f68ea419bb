/**
 * Rows as PostgreSQL writes them itself, for a parameter that is an array of a composite type. It
 * reads them in a fraction of the time that it takes over JSON with names.
 */

type Field = string | number | boolean | null

/**
 * `{"(1,a,)",…}`: each row its fields in their order, null as nothing. Of fields that need no
 * quotes: numbers, ids, words, hexadecimal. With a comma in one a row is too long, and refused.
 */
export const rowsText = (rows: readonly (readonly Field[])[]): string =>
  `{${rows.map(rowText).join(',')}}`

const needsQuotes = /["\\(){}\s]/

function rowText(row: readonly Field[]): string {
  const text = row.join(',')
  if (needsQuotes.test(text)) throw new Error('rows: a field that needs quotes')
  return `"(${text})"`
}
