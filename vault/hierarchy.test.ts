// Goal: without the root key the vault's database is noise; each key has one purpose; a wrong
// passphrase, file or database is told in one sentence.
// Method: a real PostgreSQL and real key files; every column of every table is searched for what
// must not be there, and a planted number is found.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Secret } from '@warifu/crypto/secret'
import { openStoredCard, readStoredCards } from './cards.ts'
import { domains } from './domain-keys.ts'
import { openFileKeyStore } from './file-key-store.ts'
import { openHierarchy } from './hierarchy.ts'
import { createKeyCache } from './key-cache.ts'
import { chanceOf, createKeyStore, NOW_MS, type Rehearsal, rehearse } from './rehearsal.ts'
import { carryCard, enrol } from './rehearsal-person.ts'

const chance = chanceOf('hierarchy test')
let vault: Rehearsal
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-vault-'))
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'hierarchy' })
})
after(async () => {
  await vault.close()
  await rm(folder, { recursive: true })
})

async function open(name: string, passphrase = 'correct horse battery', mayCreate = true) {
  using secret = new Secret(Buffer.from(passphrase))
  return await openFileKeyStore({ path: join(folder, name), passphrase: secret, chance, mayCreate })
}

test('a key file: made once, closed to others, opened by its passphrase', async () => {
  const made = await open('root')
  const again = await open('root')
  assert.deepEqual(again.root, made.root)
  assert.equal((await stat(join(folder, 'root'))).mode & 0o777, 0o600)
  const wrapped = await made.wrap(Buffer.alloc(32, 7))
  using key = await again.unwrap(wrapped)
  assert(key.use((bytes) => Buffer.from(bytes).equals(Buffer.alloc(32, 7))))
  await assert.rejects(open('root', 'correct horse batterx'), {
    code: 'passphrase_wrong',
    message: 'The passphrase does not open the vault’s master key file.',
  })
})

test('a key file that is open to others, damaged, weakened or missing is refused', async () => {
  const path = join(folder, 'root2')
  await open('root2')
  await chmod(path, 0o640)
  await assert.rejects(open('root2'), { code: 'file_open_to_others' })
  await chmod(path, 0o600)
  const text = await readFile(path, 'utf8')
  for (const damaged of [
    '',
    '{}',
    text.replace('131072', '1024'),
    text.replace('"v": 1', '"v": 2'),
  ]) {
    await writeFile(path, damaged)
    await assert.rejects(open('root2'), { code: 'file_malformed' })
  }
  const other = text.replace(/"check_value": "......"/, '"check_value": "000000"')
  await writeFile(path, other)
  await assert.rejects(open('root2'), { code: 'file_malformed' })
  await assert.rejects(open('absent', 'correct horse battery', false), { code: 'file_missing' })
})

test('another root key does not open this database', async () => {
  const keyStore = await createKeyStore(chanceOf('another root'))
  const opening = { sql: vault.store, keyStore, chance, nowMs: () => NOW_MS }
  await assert.rejects(openHierarchy(opening), { code: 'wrapped_by_another_root' })
})

test('domain keys: one purpose each, algorithm, state and date; none equals another', async () => {
  const rows = await vault.superuser`select * from keys.domain order by name`
  assert.deepEqual(
    rows.map(({ name }) => name),
    Object.keys(domains).sort(),
  )
  for (const row of rows) {
    assert.equal(row['state'], 'active')
    assert.equal(
      row['algorithm'],
      Object.entries(domains).find(([name]) => name === row['name'])?.[1],
    )
    assert.equal(Number(row['created_at_ms']), NOW_MS)
  }
  assert.equal(new Set(rows.map((row) => row['check_value'])).size, rows.length)
  const { mac } = vault.world.hierarchy
  const said = (['pan-index', 'code', 'answer'] as const).map((name) =>
    mac(name, 'x').toString('hex'),
  )
  assert.equal(new Set(said).size, 3)
})

test('a restart finds the same keys', async () => {
  const { world } = await vault.restarted()
  assert.deepEqual(
    world.hierarchy.mac('pan-index', 'a number'),
    vault.world.hierarchy.mac('pan-index', 'a number'),
  )
  assert.deepEqual(world.hierarchy.signingKey, vault.world.hierarchy.signingKey)
})

/** Every column of every table, as text: raw, and bytes as latin-1. */
async function everythingStored(): Promise<string> {
  const tables = await vault.superuser<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`
  const said: string[] = []
  for (const { name } of tables)
    for (const row of await vault.superuser.unsafe(`select * from ${name}`))
      for (const value of Object.values(row))
        said.push(
          value instanceof Uint8Array
            ? Buffer.from(value).toString('latin1')
            : JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)),
        )
  return said.join('\n')
}

const formsOf = (text: string): string[] => {
  const bytes = Buffer.from(text)
  const shifted = [0, 1, 2].map((by) =>
    Buffer.concat([Buffer.alloc(by), bytes])
      .toString('base64')
      .slice(by === 0 ? 0 : by + 1, -4),
  )
  return [text, bytes.toString('hex'), bytes.toString('utf16le'), ...shifted]
}

test('the database alone holds no number, in any form', async () => {
  const person = await enrol(vault)
  const { card } = await carryCard(person)
  const row = (await readStoredCards(vault.store, [card])).get(card)
  assert(row)
  const { pan, security_code } = openStoredCard({ hierarchy: vault.world.hierarchy, row })
  assert.match(pan, /^999123[0-9]{10}$/)
  const stored = await everythingStored()
  assert(stored.includes(card), 'the search sees the rows')
  for (const form of formsOf(pan)) assert(!stored.includes(form))
  assert(!stored.includes(`"security_code":"${security_code}"`))
  await vault.superuser`create table public.planted as select ${pan}::text as pan`
  assert((await everythingStored()).includes(pan), 'a planted number is found')
  await vault.superuser`drop table public.planted`
})

test('a record does not open under another card’s name, nor another person’s key', async () => {
  const [one, two] = [await enrol(vault), await enrol(vault)]
  const cards = [(await carryCard(one)).card, (await carryCard(two)).card]
  const [first, second] = [...(await readStoredCards(vault.store, cards)).values()]
  assert(first && second)
  const { hierarchy } = vault.world
  for (const row of [
    { ...first, card: second.card },
    { ...first, cardholder: second.cardholder },
    { ...first, kid: second.kid, wrapped: second.wrapped },
  ])
    assert.throws(() => openStoredCard({ hierarchy, row }), /does not open/)
})

test('the cache keeps its bound and forgets what was used longest ago', () => {
  const cache = createKeyCache<number>(2)
  const made: string[] = []
  const get = (name: string) =>
    cache.get(name, () => {
      made.push(name)
      return 0
    })
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) get(name)
  assert.deepEqual(made, ['a', 'b', 'c', 'b'])
  assert.equal(cache.size(), 2)
})
