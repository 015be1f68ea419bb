/**
 * S4, unified sales (JP2024-058277): whatever way the money came, each sale carries its order; the
 * order system's own file is compared with them, what does not agree is found and put right.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import type { Difference, Reconciliation, Sale } from '@warifu/sdk/sdk'
import { type Checks, JourneyEnded } from './checks.ts'
import { paid } from './entry-device.ts'
import { becomeHolder, type Holder, payBy } from './journey.ts'
import { checkReading } from './reading.ts'
import { keyed, openTill } from './till.ts'
import type { Reader, Saboteur, World } from './world.ts'

type Stage = { readonly world: World; readonly checks: Checks; readonly holder: Holder }
type Order = { readonly merchant_reference: string; readonly amount: number }

let journeys = 0
/** Order numbers of this journey, which no other has. */
function numbering(): (name: string) => string {
  journeys += 1
  const prefix = `R${Date.now()}-${journeys}`
  return (name) => `${prefix}-${name}`
}
const linesOf = (amount: number) => [{ description: 'Green tea', quantity: 1, amount }]

/** What the order system believes, as its file; one line for each order. */
const fileOf = (orders: readonly Order[]): string =>
  ['order,amount,currency', ...orders.map((one) => `${one.merchant_reference},${one.amount},jpy`)]
    .map((line) => `${line}\n`)
    .join('')

async function payByWallet({ world, checks, holder }: Stage, order: Order) {
  const { merchant_reference, amount } = order
  const asked = { merchant_reference, amount, currency: 'jpy', lines: linesOf(amount) } as const
  const { link } = await world.merchant.payments.create(asked)
  if (link === null) throw new JourneyEnded('a new payment has no link')
  await checks.step('a sale by the customer’s phone', () => payBy(holder, link, true))
}

/** A first sale at the entry device, kept as sixteen digits. */
async function keptToken({ world, checks, holder }: Stage): Promise<string> {
  await using till = await openTill({ world, card: holder.card })
  const sold = await paid(checks, 'a card is keyed at the entry device', till.sell(100, keyed()))
  const { payment } = sold
  if (!isId('pay', payment)) throw new JourneyEnded('the sale names no payment')
  await checks.step('and let go again', () => world.merchant.payments.cancel(payment))
  const made = await checks.step('the shop keeps it as a token', () =>
    world.merchant.tokens.create({ source: { kind: 'payment', payment } }),
  )
  if (made.token === null) throw new JourneyEnded('the token shows no digits')
  return made.token
}

type Charging = Order & { readonly manual?: true }
const charge = ({ merchant }: World, token: string, { manual, ...order }: Charging) =>
  merchant.payments.create({
    ...{ ...order, currency: 'jpy', lines: linesOf(order.amount) },
    capture_method: manual ? 'manual' : 'automatic',
    presentment: { kind: 'token', token, initiator: 'customer' },
  })

const writeDown = (
  { merchant }: World,
  kind: 'cash' | 'transfer',
  order: Order,
  currency = 'jpy',
) => merchant.sales.create({ ...order, kind, currency, lines: linesOf(order.amount) })

/** The platform captures by itself, moments after the yes. */
async function whenCaptured({ merchant }: World, from: string, but: number): Promise<Sale[]> {
  for (let patience = 400; ; patience -= 1) {
    const sales = await merchant.sales.list({ from }).take(100)
    const waiting = sales.filter(({ status }) => status === 'authorized').length
    if (waiting <= but) return sales
    if (patience === 0) throw new JourneyEnded('the sales are not captured')
    await sleep(50)
  }
}

async function differencesOf({ merchant }: World, { id }: Reconciliation): Promise<Difference[]> {
  return await merchant.reconciliations.differences(id).take(100)
}
const isOpen = ({ status }: Difference) => status === 'open'
const saidOf = (differences: readonly Difference[]) =>
  differences.map((one) => `${one.kind} ${one.merchant_reference ?? ''}`).toSorted()

/** Sales by several ways, and what the order system believes of them; what is wrong is known. */
async function sell(stage: Stage, token: string, of: (name: string) => string) {
  const { world, checks } = stage
  const order = (name: string, amount: number) => ({ merchant_reference: of(name), amount })
  const take = (name: string, amount: number) => charge(world, token, order(name, amount))
  await payByWallet(stage, order('phone', 1200))
  await checks.step('sales by token, some of them wrong', async () => {
    for (const [name, amount] of tokenSales) await take(name, amount)
  })
  await checks.step('one is held, and not captured', () =>
    charge(world, token, { ...order('held', 650), manual: true }),
  )
  await checks.step('a sale for cash', () => writeDown(world, 'cash', order('cash', 500)))
  await checks.step('a bank transfer', () => writeDown(world, 'transfer', order('bank', 800)))
  await checks.step('cash of another country', () =>
    writeDown(world, 'cash', order('krw', 350), 'krw'),
  )
  const orders = believed.map(([name, amount]) => order(name, amount))
  const truth = wrong.map(([name, kind]) => `${kind} ${of(name)}`).toSorted()
  return { orders: [...orders, order('told', 20), order('told', 20)], truth }
}

// biome-ignore format: a table reads by its columns
const tokenSales = [
  ['token', 700], ['told', 20], ['split', 400], ['split', 600], ['twice', 300], ['twice', 300],
  ['over', 950], ['under', 400], ['nobody', 150],
] as const
// biome-ignore format: a table reads by its columns
const believed = [
  ['phone', 1200], ['token', 700], ['cash', 500], ['bank', 800], ['split', 1000], ['twice', 300],
  ['over', 900], ['under', 450], ['held', 650], ['missing', 77], ['krw', 350],
] as const
// biome-ignore format: a table reads by its columns
const wrong = [
  ['split', 'split'], ['twice', 'duplicate_payment'], ['over', 'overpaid'], ['under', 'underpaid'],
  ['held', 'not_captured'], ['missing', 'order_without_payment'], ['krw', 'wrong_currency'],
  ['nobody', 'payment_without_order'], ['told', 'duplicate_order'],
] as const

async function checkSales({ world, checks }: Stage, from: string): Promise<void> {
  const sales = await checks.step('all is captured but one', () => whenCaptured(world, from, 1))
  checks.that('one list of payments, cash and transfer', sales.length === 14, `${sales.length}`)
  const named = sales.every((one) => one.merchant_reference !== null && one.order.lines.length > 0)
  checks.that('every sale carries its order and lines', named)
  const ways = new Set<string>(sales.map(({ kind, presentment }) => presentment ?? kind))
  const all = ['wallet', 'token', 'cash', 'transfer'].every((way) => ways.has(way))
  checks.that('by phone, token, cash and transfer', all, [...ways].join())
  const totals = await world.merchant.sales.totals({ from })
  const sums = totals.map(({ currency, kind, net }) => `${currency} ${kind} ${net}`).join()
  const expected = 'jpy cash 500,jpy payment 5020,jpy transfer 800,krw cash 350'
  checks.that('the totals add up, by currency and kind', sums === expected, sums)
}

/** Each by what is suggested; the split is right as it is. */
async function putRight({ world, checks }: Stage, found: readonly Difference[]): Promise<void> {
  const { reconciliations: books } = world.merchant
  for (const one of found)
    if (one.kind === 'split')
      await checks.step('the split is dismissed, with a reason', () =>
        books.dismiss(one.id, { because: 'paid in two parts' }),
      )
    else {
      const { fix } = one.suggestion
      const done = await checks.step(`${one.kind}: ${fix}`, () => books.fix(one.id))
      const twice = await books.fix(one.id)
      checks.that('asked again it is the same', twice.closed_at === done.closed_at)
    }
}

export async function runReconciliation(world: World, checks: Checks): Promise<readonly Reader[]> {
  const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  const stage = { world, checks, holder }
  const token = await keptToken(stage)
  const from = new Date().toISOString()
  const { orders, truth } = await sell(stage, token, numbering())
  await checkSales(stage, from)
  const { reconciliations: books } = world.merchant
  const to = new Date(Date.now() + 1000).toISOString()
  const ask = { from, to, file: fileOf(orders) }
  const compared = await checks.step('the order file is compared', () => books.run(ask))
  const found = await differencesOf(world, compared)
  const said = saidOf(found)
  checks.that(
    'what was wrong is found',
    truth.every((one) => said.includes(one)),
    said.join(),
  )
  checks.that('and nothing else', said.length === truth.length, said.join())
  const again = await checks.step('the same file once more', () => books.run(ask))
  const same = JSON.stringify(await differencesOf(world, again)) === JSON.stringify(found)
  checks.that('is the same reconciliation', again.id === compared.id && same)
  await checkFile(stage, compared, found.length)
  await putRight(stage, found)
  const last = await checks.step('compared again', () => books.again(compared.id))
  const left = (await differencesOf(world, last)).filter(isOpen)
  // The order that was paid in another currency is unpaid now; card and cash share another.
  const kinds = left
    .map(({ kind }) => kind)
    .toSorted()
    .join()
  checks.that('what was put right is gone', kinds === 'order_without_payment,split', kinds)
  const net = (await world.merchant.sales.totals({ from })).find(({ kind }) => kind === 'payment')
  // 5,020 less 300 paid twice and 50 too much, and 650 captured.
  checks.that('the money is right to the yen', net?.net === 5020 - 300 - 50 + 650, String(net?.net))
  return await checkReading({ world, checks, holder })
}

/** The differences as a spreadsheet reads them. */
async function checkFile({ world, checks }: Stage, { id }: Reconciliation, count: number) {
  const { sandbox, traffic } = world
  const headers = { authorization: `Bearer ${sandbox.seed.api_key}`, accept: 'text/csv' }
  const url = `${sandbox.url}/v1/reconciliations/${id}/differences`
  const answer = await traffic.fetchOf('merchant')(url, { headers })
  const lines = (await answer.text()).trim().split('\r\n')
  checks.that('they leave as CSV too', lines.length === count + 1, String(lines.length))
}

type Altering = {
  readonly name: string
  readonly expects: readonly string[]
  readonly alter?: (file: string) => string
  /** What arrives is not what was sent. */
  readonly onTheWay?: (file: string) => string
}

/** Two sales that agree; then somebody alters the file, and it must be found. */
async function sabotage(world: World, checks: Checks, altering: Altering): Promise<void> {
  const { alter = (file) => file, onTheWay } = altering
  const holder = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  const of = numbering()
  const from = new Date().toISOString()
  const [one, two] = [
    { merchant_reference: of('phone'), amount: 1200 },
    { merchant_reference: of('cash'), amount: 500 },
  ]
  await payByWallet({ world, checks, holder }, one)
  await checks.step('a sale for cash', () => writeDown(world, 'cash', two))
  await whenCaptured(world, from, 0)
  const file = alter(fileOf([one, two]))
  const about = { from, to: new Date(Date.now() + 1000).toISOString() }
  if (onTheWay !== undefined)
    await checks.step('the file arrives as it was sent', () =>
      sendAltered(world, { about, file, onTheWay }),
    )
  const ended = await world.merchant.reconciliations.run({ ...about, file })
  const [found] = (await differencesOf(world, ended)).filter(isOpen)
  checks.that('books and money agree', found === undefined, found?.kind)
}

type Sending = {
  readonly about: { readonly from: string; readonly to: string }
  readonly file: string
  readonly onTheWay: (file: string) => string
}
async function sendAltered({ sandbox, traffic }: World, { about, file, onTheWay }: Sending) {
  const api = { fetch: traffic.fetchOf('merchant'), apiUrl: sandbox.url }
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(file))
  const headers = { authorization: `Bearer ${sandbox.seed.api_key}` }
  const body = { ...about, file_digest: Buffer.from(bytes).toString('base64url') }
  const { id } = await callApi(api, 'createReconciliation', {
    ...{ body, headers: { ...headers, 'idempotency-key': body.file_digest } },
  })
  const altered = new Blob([onTheWay(file)])
  return await callApi(api, 'uploadOrders', { params: { id }, headers, file: altered })
}

const linesIn = (file: string) => file.trimEnd().split('\n')
const joined = (lines: readonly string[]) => `${lines.join('\n')}\n`
const plans: readonly Altering[] = [
  {
    name: 'an amount lowered in the file',
    expects: ['overpaid'],
    alter: (file) => file.replace(',1200,', ',1100,'),
  },
  {
    name: 'a line dropped',
    expects: ['payment_without_order'],
    alter: (file) => joined(linesIn(file).slice(0, -1)),
  },
  {
    name: 'a line written twice',
    expects: ['duplicate_order'],
    alter: (file) => joined([...linesIn(file), ...linesIn(file).slice(-1)]),
  },
  {
    name: 'an order that nobody paid',
    expects: ['order_without_payment'],
    alter: (file) => `${file}X-${Date.now()},900,jpy\n`,
  },
  {
    name: 'another currency',
    expects: ['wrong_currency'],
    alter: (file) => file.replace(',500,jpy', ',500,krw'),
  },
  {
    name: 'the file altered on its way',
    expects: ['field_invalid'],
    onTheWay: (file) => file.replace(',1200,', ',1100,'),
  },
]

export const reconciliationSaboteurs: readonly Saboteur[] = plans.map((plan) => ({
  name: plan.name,
  expects: plan.expects,
  run: (world: World, checks: Checks) => sabotage(world, checks, plan),
}))
