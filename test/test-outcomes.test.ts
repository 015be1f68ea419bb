// Goal: every row of the table of outcomes (protocol/test-outcomes.ts) comes about,
//   by the real path: test cardholders with phones of their own, the real ledger, the acquirer.
// Method: one house with its test cardholders; each row's payment is made and acted on, then the
//   clock is set ahead once for all that end late.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '@warifu/cli/state-folder'
import { type Id, isId } from '@warifu/protocol/ids'
import { type TestOutcome, testCardholders, testOutcomes } from '@warifu/protocol/test-outcomes'
import { ApiError, callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type Asked, askFor, openTill, type Till } from './charging.ts'
import { type House, startHouse } from './house.ts'
import { outcomeTables } from './outcome-tables.ts'
import { type People, peopleOf } from './people.ts'

let house: House
let people: People
let till: Till
before(async () => {
  house = await startHouse({ cardholders: true, env: { vault: { VAULT_CONNECTOR: 'sandbox' } } })
  people = peopleOf(house)
  till = await openTill(house, people)
})
after(async () => await house?.stop())

const nameOf = ({ asked, who, card, amount }: TestOutcome) =>
  [asked, who, card, amount].filter((word) => word !== undefined).join(' ')

type Begun = {
  readonly payment: Id<'pay'> | undefined
  readonly told: string | null
  readonly again?: Again
}

/** By link: the test kit has the cardholder present that card. */
async function byLink({ who, card, amount }: TestOutcome): Promise<Begun> {
  const { id } = await people.ask({ amount })
  assert(who === 'aiko')
  const body = { cardholder: who, ...(card === undefined ? {} : { card }) }
  const acted = await callApi(people.api, 'presentTestCard', { params: { id }, body })
  return { payment: id, told: acted.told }
}

/** By number: whoever has that number does it by themselves. */
async function byPhone({ who, amount }: TestOutcome): Promise<Begun> {
  const known = Object.entries(testCardholders).find(([name]) => name === who)
  const phone = known?.[1].phone ?? '+819000000099'
  const { id } = await people.merchant.payments.create({
    amount,
    currency: 'jpy',
    capture_method: 'manual',
    presentment: { kind: 'phone', phone },
  })
  return { payment: id, told: null }
}

const foreign = { pan: '4111111111111111', expiry: '3012', code: '7370' }
const charge = (ask: Asked, message: ReturnType<Till['message']>) =>
  till.charge({ kind: 'entry_device', message }, ask)

/** At an entry device; where the answer is not known yet, the same bytes are sent again. */
async function byNetwork({ amount }: TestOutcome): Promise<Begun & { readonly again: Again }> {
  const ask = askFor(amount)
  const message = till.message(foreign, ask)
  const again = () => charge(ask, message).catch(codeOf)
  const first = await again()
  const told = typeof first === 'string' ? first : null
  return { payment: typeof first === 'string' ? undefined : first.id, told, again }
}
type Again = () => Promise<{ readonly id: Id<'pay'> } | string>

const codeOf = (fault: unknown): string => {
  if (fault instanceof ApiError) return fault.code
  throw fault
}

async function soon<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let patience = 200; patience > 0; patience -= 1) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error(`not seen: ${what}`)
}

const begin = { link: byLink, phone: byPhone, network: byNetwork } as const

/** The end of a payment, once it is there. */
const endOf = (row: TestOutcome, { payment, again }: Begun) =>
  soon(`${nameOf(row)} ends as ${JSON.stringify(row.ends)}`, async () => {
    const asked = payment ?? (await again?.())
    const id = typeof asked === 'object' ? asked.id : asked
    if (id === undefined || !isId('pay', id)) return undefined
    const { status, declined_because: because } = await people.show(id)
    return status === row.ends.status && because === row.ends.because ? true : undefined
  })

/** One after the other: messages of a device have an order; a phone is asked one thing. */
async function inTurn(rows: readonly TestOutcome[]): Promise<void> {
  for (const row of rows) {
    const starting = begin[row.asked](row)
    begun.set(row, starting)
    const at = await starting.catch(() => undefined)
    if (at !== undefined && row.late === undefined) await endOf(row, at).catch(() => undefined)
  }
}

/** The vault gives up what the acquirer never answered: asked sooner, it would begin anew. */
async function reversed(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const sql = postgres(house.vaultDatabase.adminUrl, { max: 1 })
  stack.defer(() => sql.end())
  await soon('reversed', async () => {
    const rows = await sql`select 1 from network.authorization where state = 'reversed'`
    return rows.length > 0 ? true : undefined
  })
}

const early = testOutcomes.filter(({ late }) => late === undefined)
const late = testOutcomes.filter((row) => row.late)
const begun = new Map<TestOutcome, Promise<Begun>>()

describe('what comes about at once', () => {
  before(async () => {
    // Who answers by themselves is there once all are.
    await callApi(people.api, 'listTestCardholders', {})
    const each = Map.groupBy(testOutcomes, ({ who }) => who)
    await Promise.all([...each.values()].map(inTurn))
  })
  for (const row of early)
    test(nameOf(row), async () => {
      const at = await begun.get(row)
      assert(at)
      assert.equal(at.told, row.told ?? toldOf(row))
      await endOf(row, at)
    })
})

/** A decline is told to the phone by its code. */
const toldOf = ({ asked, ends }: TestOutcome) =>
  asked === 'link' && ends.status === 'declined' && ends.because !== 'approval_denied'
    ? ends.because
    : null

describe('what comes about when the time is over', () => {
  before(async () => {
    for (const row of late) {
      const { payment } = (await begun.get(row)) ?? {}
      if (payment !== undefined)
        assert.equal((await people.show(payment)).status, 'requires_action')
    }
    await callApi(people.api, 'advanceTestClock', { body: { seconds: 400 } })
    await reversed()
  })
  for (const row of late)
    test(nameOf(row), async () => {
      const at = await begun.get(row)
      assert(at)
      assert.equal(at.told, row.told ?? null)
      await endOf(row, at)
    })
})

test('the test kit says yes and no for whoever was asked, and for nobody else', async () => {
  const ask = async (phone: string) => {
    const presentment = { kind: 'phone', phone } as const
    const body = { amount: 1200, currency: 'jpy', presentment }
    return (await people.merchant.payments.create(body)).id
  }
  const play = async (name: 'approveTestPayment' | 'denyTestPayment', id: Id<'pay'>) =>
    soon('asked', () =>
      callApi(people.api, name, { params: { id }, body: {} }).catch((fault: unknown) => {
        // Nobody was asked yet: the clock finds people.
        if (codeOf(fault) === 'payment_state') return undefined
        throw fault
      }),
    )
  const yes = await play('approveTestPayment', await ask(testCardholders.aiko.phone))
  assert.deepEqual([yes.cardholder, yes.did, yes.told], ['aiko', 'approve', null])
  assert.match(yes.status, /authorized|captured/)
  const no = await play('denyTestPayment', await ask(testCardholders.aiko.phone))
  assert.deepEqual([no.did, no.status], ['deny', 'declined'])
  await assert.rejects(
    callApi(people.api, 'approveTestPayment', { params: { id: yes.payment }, body: {} }),
    { code: 'payment_state' },
  )
  const { id } = await people.ask()
  const by = { by: 'signature' } as const
  const bad = await callApi(people.api, 'tamperTestPayment', { params: { id }, body: by })
  assert.deepEqual([bad.told, bad.status], ['signature_invalid', 'requires_action'])
})

test('the server knows no key of a phone, and without the people it says so', async () => {
  const file = join(house.folder, 'cardholders', 'wallets', 'aiko.json')
  const { state } = JSON.parse(await readFile(file, 'utf8'))
  const secret: string = state.keys.signing.d
  assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
  assert(!(await house.logs('server')).includes(secret))
  await house.kill('cardholders')
  const { id } = await people.ask()
  const input = { params: { id }, body: {} }
  await assert.rejects(callApi(people.api, 'approveTestPayment', input), {
    code: 'cardholders_away',
  })
})

test('docs/testing.md shows this table, and no other', async () => {
  const page = await readFile(join(root, 'docs', 'testing.md'), 'utf8')
  for (const table of outcomeTables)
    assert(page.includes(table), `docs/testing.md lacks:\n${table}`)
})
