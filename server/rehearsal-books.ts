/**
 * For tests of money after the yes: shops and cardholders, what they do to payments (by the rooms'
 * own doors), a clock that is put forward, and a look at what stands on the books.
 */
import { createHash } from 'node:crypto'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { standings } from '#ledger'
import { addOperator } from '#people'
import { type Checked, createSettlement, type SettlementRow } from '#settlement'
import { chanceOf, type Rehearsal } from './rehearsal.ts'
import { askOf, openBook, openShop, openToken } from './rehearsal-charging.ts'

export const CREDIT = 10_000
export const PER_TRANSACTION = 6000
/** What may be captured above a hold, by account. */
export const OVER = [
  { overCapture: 1000, forcePost: false },
  { overCapture: 5000, forcePost: true },
] as const
export const FEE = { basisPoints: 275, fixed: 3 }
export const DAY_MS = 86_400_000
/** After midnight, when a day's settlement has had its grace. */
const MORNING_MS = 15 * 60_000

export type Deed =
  | { readonly kind: 'authorise'; readonly account: number; readonly shop: number; amount: number }
  | { readonly kind: 'capture'; readonly payment: number; amount: number; final: boolean }
  | { readonly kind: 'refund'; readonly payment: number; amount: number }
  | { readonly kind: 'cancel'; readonly payment: number }
  | { readonly kind: 'increment'; readonly payment: number; amount: number; yes: boolean }
  | { readonly kind: 'adjust_account'; readonly account: number; amount: number }
  | { readonly kind: 'adjust_shop'; readonly shop: number; amount: number }

export type Done = { readonly code: string; readonly payment?: Id<'pay'> }

export type World = Awaited<ReturnType<typeof openWorld>>

const ACCOUNTS = 2
const SHOPS = 2

/** Fresh shops and accounts, so that histories on one database do not meet. */
export async function openWorld(stage: Rehearsal, seed: string, startMs: number) {
  const { store, mint } = stage
  const settlement = createSettlement({ store, mint })
  const operators = [mint('opr'), mint('opr')] as const
  for (const id of operators) {
    const who = { id, name: id, roles: ['operator'] as const, secret: stage.random(32) }
    await addOperator(store.sql, { ...who, nowMs: startMs })
  }
  const shops = await each(SHOPS, () => openShop(stage, startMs))
  const books = await each(ACCOUNTS, (i) =>
    openBook(shopAt(shops, 0), BigInt(CREDIT), shopAt(OVER, i)),
  )
  const tokens = new Map<string, string>()
  for (const [s, shop] of shops.entries())
    for (const [b, book] of books.entries())
      tokens.set(`${s}/${b}`, (await openToken(shop, book)).token)
  for (const { merchant } of shops)
    await settlement.putTerms({
      ...{ merchant, program: null, currency: 'jpy', by: operators[0], nowMs: startMs },
      ...FEE,
    })
  const payments: (Id<'pay'> | undefined)[] = []
  const shopOf = new Map<Id<'pay'>, number>()
  const clock = { nowMs: startMs }
  const chance = chanceOf(seed)
  const newKey = () => Buffer.from(chance(12)).toString('hex')
  return { stage, operators, settlement, shops, books, tokens, payments, shopOf, clock, newKey }
}

async function each<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let i = 0; i < count; i += 1) made.push(await make(i))
  return made
}

function shopAt<T>(list: readonly T[], at: number): T {
  const found = list[at % list.length]
  if (found === undefined) throw new Error('an empty world')
  return found
}

const shopOfPayment = (world: World, payment: Id<'pay'>) =>
  shopAt(world.shops, world.shopOf.get(payment) ?? 0)

/** Does it under this key; a second time under the same key is to change nothing. */
export async function perform(world: World, deed: Deed, key: string): Promise<Done> {
  const { nowMs } = world.clock
  if (deed.kind === 'authorise') return authorise(world, deed, key)
  if (deed.kind === 'adjust_account' || deed.kind === 'adjust_shop') return adjust(world, deed, key)
  const payment = world.payments[deed.payment]
  if (payment === undefined) return { code: 'nothing' }
  const shop = shopOfPayment(world, payment)
  const digest = createHash('sha256').update(JSON.stringify(deed)).digest()
  const { merchant } = shop
  const requestId = world.stage.mint('req')
  const act = { merchant, payment, key, digest, requestId, nowMs }
  const { payments } = shop
  if (deed.kind === 'increment') return increment(world, { deed, act, payments })
  const answer =
    deed.kind === 'capture'
      ? await payments.capture({ ...act, amount: deed.amount, final: deed.final })
      : deed.kind === 'refund'
        ? await payments.refund({ ...act, amount: deed.amount })
        : await payments.cancel(act)
  return { code: answer.ok ? 'ok' : answer.refusal, payment }
}

type Of<K extends Deed['kind']> = Extract<Deed, { readonly kind: K }>

async function authorise(world: World, deed: Of<'authorise'>, key: string): Promise<Done> {
  const s = deed.shop % world.shops.length
  const shop = shopAt(world.shops, s)
  const token = world.tokens.get(`${s}/${deed.account % world.books.length}`) ?? ''
  const at = { requestId: world.stage.mint('req'), nowMs: world.clock.nowMs }
  const ask = askOf(shop, { key, amount: deed.amount })
  const answer = await shop.payments.charge(ask, { kind: 'token', token }, at)
  if (!answer.ok) return { code: answer.refusal }
  const { id, declined_because: because } = answer.value
  world.shopOf.set(id, s)
  return { code: because ?? 'ok', payment: id }
}

type Incrementing = {
  readonly deed: Of<'increment'>
  readonly act: Omit<
    Parameters<World['shops'][number]['payments']['increment']>[0],
    'amount' | 'expiresInS'
  >
  readonly payments: World['shops'][number]['payments']
}

/** Asked, and answered at once by whoever owns the card. */
async function increment(
  { stage, clock }: World,
  { deed, act, payments }: Incrementing,
): Promise<Done> {
  const asked = await payments.increment({ ...act, amount: deed.amount, expiresInS: 300 })
  if (!asked.ok) return { code: asked.refusal }
  const { id, payment } = asked.value
  // What the room reads of an approval here is its content's kind and name.
  const content = { subject: { kind: 'increment', id } }
  type Heard = Parameters<typeof payments.resumeIncrement>[0]
  const said = deed.yes ? 'approve' : 'deny'
  const heard = { approval: { content, terminal: stage.mint('trm') }, said, suspend: false }
  const requestId = stage.mint('req')
  const goOn = await payments.resumeIncrement({
    ...heard,
    ...{ requestId, request: undefined, nowMs: clock.nowMs },
  } as unknown as Heard)
  if (!goOn.ok) return { code: goOn.refusal }
  await stage.store.transaction(goOn.value)
  const [row] = await payments
    .increments(payment, { limit: 100, before: undefined })
    .then((rows) => rows.filter((one) => one.id === id))
  const code = row?.status === 'authorized' ? 'ok' : (row?.declined_because ?? 'nothing')
  return { code, payment }
}

async function adjust(
  world: World,
  deed: Of<'adjust_account'> | Of<'adjust_shop'>,
  reference: string,
): Promise<Done> {
  const { settlement, stage, clock, operators } = world
  const whose =
    deed.kind === 'adjust_shop'
      ? { merchant: shopAt(world.shops, deed.shop).merchant }
      : { card: shopAt(world.books, deed.account).card, cardholder: stage.mint('chl') }
  const asked = {
    ...{ whose, amount: deed.amount, currency: 'jpy', reason: 'for a test', reference },
    ...{ reverses: null, nowMs: clock.nowMs },
  }
  const first = await settlement.adjust({ ...asked, by: operators[0] })
  if (!first.ok) return { code: first.refusal }
  if (first.value.adjustment !== null) return { code: 'ok' }
  const second = await settlement.adjust({ ...asked, by: operators[1] })
  if (!second.ok) return { code: second.refusal }
  return { code: second.value.adjustment === null ? 'waiting' : 'ok' }
}

/** Puts the clock forward to a later morning, and lets it do what is due. */
export async function sleep(world: World, days: number): Promise<void> {
  const { clock, shops, settlement } = world
  const today = Math.floor(clock.nowMs / DAY_MS)
  clock.nowMs = (today + days) * DAY_MS + MORNING_MS
  await shopAt(shops, 0).payments.sweep(clock.nowMs)
  await settlement.tick(clock.nowMs)
  await settlement.tick(clock.nowMs)
}

export type Standing = {
  readonly free: readonly number[]
  readonly owed: readonly number[]
  readonly payments: readonly string[]
}

/** What stands on the books: free funds, what shops are owed, each payment in a word. */
export async function standing(world: World): Promise<Standing> {
  const cards = world.books.map(({ card }) => card)
  const found = await standings(world.stage.store.sql, cards)
  const free = cards.map((card) => Number(found.find((one) => one.card === card)?.available))
  const owed: number[] = []
  for (const { merchant } of world.shops) {
    const [row] = await world.settlement.balances(merchant)
    owed.push(Number(row?.amount ?? 0n))
  }
  const payments: string[] = []
  for (const id of world.payments) {
    if (id === undefined) continue
    const shop = shopOfPayment(world, id)
    const row = await shop.payments.paymentOf({ merchant: shop.merchant, payment: id })
    if (row === undefined) throw new Error('a payment that was made is not there')
    const { status, amount, incremented, overcaptured, captured, refunded, released } = row
    const left = amount + (incremented ?? 0) + (overcaptured ?? 0) - captured - (released ?? 0)
    payments.push([status, status === 'authorized' ? left : 0, captured, refunded].join('/'))
  }
  return { free, owed, payments }
}

/** Every law of the books, in the lanes of this world. */
export async function check(world: World): Promise<Checked['faults']> {
  const shops = world.shops.map(({ merchant }) => laneOf(merchant))
  const lanes = [...shops, ...world.books.map(({ lane }) => lane)]
  const { faults } = await world.settlement.check(lanes)
  return faults
}

export const settlementsOf = async (world: World, shop: number): Promise<SettlementRow[]> => {
  const { merchant } = shopAt(world.shops, shop)
  return world.settlement.list({ merchant, page: { limit: 100, before: undefined } })
}
