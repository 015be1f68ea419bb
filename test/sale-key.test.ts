// Goal: the key of a sale by reader is in the vault's memory while the sale runs, and nowhere after
// it: not after success, refusal, timeout or crash; never in a database, its log of writes, a log
// or a copy. What was recorded on the way cannot be opened with all that the vault still has.
// Method: the vault's real process, its key pairs drawn from a seed that the test knows; its memory
// and its cluster's files are searched for the scalar and for the context's AEAD key, in both byte
// orders and as text. During the sale the search must find them: else it proves nothing.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, type Program, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { plasticOf } from '@warifu/cli/entry-device-keys'
import { createKeeper } from '@warifu/cli/keeper'
import { readMemory } from '@warifu/cli/process-memory'
import { type OperatorSettings, operateVault, vaultProgram } from '@warifu/cli/programs'
import { fromBase64url } from '@warifu/crypto/base64url'
import { envelopeInfo } from '@warifu/crypto/envelope'
import { decap, HpkeError, setupBaseR } from '@warifu/crypto/hpke'
import { jcsBytes } from '@warifu/crypto/jcs'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import { Secret } from '@warifu/crypto/secret'
import { type Id, mintId, type Prefix } from '@warifu/protocol/ids'
import { type ReaderMessage, saleAad } from '@warifu/protocol/reader'
import type { VaultAnswer } from '@warifu/protocol/vault'
import { openDomainKeys } from '@warifu/vault/domain-keys'
import { openFileKeyStore } from '@warifu/vault/file-key-store'
import type { Plastic } from '@warifu/vault/operator-acts'
import { jwkOf } from '@warifu/vault/public-key'
import { chanceOf, wallet } from '@warifu/vault/rehearsal'
import {
  type Carried,
  carryCard,
  enrol,
  must,
  type Person,
  sha256,
} from '@warifu/vault/rehearsal-person'
import {
  forwarded,
  offered,
  type Reader,
  type ReaderSale,
  sealCard,
  sealPin,
  startSale,
} from '@warifu/vault/rehearsal-reader'
import { openStore } from '@warifu/vault/store'
import postgres from 'postgres'
import { type Clone, cloneDatabase } from './databases.ts'
import { keyOf, scalarOf } from './known-keys.ts'

const SEED = `sale ${process.pid}`
const PASSPHRASE = 'a passphrase for tests'
let folder: string
let database: Clone
let operator: OperatorSettings
let vault: Child
let program: Program
let person: Person
let carried: Carried
let card: Plastic
let reader: Reader
const keeper = createKeeper()

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-sale-'))
  database = await cloneDatabase('vault')
  operator = {
    databaseUrl: database.url,
    masterKeyFile: join(folder, 'master-key'),
    passphraseFile: join(folder, 'passphrase'),
  }
  await writeFile(operator.passphraseFile, PASSPHRASE, { mode: 0o600 })
  const socket = join(folder, 'vault.sock')
  const plan = { ...operator, socket, walletOrigin: wallet.origin, logLevel: 'info' }
  const known = join(import.meta.dirname, 'known-keys.ts')
  const { env, ...rest } = await vaultProgram(plan)
  const seeded = { KNOWN_KEYS_SEED: SEED, NODE_OPTIONS: `--import ${known}` }
  program = { ...rest, env: { ...env, ...seeded } }
  await startVault()
  person = await enrol({ chance: chanceOf('a person'), newId, dispatch: dispatchTo(socket) })
  carried = await carryCard(person)
  const pinFile = join(folder, 'pin')
  await writeFile(pinFile, '2580', { mode: 0o600 })
  card = await plasticOf({ operator, folder }, carried.card, pinFile)
  reader = await admittedReader()
})
after(async () => {
  await vault?.stop()
  keeper.close()
  await database?.drop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

async function startVault(): Promise<void> {
  vault = await startChild(program, join(folder, 'vault.log'), keeper)
  await untilReady(vault, saidReady(vault))
}

const newId = <P extends Prefix>(prefix: P): Id<P> => {
  const chance = crypto.getRandomValues(new Uint8Array(14))
  return mintId({ prefix, lane: 0, nowMs: Date.now(), chance })
}

/** One frame on a connection of its own. */
const dispatchTo = (socket: string) => (calls: readonly object[]) =>
  new Promise<VaultAnswer[]>((resolve, reject) => {
    const line = connect(socket)
    const body = Buffer.from(JSON.stringify(calls))
    const head = Buffer.alloc(4)
    head.writeUInt32BE(body.length)
    let held = Buffer.alloc(0)
    line.on('error', reject)
    line.on('data', (chunk) => {
      held = Buffer.concat([held, chunk])
      if (held.length < 4 || held.length < 4 + held.readUInt32BE(0)) return
      line.destroy()
      // The vault checked every answer against its schema.
      resolve(JSON.parse(held.toString('utf8', 4)) as VaultAnswer[])
    })
    line.write(Buffer.concat([head, body]))
  })

async function admittedReader(): Promise<Reader> {
  const id = newId('rdr')
  const out = join(folder, 'injection')
  const admitting = ['admit-device', '--device', id, '--out', out]
  await operateVault(operator, ['make-base-key', 'then', ...admitting])
  const made = JSON.parse(await readFile(out, 'utf8'))
  const kbpk = Buffer.from(made.kbpk, 'hex')
  const { key } = unwrapKeyBlock({ kbpk, block: made.key_block, usages: ['B1'] })
  return { id, key, keyId: made.initial_key_id, chance: chanceOf('a reader'), counter: 1 }
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()

type Known = {
  readonly sale: ReaderSale
  readonly scalar: Buffer
  readonly pair: {
    readonly privateKey: ReturnType<typeof keyOf>['privateKey']
    readonly publicBytes: Uint8Array
  }
}

/** A sale, and its private key: found among the seed's by the public half that the offer shows. */
async function begin(seconds = 60): Promise<Known> {
  const expires_at = inSeconds(seconds)
  const sale = startSale(reader, await offered(person, { reader, carried, expires_at }))
  for (let nth = 0; nth < 200; nth += 1) {
    const scalar = scalarOf(SEED, nth)
    const { privateKey, publicKey } = keyOf(scalar)
    const publicBytes = pointOfJwk(jwkOf(publicKey))
    if (Buffer.from(publicBytes).toString('base64url') === sale.offer.public_key)
      return { sale, scalar, pair: { privateKey, publicBytes } }
  }
  throw new Error('this key is not of the seed')
}

/** The AEAD key of the sale's context, derived by hand (RFC 9180 §5.1) as the vault derives it. */
function contextKey({ sale, pair }: Known): Buffer {
  const suite = Buffer.from('HPKE-v1HPKE\x00\x10\x00\x01\x00\x02', 'latin1')
  const extract = (salt: Uint8Array, label: string, input: Uint8Array) =>
    createHmac('sha256', salt).update(suite).update(label).update(input).digest()
  const none = new Uint8Array(0)
  const info = envelopeInfo('sale', sha256(sale.text))
  const context = Buffer.concat([
    Uint8Array.of(0),
    extract(none, 'psk_id_hash', none),
    extract(none, 'info_hash', info),
  ])
  const secret = extract(decap(sale.enc, pair), 'secret', none)
  return createHmac('sha256', secret)
    .update(Uint8Array.of(0, 32))
    .update(suite)
    .update('key')
    .update(context)
    .update(Uint8Array.of(1))
    .digest()
}

/** As bytes in both orders, and as texts. */
const formsOf = (key: Buffer): Buffer[] => [
  key,
  Buffer.from(key).reverse(),
  Buffer.from(key.toString('hex')),
  Buffer.from(key.toString('hex').toUpperCase()),
  Buffer.from(key.toString('base64url')),
  Buffer.from(key.toString('base64').slice(0, 42)),
]

const isIn = (where: Uint8Array, forms: readonly Buffer[]): boolean =>
  forms.some((form) => Buffer.from(where.buffer, where.byteOffset, where.length).includes(form))

function isInMemory(key: Buffer): boolean {
  const forms = formsOf(key)
  let found = false
  readMemory(vault.pid, (chunk) => {
    found ||= isIn(chunk, forms)
  })
  return found
}

/** The vault drops a key at once and has its memory collected within a second. */
async function isGone(key: Buffer): Promise<boolean> {
  for (let patience = 25; patience > 0; patience -= 1) {
    if (!isInMemory(key)) return true
    await sleep(200)
  }
  return false
}

async function isInFiles(key: Buffer): Promise<string | undefined> {
  const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} })
  await admin`checkpoint`
  const [row] = await admin<{ data_directory: string }[]>`show data_directory`
  await admin.end()
  assert(row)
  const forms = formsOf(key)
  for (const root of [row.data_directory, folder])
    for await (const path of glob('**/*', { cwd: root, withFileTypes: true }))
      if (path.isFile()) {
        const bytes = await readFile(join(path.parentPath, path.name)).catch(() => Buffer.alloc(0))
        if (isIn(bytes, forms)) return join(path.parentPath, path.name)
      }
  return undefined
}

const open = (message: ReaderMessage) =>
  must(person.stage.dispatch, 'open_sale', forwarded(person, message))
let atc = 0
const chip = () => {
  atc += 1
  return { entry: 'inserted', atc } as const
}

test('success: the private half is there until the card, the context until the end', async () => {
  const known = await begin()
  assert(isInMemory(known.scalar), 'the search finds what is there')
  const context = contextKey(known)
  assert(!isInMemory(context), 'no context before the first message')
  const recorded = [sealCard(known.sale, card, chip())]
  await open(recorded[0] as ReaderMessage)
  assert(isInMemory(context), 'the context stands')
  assert(await isGone(known.scalar), 'the private key is dropped at once')
  recorded.push(sealPin(known.sale, '2580', card.pan))
  assert.equal((await open(recorded[1] as ReaderMessage)).pin, 'verified')
  assert(await isGone(context), 'and with the end the context')
  assert.equal(await isInFiles(known.scalar), undefined)
  assert.equal(await isInFiles(context), undefined)
  await cannotBeOpened(known, recorded)
})

/** With every private key that the vault still has, and with none of them. */
async function cannotBeOpened(known: Known, recorded: readonly ReaderMessage[]): Promise<void> {
  using passphrase = new Secret(Buffer.from(PASSPHRASE))
  const store = openStore({ url: database.url, connections: 1 })
  const chance = chanceOf('the test')
  const path = operator.masterKeyFile
  const keyStore = await openFileKeyStore({ path, passphrase, chance, mayCreate: false })
  const keys = await openDomainKeys({ sql: store, keyStore, chance, nowMs: Date.now })
  await store.end()
  const info = envelopeInfo('sale', sha256(known.sale.text))
  const tryWith = (recipient: Known['pair']): boolean => {
    const context = setupBaseR({ enc: known.sale.enc, recipient, info })
    return recorded.every((message) => {
      try {
        context.open(jcsBytes(saleAad(message)), fromBase64url(message.ct))
        return true
      } catch (error) {
        if (error instanceof HpkeError) return false
        throw error
      }
    })
  }
  assert(tryWith(known.pair), 'the key that is gone would open it')
  const pairs = Object.values(keys).filter(({ key }) => key.type === 'private')
  assert(pairs.length >= 2)
  for (const { key } of pairs) {
    const publicBytes = pointOfJwk(jwkOf(keyOfPrivate(key)))
    assert(!tryWith({ privateKey: key, publicBytes }))
  }
}
const keyOfPrivate = (key: Known['pair']['privateKey']) => {
  const { d = '' } = key.export({ format: 'jwk' })
  return keyOf(Buffer.from(d, 'base64url')).publicKey
}

test('refusal: what was not for this sale ends it, and the key is gone', async () => {
  const known = await begin()
  assert(isInMemory(known.scalar))
  const message = sealCard(known.sale, card, chip(), { head: { sequence: 1 } })
  await assert.rejects(open(message), /sale_broken/)
  assert(await isGone(known.scalar))
  assert.equal(await isInFiles(known.scalar), undefined)
})

test('timeout: the vault ends it by itself', async () => {
  const known = await begin(3)
  assert(isInMemory(known.scalar))
  await sleep(2500)
  assert(await isGone(known.scalar))
  assert.equal(await isInFiles(known.scalar), undefined)
})

test('crash: it dies with the process, and the next one does not have it', async () => {
  const known = await begin()
  assert(isInMemory(known.scalar))
  vault.kill('SIGKILL')
  await vault.exited
  program = { ...program, env: { ...program.env, KNOWN_KEYS_SEED: `${SEED} again` } }
  await startVault()
  assert(!isInMemory(known.scalar))
  assert.equal(await isInFiles(known.scalar), undefined)
  const message = sealCard(known.sale, card, chip())
  await assert.rejects(open(message), /sale_over/)
})
