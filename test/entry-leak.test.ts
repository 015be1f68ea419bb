// Goal: what is entered on a device is nowhere afterwards: another company's number in no file,
//   log, traffic or memory but the vault's; a security code not even there.
// Method: real processes; a vault that was started anew, so that nothing in it comes from making
//   the card. Codes are looked for in the forms in which they pass: as card data, as what is
//   hashed. In every place something planted in the same form must be found by the same search.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { familyOf, readMemory, scanMemory } from '@warifu/cli/process-memory'
import { findNumbers, scanFolder } from '@warifu/cli/scan'
import { luhnDigit } from '@warifu/crypto/luhn'
import postgres from 'postgres'
import { askFor, openTill, type Till } from './charging.ts'
import { type House, type RelayName, startHouse } from './house.ts'
import { type Holder, peopleOf } from './people.ts'
import type { Direction } from './relay.ts'

let house: House
let holder: Holder
let typed: Awaited<ReturnType<Till['typed']>>
let clusters: readonly postgres.Sql[]
let folders: readonly string[]

function drawNumber(prefix: string): string {
  const digits = `${prefix}${String(randomInt(1e9)).padStart(9, '0')}`
  return `${digits}${luhnDigit(digits)}`
}
const foreign = drawNumber('492912')
const canary = drawNumber('545498')
const plantedCode = () => (typed.code === '731' ? '137' : '731')

/** A code as it stands in an entry's card data (tag DF01), and as it is hashed to be compared. */
const formsOf = (code: string): readonly Buffer[] => [
  Buffer.concat([Buffer.from('df0103', 'hex'), Buffer.from(code)]),
  Buffer.from(`${holder.card}/${code}`),
]

before(async () => {
  house = await startHouse({
    relays: ['client', 'database', 'vault'],
    env: { vault: { VAULT_CONNECTOR: 'sandbox' } },
  })
  const people = peopleOf(house)
  holder = await people.become('Aiko')
  const till = await openTill(house, people)
  typed = await till.typed(holder)
  await house.restart('vault')
  for (let at = 0; at < 20; at += 1) {
    const ask = askFor(1)
    const code = at % 4 === 3 ? plantedWrong() : typed.code
    const message = till.message({ ...typed, ...(code === undefined ? {} : { code }) }, ask)
    await till.charge({ kind: 'entry_device', message }, ask)
  }
  const ask = askFor(1)
  const message = till.message({ pan: foreign, code: '9182' }, ask)
  const answer = await till.charge({ kind: 'entry_device', message }, ask)
  assert.equal(answer.status, 'authorized', 'its acquirer was asked')
  clusters = [house.serverDatabase, house.vaultDatabase].map(({ adminUrl }) =>
    postgres(adminUrl, { max: 1, onnotice: () => {} }),
  )
  for (const sql of clusters) {
    await sql`create table public.planted (value text, bytes bytea)`
    const [bytes] = formsOf(plantedCode())
    await sql`insert into public.planted values (${`number ${canary}`}, ${bytes ?? null})`
    await sql`checkpoint`
  }
  folders = await Promise.all(
    clusters.map(async (sql) => {
      const [row] = await sql<{ data_directory: string }[]>`show data_directory`
      return row?.data_directory ?? ''
    }),
  )
  await plantInVault()
})
after(async () => {
  await Promise.all((clusters ?? []).map((sql) => sql.end()))
  await house?.stop()
})

/** A wrong code, so that mismatches are looked for too; never the one that is planted. */
const plantedWrong = () => (typed.code === '555' ? '556' : '555')

/** A frame whose operation bears what is planted: it lies in the vault's memory as text. */
async function plantInVault(): Promise<void> {
  const operation = `no_such_${holder.card}/${plantedCode()}_${canary}`
  const body = Buffer.from(JSON.stringify([{ id: 1, operation, input: {} }]))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  const socket = connect(house.relay('vault').listen)
  socket.write(Buffer.concat([head, body]))
  await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject))
  socket.destroy()
}

/** What is planted is there; the other company's number is not. */
function judge(found: readonly { readonly number: string }[]): void {
  assert.deepEqual(
    found.filter(({ number }) => number === foreign),
    [],
  )
  assert(found.some(({ number }) => number === canary))
}

/** Other tests make and drop databases in these clusters: what went away meanwhile is not there. */
async function* filesIn(folder: string): AsyncGenerator<Buffer> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(goneAs([]))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(path)
    else if (entry.isFile()) yield await readFile(path).catch(goneAs(Buffer.alloc(0)))
  }
}

const goneAs =
  <T>(nothing: T) =>
  (fault: unknown): T => {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return nothing
    throw fault
  }

suite('another company’s number', () => {
  test('is in no file of either cluster, write-ahead log included', async () => {
    for (const folder of folders) judge(await scanFolder(folder, [foreign, canary]))
  })
  test('is in no traffic', () => {
    for (const name of ['client', 'database', 'vault'] satisfies RelayName[])
      for (const direction of ['up', 'down'] satisfies Direction[])
        assert.deepEqual(findNumbers(house.relay(name).captured(direction), [foreign]), [])
  })
  test('is in no log', async () => {
    for (const name of ['server', 'vault'] as const)
      assert(!(await house.logs(name)).includes(foreign))
  })
  test('is not in the server’s memory', { skip: process.platform !== 'linux' }, () => {
    for (const pid of familyOf(house.pid('server')))
      assert.deepEqual(scanMemory(pid, [foreign]), [])
  })
})

suite('a security code', { skip: process.platform !== 'linux' }, () => {
  test('is in no file of either cluster, write-ahead log included', async () => {
    const [planted] = formsOf(plantedCode())
    for (const folder of folders) {
      let found = false
      for await (const bytes of filesIn(folder)) {
        found ||= planted !== undefined && bytes.includes(planted)
        for (const code of [typed.code ?? '', plantedWrong(), '9182'])
          for (const form of formsOf(code)) assert(!bytes.includes(form), 'a code lies here')
      }
      assert(found, 'the search finds what was planted')
    }
  })
  for (const name of ['vault', 'server'] as const)
    test(`is not in the memory of the ${name}`, () => {
      const found = { planted: false, codes: 0 }
      const [, planted] = formsOf(plantedCode())
      readMemory(house.pid(name), (chunk) => {
        const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        found.planted ||= planted !== undefined && bytes.includes(planted)
        for (const code of [typed.code ?? '', plantedWrong()])
          for (const form of formsOf(code)) if (bytes.includes(form)) found.codes += 1
      })
      assert.deepEqual(found, { planted: name === 'vault', codes: 0 })
    })
})
