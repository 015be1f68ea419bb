/**
 * Seeds a sandbox: card programs, one merchant with a store and an API key. Prints one JSON
 * line; the key is readable in it and never again. Whoever asks has no key (it is kept where this
 * is called), so a second time, as after a crash in between, makes another key and nothing else.
 * Run with the application's role: DATABASE_URL.
 */
import { randomBytes } from 'node:crypto'
import { type Id, type Mint, mintId } from '@warifu/protocol/ids'
import { allowStripes, createProgram, programsNamed } from '#issuing'
import { createApiKey, createMerchant, createStore, merchantsNamed, payeeOf } from '#merchants'
import { openStore, type Store, type Tx } from '#store'
import { CAMPUS, seededPrograms } from './seed-programs.ts'

const MERCHANT = '喫茶ワリフ'

export type Seeded = {
  readonly seeded: boolean
  readonly merchant: string
  readonly store: string
  readonly program: string
  readonly api_key: string
}

type Needs = { readonly mint: Mint; readonly random: (size: number) => Uint8Array }

/** Seeds once; the key is new each time. */
export const seed = (store: Store, needs: Needs, nowMs: number): Promise<Seeded> =>
  store.transaction(async (tx) => {
    const planted = (await seededBefore(tx)) ?? (await plant(tx, needs, nowMs))
    return { ...planted, api_key: await newKey(tx, needs, planted.merchant, nowMs) }
  })

type Planted = Omit<Seeded, 'api_key' | 'merchant'> & { readonly merchant: Id<'mer'> }

async function seededBefore(tx: Tx): Promise<Planted | undefined> {
  const [card] = await programsNamed(tx, CAMPUS)
  const [merchant] = await merchantsNamed(tx, MERCHANT)
  const payee = merchant && (await payeeOf(tx, merchant.id))
  if (card === undefined || payee === undefined) return undefined
  return { seeded: false, merchant: payee.id, store: payee.store, program: card.id }
}

async function plant(tx: Tx, { mint }: Needs, nowMs: number): Promise<Planted> {
  // Lists are newest first: the program that stands last is a newcomer's first choice.
  const programs = seededPrograms.map(() => mint('prg')).sort()
  const ids = { merchant: mint('mer'), store: mint('str'), program: mint('prg') }
  for (const [place, id] of programs.entries()) {
    const program = seededPrograms[place]
    if (program !== undefined) await createProgram(tx, { ...program, id }, nowMs)
    if (program?.name === CAMPUS) ids.program = id
  }
  for (const id of programs) await allowStripes(tx, id, true)
  await openShop(tx, { ...ids, name: MERCHANT, place: '京都 四条', category: '5814', nowMs })
  return { seeded: true, ...ids }
}

export type Shop = {
  readonly merchant: Id<'mer'>
  readonly store: Id<'str'>
  /** Of the merchant and of its store. */
  readonly name: string
  readonly place: string
  readonly category: string
  readonly nowMs: number
}

/** A merchant with one store. */
export async function openShop(tx: Tx, { merchant, store, ...shop }: Shop): Promise<void> {
  await createMerchant(tx, { id: merchant, name: shop.name, nowMs: shop.nowMs })
  await createStore(tx, { ...shop, id: store, merchant })
}

/** A key of the merchant's; its text is here and nowhere else. */
export const newKey = (tx: Tx, { mint, random }: Needs, merchant: Id<'mer'>, nowMs: number) =>
  createApiKey(tx, { id: mint('key'), secret: random(32), merchant, nowMs })

if (import.meta.main) {
  const url = process.env['DATABASE_URL']
  if (!url) {
    console.error('DATABASE_URL is not set: the connection to the server’s database.')
    process.exit(1)
  }
  const nowMs = Date.now()
  const mint: Mint = (prefix, lane = 0) => mintId({ prefix, lane, nowMs, chance: randomBytes(14) })
  const store = openStore(url, 1)
  try {
    console.log(JSON.stringify(await seed(store, { mint, random: randomBytes }, nowMs)))
  } catch (fault) {
    console.error(`Seeding failed: ${fault instanceof Error ? fault.message : 'unknown fault'}`)
    process.exitCode = 1
  } finally {
    await store.end()
  }
}
