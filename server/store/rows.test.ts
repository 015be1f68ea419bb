// Goal: PostgreSQL reads back every field as it was, whatever stands in it.
// Method: rows of odd texts into an array of a composite type of a real PostgreSQL, and out again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import postgres from 'postgres'
import { rowsText } from './rows.ts'

let sql: postgres.Sql
before(async () => {
  const url = process.env['WARIFU_TEST_SERVER_ADMIN_URL'] ?? assert.fail('run it by `npm test`')
  sql = postgres(url, { max: 1, onnotice: () => {} })
  await sql`drop schema if exists rows_test cascade`
  await sql`create schema rows_test`
  await sql`create type rows_test.row as (ord int, is_new boolean, words text, told jsonb)`
})
after(async () => {
  await sql`drop schema rows_test cascade`
  await sql.end()
})

const odd = [
  ...['', ' ', 'null', 'NULL', '"', '""', '\\', '\\\\', '\\"', '"\\', ',', '(', ')', '{', '}'],
  ...["'", '$1', '$&', '%', ',,', '","', '")","(', '{"(1,2)"}', 'a,b', ' a ', 'a\nb', '\r\n\t'],
  ...['花屋', '🌸', '👩‍👩‍👧', '\u00a0', '\u2028', '\\n', '\\x41', '\\u0041', 'é', '\u0001'],
]

test('odd texts, alone and many, as text and inside JSON', async () => {
  for (const texts of [odd, ...odd.map((one) => [one])]) {
    const plain = texts.map((_, i) => [i, i % 2 === 0])
    const free = texts.map((one) => [one, JSON.stringify({ [one]: [one] })])
    const found = await sql`
      select * from unnest(${rowsText(plain, free)}::text::rows_test.row[])`.values()
    const told = texts.map((one, i) => [i, i % 2 === 0, one, { [one]: [one] }])
    assert.deepEqual([...found], told)
  }
})

test('nothing is null, and an empty text is none', async () => {
  const plain = [
    [1, null],
    [null, false],
  ]
  const rows = rowsText(plain, [
    [null, null],
    ['', '{}'],
  ])
  const found = await sql`select * from unnest(${rows}::text::rows_test.row[])`.values()
  assert.deepEqual(
    [...found],
    [
      [1, null, null, null],
      [null, false, '', {}],
    ],
  )
})

test('what needs quotes and has none is refused', async () => {
  for (const bad of ['"', 'a"b', '\\', 'a)', ')"'])
    assert.throws(() => rowsText([[1, bad]]), /quotes/)
  // With a comma in a field its row is too long.
  const rows = rowsText([[1, 'a,b']], [['', null]])
  await assert.rejects(sql`select ${rows}::text::rows_test.row[]`, { code: '22P02' })
})
