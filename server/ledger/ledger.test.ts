// Goal: money is never made or lost, and never more than was approved, whatever the order of
// events. Method: random histories on a real PostgreSQL beside a far simpler model; then every law
// of the books read from the legs. The database's own checks are broken on purpose too. What
// changes while a charge waits is changed by another session, which ends when PostgreSQL says that
// it waits; the same cases meet a charge that judges without its lock, and must tell.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { plant } from '@warifu/server/rehearsal-books-bugs'
import fc from 'fast-check'
import type { Db, Tx } from '#store'
import {
  type Controls,
  fundAccount,
  openAccount,
  putCard,
  setCardActive,
  setControls,
  standings,
  unbounded,
} from './ledger.ts'

const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
const nowMs = Date.UTC(2027, 0, 5)
const LIMIT = 1000n
let stage: Rehearsal
let shop: Id<'mer'>
before(async () => {
  stage = await rehearse({ adminUrl, name: 'ledger' }, nowMs)
  shop = stage.mint('mer')
})
after(() => stage.close())

type Book = { readonly lane: number; readonly account: Id<'acc'>; readonly card: Id<'crd'> }

const limits = { perTransaction: 600n, perMonth: 1_000_000n, signatureOnlyMax: 0n }

async function openBook(perDay = 1_000_000n): Promise<Book> {
  const { sql } = stage.store
  const lane = stage.lane()
  const [account, card] = [stage.mint('acc', lane), stage.mint('crd', lane)]
  await openAccount(sql, { id: account, currency: 'jpy', creditLimit: LIMIT, nowMs })
  await putCard(sql, { card, account, active: true, ...limits, perDay })
  return { lane, account, card }
}

type Ask = {
  readonly payment: string
  readonly amount: number
  readonly currency?: string
  readonly final?: boolean
}

async function authorize(
  { lane, card }: Book,
  asks: readonly Ask[],
  db: Db = stage.store.sql,
): Promise<string[]> {
  const fixed = { lane, card, currency: 'jpy', merchant: shop }
  const rows = asks.map((ask, i) => ({ ord: i + 1, ...fixed, ...ask }))
  const codes = await db<{ code: string }[]>`
    select outcome as code from unnest(ledger.authorize(
      array(select a from jsonb_populate_recordset(null::ledger.ask, ${db.json(rows)}) a),
      ${nowMs}, ${nowMs + 1000}, 1, 1))`
  return codes.map(({ code }) => code)
}

async function afterwards(book: Book, event: 'capture' | 'release' | 'refund', ask: Ask) {
  const { sql } = stage.store
  const { lane, account } = book
  const place = sql`${lane}::smallint, ${account}`
  const taken = sql`array[${ask.payment}], ${shop}, ${stage.mint('ref')}, ${ask.amount}`
  const calls = {
    release: sql`ledger.release(${place}, ${ask.payment}, ${nowMs})`,
    capture: sql`ledger.capture(${place}, ${taken}, ${ask.final ?? true}, null, ${nowMs})`,
    refund: sql`ledger.refund(${place}, ${taken}, ${nowMs})`,
  }
  const [row] = await sql<{ code: string }[]>`select ${calls[event]} as code`
  return row?.code ?? 'nothing'
}

/** What must be true of the books at any instant, read from the legs alone. */
async function assertBooks({ lane, account }: Book): Promise<void> {
  const { sql } = stage.store
  const sums = await sql`
    select lane, layer from ledger.leg group by lane, layer, currency having sum(amount) <> 0`
  assert.equal(sums.length, 0, 'every lane and layer sums to zero')
  const [row] = await sql`
    select a.debits_pending = coalesce(sum(l.amount) filter (where l.layer = 0), 0) as pending,
           a.debits_posted - a.credits_posted
             = coalesce(sum(l.amount) filter (where l.layer = 1), 0) as posted,
           a.debits_pending = (select coalesce(sum(held), 0) from ledger.hold h
                                where h.lane = a.lane and h.account = a.id) as held
      from ledger.account a
      left join ledger.leg l on l.lane = a.lane and l.account = a.id
     where a.lane = ${lane} and a.id = ${account}
     group by a.lane, a.id`
  assert.deepEqual({ ...row }, { pending: true, posted: true, held: true })
}

type Held = { held: number; captured: number; refunded: number }
type Model = { free: number; holds: Map<string, Held> }

/** The auditor's own books: what each event must answer. */
function expect(model: Model, event: string, { payment, amount, final = true }: Ask): string {
  const hold = model.holds.get(payment)
  if (event === 'authorize') {
    if (amount > 600) return 'limit_exceeded'
    if (amount > model.free) return 'insufficient_funds'
    model.free -= amount
    model.holds.set(payment, { held: amount, captured: 0, refunded: 0 })
    return 'ok'
  }
  if (event === 'refund') {
    if (!hold) return 'payment_state'
    if (amount > hold.captured - hold.refunded) return 'amount_above_captured'
    model.free += amount
    hold.refunded += amount
    return 'ok'
  }
  if (!hold || hold.held === 0) return 'payment_state'
  if (event === 'capture' && amount > hold.held) return 'amount_above_authorized'
  const taken = event === 'capture' ? amount : 0
  const left = event === 'capture' && !final ? hold.held - taken : 0
  model.free += hold.held - taken - left
  hold.held = left
  hold.captured += taken
  return 'ok'
}

const step = fc.record({
  event: fc.constantFrom('authorize', 'capture', 'release', 'refund'),
  payment: fc.integer({ min: 0, max: 4 }),
  amount: fc.integer({ min: 1, max: 700 }),
  final: fc.boolean(),
})

test('random histories agree with the auditor, and the books balance', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const book = await openBook()
      const model: Model = { free: Number(LIMIT), holds: new Map() }
      for (const { event, payment: n, amount, final } of steps) {
        const ask = { payment: `pay_${n}`, amount, final }
        if (event === 'authorize' && model.holds.has(ask.payment)) continue
        const expected = expect(model, event, ask)
        const code =
          event === 'authorize'
            ? (await authorize(book, [ask]))[0]
            : await afterwards(book, event as 'capture' | 'release' | 'refund', ask)
        assert.equal(code, expected, event)
      }
      const [standing] = await standings(stage.store.sql, [book.card])
      assert.equal(standing?.available, BigInt(model.free))
      await assertBooks(book)
    }),
    { numRuns: 40 },
  )
})

test('asks of one account in one batch are decided in order and see each other', async () => {
  const book = await openBook()
  const asks = [500, 400, 200, 100].map((amount, i) => ({ payment: `pay_${i}`, amount }))
  assert.deepEqual(await authorize(book, asks), ['ok', 'ok', 'insufficient_funds', 'ok'])
  await assertBooks(book)
})

test('many at once on one account never spend more than there is', async () => {
  const book = await openBook()
  const asks = Array.from({ length: 40 }, (_, i) => ({ payment: `pay_${i}`, amount: 90 }))
  const codes = await Promise.all(asks.map((ask) => authorize(book, [ask])))
  assert.equal(codes.filter(([code]) => code === 'ok').length, 11)
  await assertBooks(book)
})

test('refunds at once never give back more than was captured', async () => {
  const book = await openBook()
  const payment = 'pay_1'
  await authorize(book, [{ payment, amount: 500 }])
  assert.equal(await afterwards(book, 'capture', { payment, amount: 500 }), 'ok')
  const twenty = Array.from({ length: 20 }, () =>
    afterwards(book, 'refund', { payment, amount: 60 }),
  )
  assert.equal((await Promise.all(twenty)).filter((code) => code === 'ok').length, 8)
  await assertBooks(book)
})

test('each refusal has its own code and leaves nothing', async () => {
  const book = await openBook(700n)
  const refuse = async (ask: Ask) => (await authorize(book, [ask]))[0]
  assert.equal(await refuse({ payment: 'a', amount: 601 }), 'limit_exceeded')
  assert.equal(await refuse({ payment: 'a', amount: 1, currency: 'usd' }), 'currency_mismatch')
  assert.equal(await refuse({ payment: 'a', amount: 600 }), 'ok')
  assert.equal(await refuse({ payment: 'b', amount: 101 }), 'limit_exceeded', 'the day’s limit')
  await setCardActive(stage.store.sql, book.card, false)
  assert.equal(await refuse({ payment: 'b', amount: 1 }), 'card_not_active')
  const nobody = { ...book, card: stage.mint('crd', book.lane) }
  assert.deepEqual(await authorize(nobody, [{ payment: 'b', amount: 1 }]), ['card_unknown'])
  await assertBooks(book)
})

test('the database holds the laws too: no overdraft, no changed leg', async () => {
  const { sql } = stage.store
  const { lane, account } = await openBook()
  const where = sql`where lane = ${lane} and id = ${account}`
  await assert.rejects(
    async () => await sql`update ledger.account set debits_pending = ${LIMIT + 1n} ${where}`,
    /never_overspent/,
  )
  await assert.rejects(async () => await sql`update ledger.leg set amount = 1`, /permission denied/)
  await assert.rejects(async () => await sql`delete from ledger.leg`, /permission denied/)
})

// ── while a charge waits ─────────────────────────────────────────────────────────────────────

/** What another session does and commits while a charge waits for what it holds. */
type Meanwhile = {
  readonly what: string
  readonly change: (tx: Tx, book: Book) => Promise<unknown>
  /** What is said to a charge of 600, and to two of 300 in one batch. */
  readonly one: string
  readonly two: readonly [string, string]
  /** What the card has held before, of 1000; else 300. */
  readonly held?: number
  readonly perDay?: bigint
}

const account = (tx: Tx, { lane, account: id }: Book, set: Record<string, string | number>) =>
  tx`update ledger.account set ${tx(set)} where lane = ${lane} and id = ${id}`
const card = (tx: Tx, { lane, card: id }: Book, set: Record<string, string | number>) =>
  tx`update ledger.card set ${tx(set)} where lane = ${lane} and id = ${id}`
const controls = (tx: Tx, book: Book, set: Partial<Controls>) =>
  setControls(tx, [{ card: book.card, ...unbounded, ...limits, perDay: 1_000_000n, ...set }])
const charge = (tx: Tx, book: Book) => authorize(book, [{ payment: 'pay_other', amount: 200 }], tx)
const capture = (tx: Tx, { lane, account: id }: Book, amount: number, approved: number | null) =>
  tx`select ledger.capture(${lane}::smallint, ${id}, array['pay_before'], ${shop},
                           ${stage.mint('cap')}, ${amount}, true, ${approved}, ${nowMs})`
const fund = (tx: Tx, { account: id }: Book) =>
  fundAccount(tx, { account: id, reference: 'paid in', amount: 300, currency: 'jpy', nowMs })

const both = (said: string) => ({ one: said, two: [said, said] }) as const
const second = (said: string) => ({ one: said, two: ['ok', said] }) as const
const meanwhiles: readonly Meanwhile[] = [
  {
    what: 'its account is frozen',
    change: (tx, book) => account(tx, book, { status: 'frozen' }),
    ...both('card_not_active'),
  },
  {
    what: 'its account is closed',
    change: (tx, book) => account(tx, book, { status: 'closed' }),
    ...both('card_not_active'),
  },
  {
    what: 'its account’s limit is lowered',
    change: (tx, book) => account(tx, book, { credit_limit: 800 }),
    ...second('insufficient_funds'),
  },
  {
    what: 'its account’s limit is raised',
    change: (tx, book) => account(tx, book, { credit_limit: 1300 }),
    ...{ held: 600, ...both('ok') },
  },
  { what: 'money is paid in', change: fund, ...{ held: 600, ...both('ok') } },
  { what: 'another charge takes the funds', change: charge, ...second('insufficient_funds') },
  {
    what: 'a capture takes more than was held',
    change: (tx, book) => capture(tx, book, 500, 500),
    ...second('insufficient_funds'),
  },
  {
    what: 'a last capture gives back the rest',
    change: (tx, book) => capture(tx, book, 100, null),
    ...{ held: 600, ...both('ok') },
  },
  {
    what: 'the card is turned off',
    change: (tx, book) => setCardActive(tx, book.card, false),
    ...both('card_not_active'),
  },
  {
    what: 'the card’s last day passes',
    change: (tx, book) => card(tx, book, { last_day: 0 }),
    ...both('card_expired'),
  },
  {
    what: 'the card is used up',
    change: (tx, book) => card(tx, book, { uses_left: 0 }),
    ...both('card_used_up'),
  },
  {
    what: 'its limit for one payment is lowered',
    change: (tx, book) => controls(tx, book, { perTransaction: 250n }),
    ...both('limit_exceeded'),
  },
  {
    what: 'its limit for a day is lowered',
    change: (tx, book) => controls(tx, book, { perDay: 700n }),
    ...second('limit_exceeded'),
  },
  {
    what: 'its limit for a month is lowered',
    change: (tx, book) => controls(tx, book, { perMonth: 700n }),
    ...second('limit_exceeded'),
  },
  {
    what: 'another charge takes the day’s rest',
    change: charge,
    ...{ perDay: 1000n, ...second('limit_exceeded') },
  },
  {
    what: 'payments of a day are counted',
    change: (tx, book) => controls(tx, book, { countDay: 1 }),
    ...both('count_exceeded'),
  },
  {
    what: 'the shop is shut out',
    change: (tx, book) => controls(tx, book, { merchantsNever: [shop] }),
    ...both('merchant_not_allowed'),
  },
]

/** A charge that waits for a change, and sees it committed; how it ended. */
async function chargedMeanwhile(
  { change, perDay, held = 300 }: Meanwhile,
  asks: readonly Ask[],
): Promise<string[]> {
  const { sql } = stage.store
  const book = await openBook(perDay)
  assert.deepEqual(await authorize(book, [{ payment: 'pay_before', amount: held }]), ['ok'])
  let asked: Promise<string[]> = Promise.resolve([])
  await sql.begin(async (tx) => {
    await change(tx, book)
    const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
    asked = authorize(book, asks).catch((fault: unknown) => [String(fault)])
    await untilBlocking(own?.pid ?? assert.fail(), asked)
  })
  return await asked
}

/** Until PostgreSQL says that somebody waits for this session; or nobody does, as it is over. */
async function untilBlocking(pid: number, end: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = end.then(() => {
    isOver = true
  })
  for (let patience = 20_000; patience > 0 && !isOver; patience -= 1) {
    const waiting = await stage.store.sql`
      select from pg_stat_activity a where ${pid} = any(pg_blocking_pids(a.pid))`
    if (waiting.length > 0) return
  }
  if (!isOver) assert.fail('the charge does not wait')
  await over
}

const ONE: readonly Ask[] = [{ payment: 'pay_1', amount: 600 }]
const TWO: readonly Ask[] = ['pay_1', 'pay_2'].map((payment) => ({ payment, amount: 300 }))

test('a charge that waited for its account or card is judged by what stands then', async () => {
  for (const meanwhile of meanwhiles) {
    const { what, one, two } = meanwhile
    assert.deepEqual(await chargedMeanwhile(meanwhile, ONE), [one], what)
    assert.deepEqual(await chargedMeanwhile(meanwhile, TWO), two, `${what}: two of one account`)
  }
})

test('judged by what stood before its lock, every one of these is told', async () => {
  const judgedBefore = ['ledger.authorize', ['for no key update of a, k', '']] as const
  await plant({ adminUrl, name: 'ledger' }, { edits: [judgedBefore] })
  for (const meanwhile of meanwhiles) {
    const { what, one, two } = meanwhile
    assert.notDeepEqual(await chargedMeanwhile(meanwhile, ONE), [one], what)
    assert.notDeepEqual(await chargedMeanwhile(meanwhile, TWO), two, `${what}: two of one account`)
  }
})
