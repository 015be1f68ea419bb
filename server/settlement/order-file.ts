/**
 * A merchant's order file: CSV as order systems write it (RFC 4180; comma, semicolon or tab; with
 * or without a byte order mark), read as it streams. A line that cannot be read is named with its
 * field, and then nothing of the file counts.
 */
import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { exponentOf } from '@warifu/protocol/money'
import type { AmountForm, OrderRow } from '@warifu/protocol/reconciliation-objects'
import { orderRow } from '@warifu/protocol/reconciliation-objects'
import { saleKinds } from '@warifu/protocol/sales-objects'
import { parse } from 'csv-parse'
import { Check } from 'typebox/value'

export type NumberedRow = OrderRow & { readonly line: number }
export type RowFault = { readonly line: number; readonly field: string; readonly expected: string }

const BATCH = 1000
const LONGEST_LINE = 64 * 1024
const MOST_ROWS = 1_000_000
const MOST_BYTES = 200 * 1024 * 1024
/** That many are told; who has more has another problem. */
const MOST_FAULTS = 10

type Field = keyof OrderRow
/** What a column may be called; letters of either case, a space for an underscore. */
// biome-ignore format: a table reads by its columns
const names: Readonly<Record<Field, readonly string[]>> = {
  merchant_reference: ['merchant_reference', 'order', 'order_id', 'order_number', 'reference'],
  amount:             ['amount', 'total'],
  currency:           ['currency'],
  kind:               ['kind', 'paid_by'],
  refunded:           ['refunded'],
}
const needed: readonly Field[] = ['merchant_reference', 'amount', 'currency']
const fields = Object.keys(names) as readonly Field[]

const expectedOf: Readonly<Record<Field, string>> = {
  merchant_reference: 'an order number of 1 to 64 letters expected',
  amount: 'an amount above nothing expected',
  currency: 'an ISO 4217 currency expected, such as jpy',
  kind: `one of ${saleKinds.join(', ')} expected`,
  refunded: 'an amount, at most the order’s, expected',
}

type Columns = ReadonlyMap<Field, number>

/** Which column is which; columns that we have no use for are passed over. */
export function columnsIn(header: readonly string[]): Answer<Columns> {
  const said = header.map((name) => name.trim().toLowerCase().replaceAll(/[ -]/g, '_'))
  const columns = new Map<Field, number>()
  for (const field of fields) {
    const at = said.flatMap((name, i) => (names[field].includes(name) ? [i] : []))
    if (at.length > 1) return refused('field_invalid', 'line 1', `one column ${field} expected`)
    if (at[0] !== undefined) columns.set(field, at[0])
    else if (needed.includes(field))
      return refused('field_invalid', 'line 1', `a column ${names[field].join(' or ')} expected`)
  }
  return done(columns)
}

/** An amount in minor units; undefined where the text is none. Digits are never rounded. */
export function readAmount(text: string, form: AmountForm, currency: string): number | undefined {
  if (form === 'minor_units') return /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined
  const [, whole = '', part = ''] = /^([0-9]{1,12})(?:\.([0-9]{1,3}))?$/.exec(text) ?? []
  const digits = exponentOf(currency)
  const isExact = whole !== '' && /^0*$/.test(part.slice(digits))
  return isExact ? Number(whole + part.slice(0, digits).padEnd(digits, '0')) : undefined
}

type Reading = { readonly columns: Columns; readonly form: AmountForm; readonly width: number }

/** One line; a fault names its field. */
export function readRow(
  cells: readonly string[],
  line: number,
  { columns, form, width }: Reading,
): NumberedRow | RowFault {
  if (cells.length !== width)
    return { line, field: 'columns', expected: `${width} expected, as in the first line` }
  const cell = (field: Field) => cells[columns.get(field) ?? -1]?.trim() ?? ''
  const currency = cell('currency').toLowerCase()
  const amount = (field: 'amount' | 'refunded') => readAmount(cell(field), form, currency)
  const kind = cell('kind').toLowerCase() || undefined
  const read = {
    ...{ merchant_reference: cell('merchant_reference'), amount: amount('amount'), currency },
    ...(kind === undefined ? {} : { kind: kind === 'card' ? 'payment' : kind }),
    ...(cell('refunded') === '' ? {} : { refunded: amount('refunded') }),
  }
  const wrong = fields.find((field) => !fits(field, read))
  if (wrong !== undefined) return { line, field: wrong, expected: expectedOf[wrong] }
  // Every field was checked against the schema that gives this type.
  return { ...(read as OrderRow), line }
}

type Read = { readonly [F in Field]?: string | number | undefined }
function fits(field: Field, read: Read): boolean {
  if (!(field in read)) return !needed.includes(field)
  const { refunded = 0, amount = 0 } = read
  return (
    Check(orderRow.properties[field], read[field]) && (field !== 'refunded' || refunded <= amount)
  )
}

export const isFault = (row: NumberedRow | RowFault): row is RowFault => 'field' in row

/** The first faults in words; the first one's place is the parameter. */
export function refusedFor(faults: readonly RowFault[]): Answer<never> {
  const [first, ...others] = faults
  if (first === undefined) throw new Error('nothing is wrong')
  const place = ({ line, field }: RowFault) => `line ${line}, ${field}`
  const told = others.map((fault) => `${place(fault)}: ${fault.expected}`)
  return refused('field_invalid', place(first), [first.expected, ...told].join('; '))
}

export type Taken = { readonly rows: number; readonly digest: string }
type Asked = {
  readonly form: AmountForm
  /** Takes the next lines, in order. */
  readonly take: (rows: readonly NumberedRow[]) => Promise<void>
}

/** Reads a file to its end; answers with its digest, so that nothing was lost on the way. */
export async function readOrderFile(file: Readable, { form, take }: Asked): Promise<Answer<Taken>> {
  const hash = createHash('sha256')
  // A refusal leaves the rest unread, and whoever sends it still there to be answered.
  const chunks = file.iterator({ destroyOnReturn: false })
  const first = await firstLine(chunks)
  const source = Readable.from(watched(first, chunks, hash))
  const parser = parse({
    ...{ bom: true, delimiter: delimiterIn(first), info: true, relax_column_count: true },
    skip_empty_lines: true,
    max_record_size: LONGEST_LINE,
  })
  source.once('error', (fault) => parser.destroy(fault)).pipe(parser)
  try {
    const read = await readRows(parser, { form, take })
    return read.ok ? done({ rows: read.value, digest: hash.digest('base64url') }) : read
  } catch (fault) {
    if (fault instanceof TooMuch) return refused('body_too_large')
    const expected = unreadable(fault)
    if (expected === undefined) throw fault
    return refused('field_invalid', 'file', expected)
  } finally {
    source.destroy()
    file.resume()
  }
}

/** What came until the first line was whole. */
async function firstLine(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const begun: Buffer[] = []
  for (let size = 0; size < LONGEST_LINE; ) {
    const { done: isOver, value } = await chunks.next()
    if (isOver) break
    begun.push(value)
    size += value.length
    if (value.includes('\n') || value.includes('\r')) break
  }
  return Buffer.concat(begun)
}

/** The separator of which there are most in the first line. */
function delimiterIn(first: Buffer): string {
  const [line = ''] = first.toString('utf8').split(/\r|\n/, 1)
  const count = (delimiter: string) => line.split(delimiter).length
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best))
}

async function* watched(first: Buffer, rest: AsyncIterable<Buffer>, hash: Hash) {
  let bytes = 0
  const pass = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new TooMuch('too many bytes')
    hash.update(chunk)
    return chunk
  }
  yield pass(first)
  for await (const chunk of rest) yield pass(chunk)
}

class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/** What a file that is no CSV is told; any other fault is none of its. */
const unreadable = (fault: unknown): string | undefined =>
  fault instanceof Error && 'code' in fault && String(fault.code).startsWith('CSV_')
    ? `CSV (RFC 4180) expected: ${fault.message}`
    : undefined

type Line = { readonly record: readonly string[]; readonly info: { readonly lines: number } }

async function readRows(records: AsyncIterable<Line>, asked: Asked): Promise<Answer<number>> {
  let reading: Reading | undefined
  let batch: NumberedRow[] = []
  const faults: RowFault[] = []
  let count = 0
  for await (const { record, info } of records) {
    if (reading === undefined) {
      const columns = columnsIn(record)
      if (!columns.ok) return columns
      reading = { columns: columns.value, form: asked.form, width: record.length }
      continue
    }
    const row = readRow(record, info.lines, reading)
    if (isFault(row)) faults.push(row)
    else batch.push(row)
    count += 1
    if (faults.length === MOST_FAULTS) return refusedFor(faults)
    if (count > MOST_ROWS) return refused('body_too_large')
    if (faults.length > 0 || batch.length < BATCH) continue
    await asked.take(batch)
    batch = []
  }
  if (faults.length > 0) return refusedFor(faults)
  if (count === 0)
    return refused('field_invalid', 'file', 'a line of names and orders below expected')
  if (batch.length > 0) await asked.take(batch)
  return done(count)
}
