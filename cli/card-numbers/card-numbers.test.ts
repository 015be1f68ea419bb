/**
 * Goal: a card number is found wherever a merchant's machine may have left it and in whatever form,
 * though nobody told the number; and order data, which is full of long numbers, gives no alarm.
 * Method: fifty numbers, ours and published test numbers, in ten kinds of place (each written by
 * what really writes it) and five forms; numbers of other companies with and without what says
 * "card" beside them; planted canaries; a gigabyte of order data.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { findCards, findCardsInMemory, sandboxBins } from '@warifu/cli/card-scan'
import { readMemory } from '@warifu/cli/process-memory'
import { luhnDigit } from '@warifu/crypto/luhn'
import { createCardScanner, type Wanted } from './card-numbers.ts'
import { chanceOf, orderData } from './order-data.ts'
import { publishedTestNumbers } from './ranges.ts'

const chance = chanceOf(20_020_918)
const wanted: Wanted = { bins: sandboxBins, planted: [] }
const draw = (bin: string, length = 16) => {
  const digits = bin + String(chance(2 ** 31)).padStart(10, '0') + String(chance(1e6))
  const body = digits.slice(0, length - 1)
  return body + luhnDigit(body)
}

/** A number in each form, as a program leaves it, in a row of its own. */
const forms: readonly ((number: string, row: number) => Buffer)[] = [
  (number, row) => Buffer.from(row % 2 ? `ref ${number}\n` : `"${number}",`),
  (number, row) =>
    row % 2
      ? Buffer.from(` ${number} `, 'utf16le')
      : Buffer.from(` ${number} `, 'utf16le').swap16(),
  (number, row) => {
    const hex = Buffer.from(`{"n":"${number}"}`).toString('hex')
    return Buffer.from(row % 2 ? hex : `\\x${hex.toUpperCase()}`)
  },
  (number, row) =>
    Buffer.from(Buffer.from(`${'x'.repeat(row % 3)}${number} paid`).toString('base64')),
  (number) => Buffer.concat([Buffer.from([0x5a, 8]), Buffer.from(number.padEnd(16, 'F'), 'hex')]),
]

/** A program that holds what it is told. */
const holding = `process.stdin.once('data', (bytes) => {
  globalThis.held = Buffer.from(bytes)
  process.stdout.write('held')
})`

/** What a process holds: read out of a live one, as a debugger writes a core. */
async function coreOf(planted: readonly Buffer[]): Promise<Buffer> {
  const child = spawn(process.execPath, ['-e', holding], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    child.stdin.write(Buffer.concat(planted.map((one) => Buffer.concat([one, Buffer.alloc(8)]))))
    await once(child.stdout, 'data')
    const parts: Buffer[] = []
    readMemory(child.pid ?? 0, (chunk, _, { name }) => {
      if (name === '' || name === '[heap]') parts.push(Buffer.from(chunk))
    })
    return Buffer.concat(parts)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/** A capture file (pcap, version 2.4) of packets with these payloads. */
function pcapOf(payloads: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(65_535, 16)
  head.writeUInt32LE(1, 20)
  const packets = payloads.flatMap((payload) => {
    const record = Buffer.alloc(16)
    record.writeUInt32LE(payload.length + 54, 8)
    record.writeUInt32LE(payload.length + 54, 12)
    return [record, Buffer.alloc(54, 0x45), payload]
  })
  return Buffer.concat([head, ...packets])
}

async function sqliteOf(path: string, rows: readonly Buffer[]): Promise<void> {
  await rm(path, { force: true })
  const database = new DatabaseSync(path)
  database.exec('create table orders (id integer primary key, note blob, text text)')
  const insert = database.prepare('insert into orders (note, text) values (?, ?)')
  for (const row of rows) insert.run(row, 'an order')
  database.close()
}

const lines = (rows: readonly Buffer[], before: string, behind: string) =>
  Buffer.concat(rows.flatMap((row) => [Buffer.from(before), row, Buffer.from(behind)]))
/** Lines of 76 characters, as mail is sent (RFC 2045 §6.8). */
const mailOf = (rows: readonly Buffer[]) =>
  rows.map((row) => row.toString('latin1').replaceAll(/.{76}/g, '$&\r\n')).join('\r\n\r\n')

/** Ten places: what writes the rows there. */
const places: Record<string, (path: string, rows: readonly Buffer[]) => Promise<void>> = {
  'app.log': (path, rows) => writeFile(path, lines(rows, '2026-11-26T03:00:00Z info ', '\n')),
  'requests.jsonl': (path, rows) => writeFile(path, lines(rows, '{"body":', '}\n')),
  'orders.csv': (path, rows) => writeFile(path, lines(rows, '1001,', ',jpy\r\n')),
  'dump.sql': (path, rows) => writeFile(path, lines(rows, "insert into t values ('", "');\n")),
  'shop.sqlite': sqliteOf,
  core: async (path, rows) => writeFile(path, await coreOf(rows)),
  'capture.pcap': (path, rows) => writeFile(path, pcapOf(rows)),
  'mail.eml': (path, rows) => writeFile(path, mailOf(rows), 'latin1'),
  'app.log.1.gz': (path, rows) => writeFile(path, gzipSync(lines(rows, 'rotated ', '\n'))),
  'export.xml': (path, rows) => writeFile(path, lines(rows, '<value>', '</value>')),
}

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-scan-'))
})
after(() => rm(folder, { recursive: true, force: true }))

async function cardsIn(path: string, asked = wanted): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const { number } of findCards(path, asked)) found.add(number)
  return found
}
const scanned = (text: string | Buffer) => {
  const { feed, end } = createCardScanner(wanted)
  return [...feed(Buffer.from(text), 0), ...end()].map(({ number }) => number)
}

test('fifty of fifty: ten places, five forms, our ranges and published test numbers', async () => {
  const planted = Object.keys(places).map((_, place) =>
    forms.map((_form, form) => {
      const test = publishedTestNumbers[(place * 5 + form) % publishedTestNumbers.length] ?? ''
      return (place + form) % 2 === 0 && test.length === 16
        ? test
        : draw(sandboxBins[place % 6] ?? '')
    }),
  )
  let count = 0
  for (const [at, [name, write]] of Object.entries(places).entries()) {
    const numbers = planted[at] ?? []
    const rows = numbers.map((number, form) => forms[form]?.(number, at) ?? Buffer.alloc(0))
    await write(join(folder, name), rows)
    const found = await cardsIn(join(folder, name))
    for (const [form, number] of numbers.entries())
      assert(found.has(number), `${name}, form ${form}: …${number.slice(-4)} is not found`)
    assert.equal(found.size, new Set(numbers).size, `${name}: nothing else`)
    count += numbers.length
  }
  assert.equal(count, 50)
})

test('fifty planted canaries, numbers and texts, are found in the same places', async () => {
  const canaries = Array.from({ length: 50 }, (_, at) => `canary-${at}-${chance(2 ** 31)}`)
  const asked = { ...wanted, planted: canaries }
  for (const [at, [name, write]] of Object.entries(places).entries()) {
    const mine = canaries.slice(at * 5, at * 5 + 5)
    const rows = mine.map((text, form) =>
      form < 4 ? (forms[form]?.(text, at) ?? Buffer.alloc(0)) : Buffer.from(`[${text}]`),
    )
    await write(join(folder, name), rows)
    assert.deepEqual(await cardsIn(join(folder, name), asked), new Set(mine), name)
  }
})

describe('numbers of other companies', () => {
  const visa = draw('49', 16)
  const amex = draw('37', 15)
  const beside: readonly (readonly [text: string, number: string])[] = [
    [`{"card":{"number":"${visa}"}}`, visa],
    [`card_number=${visa}&amount=12`, visa],
    [`カード番号：${visa}`, visa],
    [`카드 번호: ${amex}`, amex],
    [`PAN is ${amex}.`, amex],
    [`;${visa}=30121010000000000000?`, visa],
    [`%B${visa}^YAMADA/AIKO^3012101?`, visa],
    [`${visa.replaceAll(/\d{4}(?=\d)/g, '$& ')} 12/30`, visa],
    [`${amex.slice(0, 4)}-${amex.slice(4, 10)}-${amex.slice(10)} exp 01/2031`, amex],
    [`5A08${visa}5F2403301231`, visa],
    [`5713${visa}D30121010000000`, visa],
    [Buffer.from(`{"pan":"${visa}"}`).toString('base64'), visa],
    [Buffer.from(`"cc":"${visa}"`).toString('hex'), visa],
  ]
  test('are told of where something beside them says that they are cards', () => {
    for (const [text, number] of beside) assert.deepEqual(scanned(text), [number], text)
    const wide = Buffer.from(`"card": "${visa}"`, 'utf16le')
    assert.deepEqual(scanned(wide), [visa])
    assert.deepEqual(scanned(Buffer.from(wide).swap16()), [visa])
  })
  test('packed: told of where a chip’s next data object follows, or a whole track', () => {
    const packed = (hex: string) => scanned(Buffer.from(`00${hex}00`, 'hex'))
    assert.deepEqual(packed(`5a08${visa}5f2403301231`), [visa])
    assert.deepEqual(packed(`5a08${visa}5f340100`), [visa])
    assert.deepEqual(packed(`5a08${amex}f5f2403301231`), [amex])
    assert.deepEqual(packed(`5713${visa}d30122010000000000000f`), [visa])
  })
  test('packed: left alone under a tag by chance, and beside a word in memory', () => {
    const packed = (hex: string) => scanned(Buffer.from(`00${hex}00`, 'hex'))
    assert.deepEqual(packed(`5a08${visa}`), [])
    assert.deepEqual(packed(`5a08${visa}8080348080`), [])
    assert.deepEqual(packed(`5713${visa}d30132010000000000000f`), [], 'no month')
    const near = Buffer.concat([Buffer.from('card '), Buffer.from(`00${visa}00`, 'hex')])
    assert.deepEqual(scanned(near), [])
  })
  test('are left alone where it says something else, or nothing', () => {
    for (const text of [
      `{"tracking":"${visa}"}`,
      `2026-11-26,card,${visa},1200`,
      `{"card_token":"${visa}"}`,
      `order ${visa} paid by card`,
      visa,
      `card: ${visa.slice(0, 15)}${(Number(visa[15]) + 1) % 10}`,
      `card: 1${visa}`,
    ])
      assert.deepEqual(scanned(text), [], text)
  })
})

test('a number is found across chunks of any size, once', async () => {
  const number = draw('990012')
  const text = Buffer.from(`${'.'.repeat(700)}${number}${'.'.repeat(700)}`)
  for (const size of [1, 7, 64, 300, 701, 710]) {
    const { feed, end } = createCardScanner(wanted)
    const found = []
    for (let at = 0; at < text.length; at += size)
      found.push(...feed(text.subarray(at, at + size), at))
    found.push(...end())
    const expected = [{ number, whose: 'ours', encoding: 'text', offset: 700 }]
    assert.deepEqual(found, expected, `chunks of ${size}`)
  }
})

test('a live process that holds one is told of', {
  skip: process.platform !== 'linux',
}, async () => {
  const number = draw('990013')
  const child = spawn(process.execPath, ['-e', holding], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    assert.deepEqual(findCardsInMemory(child.pid ?? 0, wanted), [], 'an innocent process')
    child.stdin.write(`a note: ${number}`)
    await once(child.stdout, 'data')
    const found = new Set(findCardsInMemory(child.pid ?? 0, wanted).map((one) => one.number))
    assert.deepEqual(found, new Set([number]))
  } finally {
    child.kill('SIGKILL')
    await ended
  }
})

/** New digits for every pass over the same rows: a permutation that keeps what cards begin with. */
function renewed(chunk: Buffer, pass: number): Buffer {
  const first = [2, 3, 4, 5, 6]
  const rest = [0, 1, 7, 8, 9]
  const table = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const [set, step] of [
    [first, pass % 5],
    [rest, (pass * 2) % 5],
  ] as const)
    for (const [at, digit] of set.entries())
      table[48 + digit] = 48 + (set[(at + step) % 5] ?? digit)
  const out = Buffer.allocUnsafe(chunk.length)
  for (let at = 0; at < chunk.length; at += 1) out[at] = table[chunk[at] ?? 0] ?? 0
  return out
}

test('a gigabyte of order data gives no alarm', () => {
  const { feed, end } = createCardScanner(wanted)
  let at = 0
  const found = []
  for (const chunk of orderData(7, 2 ** 27))
    for (let pass = 0; pass < 8; pass += 1) {
      const bytes = pass === 0 ? chunk : renewed(chunk, pass)
      found.push(...feed(bytes, at))
      at += bytes.length
    }
  found.push(...end())
  assert(at >= 2 ** 30)
  assert.deepEqual(found, [])
})

test('the same rows with one number of ours in them give one', async () => {
  const number = draw('990017')
  const [chunk = Buffer.alloc(0)] = orderData(11, 1, 2 ** 20)
  const path = join(folder, 'one-in-a-million')
  const middle = chunk.indexOf('\n', chunk.length / 2)
  const parts = [chunk.subarray(0, middle), `\nnote ${number}`, chunk.subarray(middle)]
  await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part))))
  assert.equal((await readFile(path)).indexOf(number) > 0, true)
  assert.deepEqual(await cardsIn(path), new Set([number]))
})
