/**
 * Goal: a list leaves as a file that a spreadsheet reads as it was meant: columns by the schema,
 * all pages, nothing that runs.
 * Method: answers of two pages, read back by csv-parse, which did not write them.
 */
import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { Type } from 'typebox'
import { columnsOf, csvOf, type ListPage } from './csv.ts'

const item = Type.Object({
  id: Type.String(),
  total: Type.Object({ amount: Type.Integer(), currency: Type.String() }),
  card: Type.Union([Type.Object({ last4: Type.String() }), Type.Null()]),
  lines: Type.Array(Type.String()),
})
const answer = Type.Object({ data: Type.Array(item) })
const row = (id: string, card: object | null, lines: readonly string[]) => ({
  ...{ id, card, lines },
  total: { amount: 1200, currency: 'jpy' },
})
const page = (data: readonly object[], next: string | null): ListPage => ({
  data,
  has_more: next !== null,
  next_cursor: next,
})

test('columns come from the schema, also of what may be null', () => {
  const columns = ['id', 'total.amount', 'total.currency', 'card.last4', 'lines']
  assert.deepEqual(columnsOf(answer), columns)
})

test('every page is in the file, and each row has every column', async () => {
  const asked: string[] = []
  const next = async (after: string) => {
    asked.push(after)
    return page([row('b', { last4: '1234' }, ['tea, "green"\r\nhot'])], null)
  }
  const file = await text(csvOf(answer, page([row('a', null, [])], 'a'), next))
  const read = parse(file, { columns: true })
  assert.deepEqual(asked, ['a'])
  assert.deepEqual(read, [
    { id: 'a', 'total.amount': '1200', 'total.currency': 'jpy', 'card.last4': '', lines: '[]' },
    {
      ...{ id: 'b', 'total.amount': '1200', 'total.currency': 'jpy', 'card.last4': '1234' },
      lines: JSON.stringify(['tea, "green"\r\nhot']),
    },
  ])
})

test('a cell never begins as a formula, and an empty list has its head', async () => {
  const file = await text(csvOf(answer, page([row('=1+1', null, [])], null), async () => undefined))
  assert.match(file, /\r\n'=1\+1,1200,/)
  const owed = { ...row('a', null, []), total: { amount: -58, currency: 'jpy' } }
  const below = await text(csvOf(answer, page([owed], null), async () => undefined))
  assert.match(below, /\r\na,-58,jpy,/, 'a number is one, also below zero')
  const empty = await text(csvOf(answer, page([], null), async () => undefined))
  assert.equal(empty, 'id,total.amount,total.currency,card.last4,lines\r\n')
})
