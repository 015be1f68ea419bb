/**
 * What must be there before anybody can come, by who runs the house: `merchant NAME STORE PLACE
 * CATEGORY`, `store MERCHANT NAME PLACE CATEGORY`, `program JSON`. Prints one JSON line. Whoever
 * sells makes API keys at the console, with an invitation of `people/main.ts`.
 * Run with the application's role: DATABASE_URL.
 */
import { randomBytes } from 'node:crypto'
import { type Id, isId, type Mint, mintId } from '@warifu/protocol/ids'
import { plainText } from '@warifu/protocol/shapes'
import { type Static, type TSchema, Type } from 'typebox'
import { readerOf } from '#api'
import { allowStripes, createProgram } from '#issuing'
import { createMerchant, createStore, foundMerchant } from '#merchants'
import { faultByHouse, logAct, Misunderstood, recordByHouse } from '#people'
import { openStore, type Tx } from '#store'
import { newProgramOf, programFile } from './program-file.ts'

const mint: Mint = (prefix, lane = 0) =>
  mintId({ prefix, lane, nowMs: Date.now(), chance: randomBytes(14) })

const name = plainText(80)
/** ISO 18245. */
const category = Type.String({ pattern: '^[0-9]{4}$' })

/** Fails by the name of what is wrong, and what was expected there. */
function read<const S extends TSchema>(schema: S, data: unknown): Static<S> {
  const found = readerOf(schema, 'body')(data)
  if ('failure' in found)
    throw new Misunderstood(`${found.failure.param}: ${found.failure.expected}.`)
  // Behind its check.
  return found.value as Static<S>
}

const storeWords = Type.Object({ store: name, place: name, category })

async function addStore(tx: Tx, merchant: Id<'mer'>, words: readonly string[]) {
  const [given, place, kind] = words
  const store = read(storeWords, { store: given, place, category: kind })
  const id = mint('str')
  await createStore(tx, { ...store, name: store.store, id, merchant, nowMs: Date.now() })
  return id
}

async function openMerchant(tx: Tx, [given, ...store]: readonly string[]): Promise<object> {
  const named = read(Type.Object({ name }), { name: given })
  const merchant = mint('mer')
  await createMerchant(tx, { id: merchant, name: named.name, nowMs: Date.now() })
  return { merchant, store: await addStore(tx, merchant, store) }
}

async function openStoreOf(tx: Tx, [of = '', ...store]: readonly string[]): Promise<object> {
  if (!isId('mer', of)) throw new Misunderstood('A merchant’s id, mer_…, is expected.')
  const merchant = await foundMerchant(tx, of)
  if (merchant === undefined || merchant.closedMs !== null)
    throw new Misunderstood(`There is no open merchant ${of}.`)
  return { merchant: of, store: await addStore(tx, of, store) }
}

async function openProgram(tx: Tx, [text = '']: readonly string[]): Promise<object> {
  const file = read(programFile, parsed(text))
  if (file.verification_needed > file.verification_methods.length)
    throw new Misunderstood('verification_needed: at most as many as verification_methods.')
  const program = mint('prg')
  await createProgram(tx, { ...newProgramOf(file), id: program }, Date.now())
  await allowStripes(tx, program, file.reader_stripes)
  return { program, name: file.name }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Misunderstood('The program is not JSON.')
  }
}

const acts = { merchant: openMerchant, store: openStoreOf, program: openProgram }
const isAct = (word: string): word is keyof typeof acts => Object.hasOwn(acts, word)

async function main([act = '', ...words]: readonly string[]): Promise<void> {
  const url = process.env['DATABASE_URL']
  if (!url) throw new Misunderstood('DATABASE_URL is not set: the server’s database.')
  if (!isAct(act)) throw new Misunderstood(`An act is one of ${Object.keys(acts).join(', ')}.`)
  const store = openStore(url, 1)
  try {
    const opened = await store.transaction(async (tx) => {
      const done = await acts[act](tx, words)
      const subject = Object.values(done).join(' ')
      await logAct(tx, recordByHouse({ what: `open.${act}`, subject, words, nowMs: Date.now() }))
      return done
    })
    console.log(JSON.stringify(opened))
  } finally {
    await store.end()
  }
}

try {
  await main(process.argv.slice(2))
} catch (fault) {
  const { said, exitCode } = faultByHouse(fault)
  console.error(said)
  process.exitCode = exitCode
}
