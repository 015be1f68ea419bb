// Goal: a list in the order of a column is that order, up and down, and loses no row.
// Method: rows with numbers, texts, the same twice and nothing at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextSort, sorted } from './sorting.ts'

type Row = { readonly id: string; readonly amount: number | null; readonly name: string }
const rows: readonly Row[] = [
  { id: 'a', amount: 900, name: 'b' },
  { id: 'b', amount: null, name: 'c' },
  { id: 'c', amount: 1200, name: 'a' },
  { id: 'd', amount: -5, name: 'a' },
]
const columns = [
  { name: 'amount', by: ({ amount }: Row) => amount },
  { name: 'name', by: ({ name }: Row) => name },
] as const
const ids = (sort: Parameters<typeof sorted>[2]) =>
  sorted(rows, columns, sort)
    .map(({ id }) => id)
    .join('')

test('numbers are sorted as numbers; what has none is last, up and down', () => {
  assert.equal(ids(null), 'abcd')
  assert.equal(ids({ column: 'amount', isDown: false }), 'dacb')
  assert.equal(ids({ column: 'amount', isDown: true }), 'cadb')
})

test('the same stay as the list has them; a column that is not there changes nothing', () => {
  assert.equal(ids({ column: 'name', isDown: false }), 'cdab')
  assert.equal(ids({ column: 'name', isDown: true }), 'bacd')
  assert.equal(ids({ column: 'status', isDown: false }), 'abcd')
})

test('a column asked for again turns round, and a third time goes back', () => {
  const up = nextSort(null, 'amount')
  const down = nextSort(up, 'amount')
  assert.deepEqual([up?.isDown, down?.isDown, nextSort(down, 'amount')], [false, true, null])
  assert.deepEqual(nextSort(down, 'name'), { column: 'name', isDown: false })
})
