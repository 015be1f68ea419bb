// Goal: a card's number is readable in the vault's process and nowhere else, whatever its scheme:
//   not in the files or the WAL of the server's cluster, those of the vault's, logs, traffic, the
//   server's memory, or PostgreSQL's of either side. Nor is its security code. A phone holds it in
//   `terminal_sealed` alone. The vault's own memory has it: the search is no blind one.
// Method: real processes; one person takes a card of each scheme and pays with it. The test opens
//   the vault's database with master key and passphrase to learn what to look for. Three digits
//   alone are everywhere by chance, so the code is looked for beside its name, as every record of
//   ours and every dump of one would have it, in every encoding of text. In every place a planted
//   number and a planted code must be found by the same search.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { familyOf, scanMemory } from '@warifu/cli/process-memory'
import { findNumbers, scanFolder } from '@warifu/cli/scan'
import { luhnDigit } from '@warifu/crypto/luhn'
import { Secret } from '@warifu/crypto/secret'
import type { Id } from '@warifu/protocol/ids'
import { type Scheme, schemes } from '@warifu/protocol/schemes'
import { openStoredCard, readStoredCards } from '@warifu/vault/cards'
import { openFileKeyStore } from '@warifu/vault/file-key-store'
import { openHierarchy } from '@warifu/vault/hierarchy'
import { openStore } from '@warifu/vault/store'
import postgres from 'postgres'
import { type House, type RelayName, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'
import type { Direction } from './relay.ts'

let house: House
let people: People
let holder: Holder
let cards: ReadonlyMap<Scheme, Id<'crd'>>
let serverSql: postgres.Sql
let vaultSql: postgres.Sql
type Secrets = { readonly pan: string; readonly security_code: string }
let secrets: ReadonlyMap<Scheme, Secrets>
let dataFolder: string
let vaultFolder: string

/** A valid number that is nobody's; it fits a JSON integer, so that the vault can echo it. */
function drawCanary(): string {
  const digits = `492912${String(randomInt(1e9)).padStart(9, '0')}`
  return `${digits}${luhnDigit(digits)}`
}
const canary = drawCanary()

before(async () => {
  house = await startHouse({ relays: ['client', 'database', 'vault'] })
  people = peopleOf(house)
  serverSql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  vaultSql = postgres(house.vaultDatabase.adminUrl, { max: 1, onnotice: () => {} })
  const terminal = await people.join('Aiko')
  const taken = new Map<Scheme, Id<'crd'>>()
  const learnt = new Map<Scheme, Secrets>()
  for (const scheme of schemes) {
    const card = await people.takeCard(terminal, scheme)
    taken.set(scheme, card)
    learnt.set(scheme, await learn(card))
    const { link } = await people.ask()
    assert.equal((await pay({ terminal, card }, link)).status, 'authorized', scheme)
  }
  cards = taken
  secrets = learnt
  holder = { terminal, card: cardOf('double_sealed') }
  const metadata = { order: `number ${canary}`, note: planted() }
  const { id, link } = await people.ask({ metadata })
  const presented = await pay(holder, link)
  assert.equal(presented.status, 'authorized')
  await people.show(id)
  await askVault()
  await vaultSql`create table public.planted (value text)`
  await vaultSql`insert into public.planted values (${`${canary} ${planted()}`})`
  for (const log of ['server.log', 'vault.log'])
    await appendFile(join(house.folder, log), `${canary} ${planted()}\n`)
  dataFolder = await folderOf(serverSql)
  vaultFolder = await folderOf(vaultSql)
})
after(async () => {
  await serverSql?.end()
  await vaultSql?.end()
  await house?.stop()
})

const cardOf = (scheme: Scheme): Id<'crd'> => cards.get(scheme) ?? assert.fail(scheme)

/** Where a cluster's files lie, all that is known written to them. */
async function folderOf(sql: postgres.Sql): Promise<string> {
  await sql`checkpoint`
  const [row] = await sql<{ data_directory: string }[]>`show data_directory`
  return row?.data_directory ?? ''
}

const nothingNew = (): never => {
  throw new Error('nothing is made here, only opened')
}

/** Opens the stored card as the vault does: the test's own privilege. */
async function learn(card: string) {
  const chance = { bytes: nothingNew, keyPair: nothingNew }
  using passphrase = new Secret(await readFile(join(house.folder, 'vault.passphrase')))
  const path = join(house.folder, 'vault.master-key')
  const keyStore = await openFileKeyStore({ path, passphrase, chance, mayCreate: false })
  const sql = openStore({ url: house.vaultDatabase.url, connections: 1 })
  try {
    const hierarchy = await openHierarchy({ sql, keyStore, chance, nowMs: nothingNew })
    const row = (await readStoredCards(sql, [card])).get(card)
    assert(row, 'the card is in the vault')
    return openStoredCard({ hierarchy, row })
  } finally {
    await sql.end()
  }
}

/** Another first digit: in base64 the last one's low bits may lie in a stranger's character. */
const plantedCode = () => {
  const taken = [...secrets.values()].map(({ security_code }) => security_code.slice(0, 1))
  return `${['7', '1', '3', '5', '2', '4'].find((digit) => !taken.includes(digit))}31`
}
const planted = () => `security_code=${plantedCode()}`

/** A code with its name before it, in the ways in which JSON, SQL and prose join the two. */
const named = (code: string) =>
  ['":"', '": "', '\\":\\"', '=', ': ', ' '].map((joint) => `security_code${joint}${code}`)

/** A frame whose call bears what is planted; the vault's no bears the number, never the code. */
async function askVault(): Promise<void> {
  const input = { note: planted() }
  const call = [{ id: Number(canary), operation: 'no_such_operation', input }]
  const body = Buffer.from(JSON.stringify(call))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  const place = house.relay('vault').listen
  const socket = connect(place)
  socket.write(Buffer.concat([head, body]))
  await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject))
  socket.destroy()
}

type Finding = { readonly number: string; readonly encoding: string }

const pans = () => [...secrets.values()].map(({ pan }) => pan)
const real = () => [
  ...pans(),
  ...[...secrets.values()].flatMap(({ security_code }) => named(security_code)),
]
const looked = () => [...real(), canary, ...named(plantedCode())]

/** What was planted is there, and what is the card's is not, in any form. */
function judge(found: readonly Finding[], wanted = [canary, planted()]): void {
  const leaked = found.filter(({ number }) => real().includes(number))
  const kinds = leaked.map(({ number, encoding }) => (pans().includes(number) ? encoding : 'code'))
  assert.deepEqual(kinds, [], 'what is the card’s lies here')
  for (const one of wanted)
    assert(
      found.some(({ number }) => number === one),
      'the search finds what was planted',
    )
}

test('what is looked for is the cards’ own', () => {
  assert.equal(new Set(pans()).size, schemes.length)
  for (const { pan, security_code } of secrets.values()) {
    assert.match(pan, /^990012[0-9]{10}$/)
    assert.equal(String(luhnDigit(pan.slice(0, 15))), pan.slice(15))
    assert.match(security_code, /^[0-9]{3}$/)
  }
})

suite('the phone’s image, its own lock taken off', () => {
  for (const scheme of schemes)
    test(scheme, async () => {
      const kept = await holder.terminal.blobOf(cardOf(scheme))
      const inside = Buffer.from(kept, 'base64url').toString('latin1')
      const held = JSON.stringify([await holder.terminal.state(), kept, inside])
      const found = findNumbers(Buffer.from(held), [...pans(), canary])
      const own = found.filter(({ number }) => number === secrets.get(scheme)?.pan)
      assert.equal(own.length > 0, scheme === 'terminal_sealed')
      assert.equal(found.length, own.length, 'and no other card’s')
    })
})

suite('files', () => {
  test('tables and indexes of the server’s cluster', async () =>
    judge(await scanFolder(join(dataFolder, 'base'), looked())))
  test('its write-ahead log', async () =>
    judge(await scanFolder(join(dataFolder, 'pg_wal'), looked())))
  test('everything else in its folder', async () => {
    const found = await scanFolder(dataFolder, looked())
    judge(found)
  })
  test('the vault’s cluster, without its master key', async () =>
    judge(await scanFolder(vaultFolder, looked())))
  test('logs of server and vault', async () => {
    for (const log of ['server.log', 'vault.log'])
      judge(await scanFolder(join(house.folder, log), looked()))
    assert((await house.logs('vault')).includes('"operation"'), 'the vault has logged its calls')
  })
})

suite('traffic', () => {
  for (const name of ['client', 'database', 'vault'] satisfies RelayName[])
    for (const direction of ['up', 'down'] satisfies Direction[])
      test(`${name}, ${direction}`, () =>
        judge(
          findNumbers(house.relay(name).captured(direction), looked()),
          name === 'vault' && direction === 'down' ? [canary] : undefined,
        ))
})

suite('memory', { skip: process.platform !== 'linux' }, () => {
  test('the server', () => judge(scanFamily(house.pid('server'))))
  test('PostgreSQL of the server', async () => judge(scanFamily(await postmasterOf(serverSql))))
  test('PostgreSQL of the vault', async () => judge(scanFamily(await postmasterOf(vaultSql))))

  test('the vault itself: it opened the card, so there the search finds the number', async () => {
    const seen = () => scanMemory(house.pid('vault'), pans()).length > 0
    for (let turns = 0; turns < 10 && !seen(); turns += 1)
      await pay(holder, (await people.ask({ amount: 100 })).link)
    assert(seen())
  })
})

/** The members that end meanwhile (idle workers of PostgreSQL) have nothing to show any more. */
const scanFamily = (pid: number): Finding[] =>
  familyOf(pid).flatMap((member) => {
    try {
      return scanMemory(member, looked())
    } catch (fault) {
      if (familyOf(pid).includes(member)) throw fault
      return []
    }
  })

async function postmasterOf(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ pid: string }[]>`
    select split_part(pg_read_file('postmaster.pid'), E'\n', 1) as pid`
  return Number(row?.pid)
}
