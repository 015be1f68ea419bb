/**
 * Rows as PostgreSQL writes them itself, for a parameter that is an array of a composite type. It
 * reads them in a fraction of the time that it takes over JSON with names.
 */

type Field = string | number | boolean | null

/**
 * `{"(1,a,,\"\"\"so\"\" it is\")",…}`: each row its fields in their order, null as nothing. `plain`
 * are those that need no quotes: numbers, ids, words, hexadecimal (with a comma in one a row is too
 * long, and refused); after them `free`, texts in which anything may stand.
 */
export const rowsText = (
  plain: readonly (readonly Field[])[],
  free?: readonly (readonly (string | null)[])[],
): string => `{${plain.map((row, i) => rowText(row, free?.[i])).join(',')}}`

function rowText(plain: readonly Field[], free: readonly (string | null)[] = []): string {
  let text = plain.join(',')
  if (text.includes('"') || text.includes('\\') || text.includes(')'))
    throw new Error('rows: a field that needs quotes')
  for (const one of free) text += one === null ? ',' : `,${quoted(one)}`
  return `"(${text})"`
}

/** Two readers take quotes away: the array's, then the row's. */
const quoted = (text: string): string =>
  `\\"${text.replaceAll('\\', '\\\\\\\\').replaceAll('"', '\\"\\"')}\\"`
