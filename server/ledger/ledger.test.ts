// Goal: money is never made or lost, and never more than was approved, whatever the order of
// events. Method: random histories on a real PostgreSQL beside a far simpler model; then every law
// of the books read from the legs. The database's own checks are broken on purpose too.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import fc from 'fast-check'
import { openAccount, putCard, setCardActive, standings } from './ledger.ts'

const nowMs = Date.UTC(2027, 0, 5)
const LIMIT = 1000n
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'ledger' }, nowMs)
})
after(() => stage.close())

type Book = { readonly lane: number; readonly account: Id<'acc'>; readonly card: Id<'crd'> }

async function openBook(perDay = 1_000_000n): Promise<Book> {
  const { sql } = stage.store
  const lane = stage.lane()
  const [account, card] = [stage.mint('acc', lane), stage.mint('crd', lane)]
  await openAccount(sql, { id: account, currency: 'jpy', creditLimit: LIMIT, nowMs })
  const limits = { perTransaction: 600n, perDay, perMonth: 1_000_000n, signatureOnlyMax: 0n }
  await putCard(sql, { card, account, active: true, ...limits })
  return { lane, account, card }
}

type Ask = { readonly payment: string; readonly amount: number; readonly currency?: string }

async function authorize({ lane, card }: Book, asks: readonly Ask[]): Promise<string[]> {
  const { sql } = stage.store
  const rows = asks.map((ask, i) => ({ ord: i + 1, lane, card, currency: 'jpy', ...ask }))
  const codes = await sql<{ code: string }[]>`
    select code from ledger.authorize(
      array(select a from jsonb_populate_recordset(null::ledger.ask, ${sql.json(rows)}) a),
      ${nowMs}, ${nowMs + 1000}, 1, 1) order by ord`
  return codes.map(({ code }) => code)
}

async function afterwards(book: Book, event: 'capture' | 'release' | 'refund', ask: Ask) {
  const { sql } = stage.store
  const { lane, account } = book
  const place = sql`${lane}::smallint, ${account}, ${ask.payment}`
  const [row] =
    event === 'release'
      ? await sql<{ code: string }[]>`select ledger.release(${place}, ${nowMs}) as code`
      : await sql<{ code: string }[]>`
          select ${sql(`ledger.${event}`)}(${place}, ${stage.mint('ref')}, ${ask.amount}, ${nowMs})
              as code`
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

type Model = { free: number; holds: Map<string, { held: number; captured: number }> }

/** The auditor's own books: what each event must answer. */
function expect(model: Model, event: string, { payment, amount }: Ask): string {
  const hold = model.holds.get(payment)
  if (event === 'authorize') {
    if (amount > 600) return 'limit_exceeded'
    if (amount > model.free) return 'insufficient_funds'
    model.free -= amount
    model.holds.set(payment, { held: amount, captured: 0 })
    return 'ok'
  }
  if (event === 'refund') {
    if (!hold) return 'payment_state'
    if (amount > hold.captured) return 'amount_above_captured'
    model.free += amount
    hold.captured -= amount
    return 'ok'
  }
  if (!hold || hold.held === 0) return 'payment_state'
  if (event === 'capture' && amount > hold.held) return 'amount_above_authorized'
  const taken = event === 'capture' ? amount : 0
  model.free += hold.held - taken
  model.holds.set(payment, { held: 0, captured: taken })
  return 'ok'
}

const step = fc.record({
  event: fc.constantFrom('authorize', 'capture', 'release', 'refund'),
  payment: fc.integer({ min: 0, max: 4 }),
  amount: fc.integer({ min: 1, max: 700 }),
})

test('random histories agree with the auditor, and the books balance', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const book = await openBook()
      const model: Model = { free: Number(LIMIT), holds: new Map() }
      for (const { event, payment: n, amount } of steps) {
        const ask = { payment: `pay_${n}`, amount }
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
