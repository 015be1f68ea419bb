// Goal: an order file is read as order systems write it; what cannot be read is named by line and
//   field, and then nothing of it is taken.
// Method: files as text in chunks of few bytes; rows taken are collected.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { suite, test } from 'node:test'
import type { AmountForm } from '@warifu/protocol/reconciliation-objects'
import { type NumberedRow, readAmount, readOrderFile } from './order-file.ts'

/** In pieces, so that letters and lines are cut anywhere. */
function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, { form = 'minor_units', size = 7 } = {}) {
  const rows: NumberedRow[] = []
  const take = async (some: readonly NumberedRow[]) => void rows.push(...some)
  const file = Readable.from(pieces(Buffer.from(text), size), { objectMode: false })
  const answer = await readOrderFile(file, { form: form as AmountForm, take })
  return { answer, rows }
}

const head = 'merchant_reference,amount,currency'
const row = (line: number, reference: string, amount: number, currency = 'jpy') => ({
  ...{ merchant_reference: reference, amount, currency, line },
})

test('the plain form, with its digest', async () => {
  const text = `${head}\r\nA-1,1200,jpy\r\nA-2,980,jpy\r\n`
  const { answer, rows } = await read(text)
  assert.deepEqual(rows, [row(2, 'A-1', 1200), row(3, 'A-2', 980)])
  const digest = createHash('sha256').update(text).digest('base64url')
  assert.deepEqual(answer, { ok: true, value: { rows: 2, digest } })
})

suite('as order systems write it', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['a byte order mark, semicolons', `\ufeff${head.replaceAll(',', ';')}\nA-1;1200;jpy\n`],
    ['tabs', `${head.replaceAll(',', '\t')}\nA-1\t1200\tjpy`],
    ['other names, letters of either case', 'Order Number,Total,CURRENCY\nA-1,1200,JPY\n'],
    ['columns that nobody needs', `note,${head}\n"5, no sugar",A-1,1200,jpy\n`],
    ['spaces around, an empty line', `${head}\n\n A-1 , 1200 , jpy \n`],
  ]
  for (const [name, text] of forms)
    test(name, async () => {
      const { answer, rows } = await read(text)
      assert(answer.ok, JSON.stringify(answer))
      assert.deepEqual(
        rows.map(({ line: _, ...rest }) => rest),
        [{ merchant_reference: 'A-1', amount: 1200, currency: 'jpy' }],
      )
    })
})

test('a field over several lines: the next order is named by its own line', async () => {
  const { rows } = await read(`${head},note\nA-1,1,jpy,"two\nlines"\nA-2,2,jpy,x\n`)
  assert.deepEqual(
    rows.map(({ line }) => line),
    [3, 4],
  )
})

test('how it was paid, and what was given back', async () => {
  const { rows } = await read(`${head},kind,refunded\nA,9,jpy,cash,\nB,9,jpy,card,4\nC,9,jpy,,0\n`)
  assert.deepEqual(rows, [
    { ...row(2, 'A', 9), kind: 'cash' },
    { ...row(3, 'B', 9), kind: 'payment', refunded: 4 },
    { ...row(4, 'C', 9), refunded: 0 },
  ])
})

test('decimals become minor units of their currency, and are never rounded', async () => {
  const text = `${head}\nA,12.5,usd\nB,12,usd\nC,1200.00,jpy\nD,1.234,kwd\n`
  const { rows } = await read(text, { form: 'decimal' })
  assert.deepEqual(
    rows.map(({ amount }) => amount),
    [1250, 1200, 1200, 1234],
  )
  for (const [amount, currency] of [
    ['1.005', 'usd'],
    ['1.5', 'jpy'],
    ['1,5', 'usd'],
    ['-1', 'usd'],
  ])
    assert.equal(readAmount(amount ?? '', 'decimal', currency ?? ''), undefined, amount)
  assert.equal(readAmount('12.50', 'minor_units', 'usd'), undefined)
})

suite('what cannot be read is named', () => {
  const wrong: readonly (readonly [text: string, param: string, words: RegExp])[] = [
    [`${head}\nA,12x,jpy\n`, 'line 2, amount', /amount above nothing/],
    [`${head}\nA,0,jpy\n`, 'line 2, amount', /above nothing/],
    [`${head}\nA,1,jpy\nB,1,yen!\n`, 'line 3, currency', /ISO 4217/],
    [`${head}\n,1,jpy\n`, 'line 2, merchant_reference', /1 to 64/],
    [`${head}\nA,1\n`, 'line 2, columns', /3 expected/],
    [`${head},kind\nA,1,jpy,cheque\n`, 'line 2, kind', /cash/],
    [`${head},refunded\nA,1,jpy,2\n`, 'line 2, refunded', /at most/],
    [`${head}\nA,x,jpy\nB,1,jpy\nC,y,jpy\n`, 'line 2, amount', /line 4, amount/],
    ['amount,currency\n1,jpy\n', 'line 1', /merchant_reference or order/],
    [`${head},order\nA,1,jpy,B\n`, 'line 1', /one column/],
    [`${head}\n`, 'file', /orders below/],
    ['', 'file', /orders below/],
    [`${head}\n"A,1,jpy\n`, 'file', /RFC 4180/],
  ]
  for (const [text, param, words] of wrong)
    test(JSON.stringify(text), async () => {
      const { answer, rows } = await read(text)
      assert(!answer.ok)
      assert.deepEqual([answer.refusal, answer.param], ['field_invalid', param])
      assert.match(answer.expected ?? '', words)
      assert.deepEqual(rows, [])
    })
})

test('of many wrong lines the first ten are told, and the rest is not read', async () => {
  const { answer } = await read(`${head}\n${'A,x,jpy\n'.repeat(50_000)}`, { size: 65_536 })
  assert(!answer.ok)
  assert.equal(answer.expected?.split('; ').length, 10)
})

test('a file that is cut off on the way is a fault, not a short file', async () => {
  const file = new Readable({ read() {} })
  file.push(`${head}\nA,1,jpy\n`)
  setImmediate(() => file.destroy(new Error('cut')))
  await assert.rejects(readOrderFile(file, { form: 'minor_units', take: async () => {} }), /cut/)
})
