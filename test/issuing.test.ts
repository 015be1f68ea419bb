// Goal: each kind of card is had by the ways that its program asks for, decided as it says, pays
// within its bounds, and ends as it should; what a person decides is theirs alone.
// Method: a whole house with a real vault; a software terminal, operators by their tokens, the
// sandbox's provider and bureau over HTTP. One journey per kind, its refusals beside it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { operateServer } from '@warifu/cli/operators'
import { flipBit } from '@warifu/cli/tampering'
import type { Terminal } from '@warifu/devices/terminal'
import type { CallName, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Applicant } from '@warifu/protocol/objects'
import { ApiError, callApi, type Input, readAnswer } from '@warifu/sdk/api-call'
import { type House, startHouse } from './house.ts'
import { passportOf } from './mrz.ts'
import { type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let programs: Reply<'listPrograms'>['data']
const tokens: Record<string, string> = {}

before(async () => {
  house = await startHouse()
  people = peopleOf(house)
  programs = (await callApi(people.api, 'listPrograms', {})).data
  for (const [name, role] of [
    ['Mori', 'issuer'],
    ['Kim', 'issuer'],
    ['Auditor', 'auditor'],
  ] as const)
    tokens[name] = JSON.parse(
      await operateServer(house.serverDatabase.url, ['add', name, role]),
    ).token
})
after(() => house.stop())

const as = <N extends CallName>(who: string, name: N, input: Input<N>) =>
  callApi(people.api, name, { ...input, headers: { authorization: `Bearer ${tokens[who]}` } })

/** Reads in the list what waits about a subject, and says yes to just that. */
async function agree(who: string, subject: string): Promise<void> {
  const { data } = await as(who, 'listActs', { query: { status: 'waiting' } })
  const act = data.find((one) => one.subject === subject)
  assert(act?.approvable, subject)
  const done = await as(who, 'approveAct', { params: { id: act.id }, body: { digest: act.digest } })
  assert.equal(done.status, 'approved')
}

const refusedWith = async (code: string, work: Promise<unknown>) =>
  assert.rejects(work, (error: unknown) => {
    assert(error instanceof ApiError, String(error))
    assert.equal(error.code, code)
    return true
  })

const programOf = (name: string): Id<'prg'> => {
  const found = programs.find((one) => one.name === name)
  assert(found, name)
  return found.id
}

const aiko: Applicant = {
  name: 'AIKO',
  birth_date: '1990-04-01',
  annual_income: 5_000_000,
  employment: 'employed',
}
const startAs = async (terminal: Terminal, input: Input<'startVerification'>) =>
  readAnswer(
    'startVerification',
    await terminal.send(await terminal.prepare('startVerification', input)),
  )

let phones = 0
const newPhone = () => {
  phones += 1
  return `+8180${20_000_000 + phones}`
}

/** What was sent there, moments after it was asked for. */
async function textTo(phone: string): Promise<string> {
  for (let patience = 600; patience > 0; patience -= 1) {
    const { data } = await callApi(people.api, 'listInbox', { query: { to: phone, limit: 1 } })
    if (data[0] !== undefined) return data[0].text
    await sleep(50)
  }
  throw new Error(`nothing in the inbox for ${phone}`)
}

async function proveNumber(terminal: Terminal, id: Id<'app'>, method: 'phone' | 'voice' = 'phone') {
  const phone = newPhone()
  const sent = await terminal.show(id, { method, phone })
  const code = /([0-9](?:, )?){6}/.exec(await textTo(phone))?.[0].replaceAll(', ', '') ?? ''
  return terminal.answerCode(sent.id, code)
}

/** The application, once it is out of the bureau's hands. */
async function decided(terminal: Terminal, id: Id<'app'>) {
  for (let patience = 600; patience > 0; patience -= 1) {
    const application = await terminal.application(id)
    if (application.status !== 'deciding') return application
    await sleep(50)
  }
  throw new Error('the bureau is never heard')
}

const declinedFor = async (holder: Parameters<typeof pay>[0], amount: number) => {
  const { link } = await people.ask({ amount })
  try {
    return (await pay(holder, link)).status
  } catch (error) {
    if (error instanceof ApiError) return error.code
    throw error
  }
}

test('the list names kinds, methods and bounds', () => {
  const fuel = programs.find(({ name }) => name === 'Warifu Fuel')
  assert.deepEqual(fuel?.controls.categories_only, ['5541', '5542'])
  const corporate = programs.find(({ name }) => name === 'Warifu Corporate')
  assert.equal(corporate?.verification_needed, 2)
  assert.equal(programs.find(({ name }) => name === 'Warifu Transit')?.funding, 'debit')
})

test('an operator is let in by token and role only', async () => {
  await refusedWith('unauthenticated', callApi(people.api, 'listReviews', {}))
  tokens['Nobody'] = `wo_${'A'.repeat(43)}`
  await refusedWith('operator_unknown', as('Nobody', 'listReviews', {}))
  assert.deepEqual((await as('Auditor', 'getOperator', {})).roles, ['auditor'])
  const body = { result: 'refuse' } as const
  const id = `app_${'0'.repeat(26)}` as const
  await refusedWith('role_missing', as('Auditor', 'decideReview', { params: { id }, body }))
  await refusedWith('not_found', as('Mori', 'decideReview', { params: { id }, body }))
})

test('a corporate card: document and call, bureau, a person, and a second one', async () => {
  const terminal = await people.join('HANAKO')
  const { id } = await terminal.apply(programOf('Warifu Corporate'), aiko)
  const bearer = { surname: 'WARIFU', given: 'AIKO', birth: '1990-04-01', expiry: '2035-01-01' }
  const [first = '', second = ''] = passportOf(bearer)
  const show = (mrz: string[]) => terminal.show(id, { method: 'identity_document', mrz })
  await refusedWith('document_check_digit', show([first, second.replace('TR1', 'TR2')]))
  await refusedWith('document_birth_date', show(passportOf({ ...bearer, birth: '1990-04-02' })))
  await refusedWith('document_expired', show(passportOf({ ...bearer, expiry: '2020-01-01' })))
  const shown = await show([first, second])
  assert.deepEqual([shown.status, shown.destination], ['in_review', '•••••••67'])
  await refusedWith('application_state', show([first, second]))

  const waiting = (await as('Mori', 'listReviews', {})).data.find((one) => one.application === id)
  assert.equal(waiting?.document?.['surname'], 'WARIFU')
  assert.equal((await proveNumber(terminal, id, 'voice')).status, 'submitted', 'one is not two')
  const judging = { params: { id: shown.id }, body: { result: 'accept' } } as const
  await refusedWith('role_missing', as('Auditor', 'judgeDocument', judging))
  await as('Mori', 'judgeDocument', judging)
  const log = await as('Auditor', 'getVerificationLog', { params: { id: shown.id } })
  assert.deepEqual(
    log.log.map(({ what }) => what),
    ['in_review', 'verified', 'read'],
  )
  assert.equal(log.detail['document_number'], undefined, 'nobody needs the number any more')

  const reviewed = await decided(terminal, id)
  assert.deepEqual([reviewed.status, reviewed.decision?.reason], ['in_review', 'needs_a_person'])
  const queued = (await as('Kim', 'listReviews', {})).data.find((one) => one.application === id)
  assert.deepEqual(queued?.bureau, { bureau: 'answered', score: 720, debt: 120_000 })
  const big = { params: { id }, body: { result: 'approve', limit: 600_000 } } as const
  const asked = await as('Mori', 'decideReview', big)
  assert.deepEqual(
    [asked.application.status, asked.waiting?.act],
    ['in_review', 'application.decide'],
  )
  assert.equal((await as('Mori', 'decideReview', big)).waiting !== null, true, 'not by oneself')
  const other = { params: { id }, body: { result: 'approve', limit: 600_001 } } as const
  assert.equal((await as('Kim', 'decideReview', other)).waiting?.content['limit'], 600_000)
  await agree('Kim', id)
  await refusedWith('application_state', as('Kim', 'decideReview', big))
  const card = await terminal.install(id)
  assert.deepEqual([card.status, card.credit_limit], ['active', 600_000])
})

test('below the threshold one person is enough; a refusal has a reason to read', async () => {
  const terminal = await people.join('JIRO')
  const { id } = await terminal.apply(programOf('Warifu Campus'), {
    ...aiko,
    annual_income: 900_000,
  })
  assert.equal((await proveNumber(terminal, id)).status, 'in_review')
  const body = { result: 'refuse', reason: 'policy' } as const
  const { application } = await as('Mori', 'decideReview', { params: { id }, body })
  assert.deepEqual([application.status, application.decision?.reason], ['refused', 'policy'])
})

for (const [name, status, reason] of [
  ['TARO LOW', 'refused', 'score_too_low'],
  ['TARO DOWN', 'in_review', 'bureau_unreachable'],
] as const)
  test(`the bureau over HTTP: ${name} is ${status}, ${reason}`, async () => {
    const terminal = await people.join(name)
    const { id } = await terminal.apply(programOf('Warifu Fuel'), { ...aiko, name })
    const told = await proveNumber(terminal, id)
    assert.equal(told.status, 'deciding')
    const application = await decided(terminal, id)
    assert.deepEqual([application.status, application.decision?.reason], [status, reason])
  })

test('a card for fuel pays no coffee; its limit is a share of the income', async () => {
  const terminal = await people.join('FUKU')
  const { id } = await terminal.apply(programOf('Warifu Fuel'), {
    ...aiko,
    annual_income: 2_000_000,
  })
  await proveNumber(terminal, id)
  await decided(terminal, id)
  const { id: card, credit_limit } = await terminal.install(id)
  assert.equal(credit_limit, 40_000)
  assert.equal(await declinedFor({ terminal, card }, 1000), 'category_not_allowed')
})

test('a debit card spends what was put on it', async () => {
  const terminal = await people.join('TETSU')
  const { id } = await terminal.apply(programOf('Warifu Transit'), aiko)
  const shown = await terminal.show(id, { method: 'registered_terminal' })
  assert.equal(shown.status, 'verified')
  const { id: card } = await terminal.install(id)
  const holder = { terminal, card }
  assert.equal(await declinedFor(holder, 1000), 'insufficient_funds')
  const fund = (who: string, amount: number, reference: string) => {
    const body = { amount, currency: 'jpy', reference }
    return as(who, 'fundCard', { params: { id: card }, body })
  }
  assert.equal((await fund('Mori', 3000, 'cash 1')).card.available, 3000)
  assert.equal((await fund('Mori', 3000, 'cash 1')).card.available, 3000, 'once')
  await refusedWith('idempotency_key_reused', fund('Mori', 3001, 'cash 1'))
  assert.equal((await fund('Mori', 60_000, 'cash 2')).waiting?.act, 'account.fund')
  const { account } = (await as('Kim', 'findCards', {})).data.find((one) => one.id === card) ?? {}
  await agree('Kim', account ?? '')
  assert.equal((await as('Kim', 'readCard', { params: { id: card } })).available, 63_000)
  assert.equal((await fund('Kim', 60_000, 'cash 4')).waiting?.act, 'account.fund', 'another')
  const alone = { amount: 1, currency: 'usd', reference: 'cash 3' }
  const input = { params: { id: card }, body: alone }
  await refusedWith('currency_mismatch', callApi(people.api, 'fundCardAlone', input))
  assert.equal(await declinedFor(holder, 1000), 'authorized')
  assert.equal((await terminal.cards())[0]?.available, 62_000)
})

test('one more card of an account: for one use, by showing the first', async () => {
  const { terminal, card } = await people.become('SORA')
  const { id } = await terminal.apply(programOf('Warifu One Time'), aiko)
  const blob = flipBit(await terminal.blobOf(card))
  const bent = { params: { id }, body: { method: 'issued_card', card, blob } } as const
  await refusedWith('card_not_proven', startAs(terminal, bent))
  const thief = await people.become('THIEF')
  const theirs = await thief.terminal.apply(programOf('Warifu One Time'), aiko)
  const stolen = { method: 'issued_card', card, blob: await terminal.blobOf(card) } as const
  const taking = { params: { id: theirs.id }, body: stolen }
  await refusedWith('not_found', startAs(thief.terminal, taking))
  const posing = { ...taking, body: { ...stolen, card: thief.card } }
  await refusedWith('card_not_proven', startAs(thief.terminal, posing))

  assert.equal((await terminal.showCard(id, card)).status, 'verified')
  const once = await terminal.install(id)
  assert.deepEqual([once.usage, once.controls.left.uses], ['single_use', 1])
  assert.equal(await declinedFor({ terminal, card: once.id }, 700), 'authorized')
  const [newest] = await terminal.cards()
  const first = (await terminal.cards()).find((one) => one.id === card)
  assert.equal(first?.available, 99_300, 'it is the same account')
  const again = await declinedFor({ terminal, card: once.id }, 700)
  assert(['card_used_up', 'card_not_active'].includes(again ?? ''), again ?? '')
  assert.equal(newest?.id, once.id)
})

test('one’s own bounds hold with the next payment, and what is left is told', async () => {
  const { terminal, card } = await people.become('MIKI')
  const holder = { terminal, card }
  const none = {
    per_transaction: null,
    per_day: null,
    per_month: null,
    count_day: null,
    count_month: null,
    merchants_only: null,
    merchants_never: [],
    categories_only: null,
    categories_never: [],
  }
  const own = { ...none, per_transaction: 1000, count_day: 1 }
  assert.deepEqual((await terminal.control(card, own)).controls.own, own)
  assert.equal(await declinedFor(holder, 1001), 'limit_exceeded')
  assert.equal(await declinedFor(holder, 1000), 'authorized')
  const [seen] = await terminal.cards()
  assert.deepEqual([seen?.controls.left.per_day, seen?.controls.left.count_day], [199_000, 0])
  assert.equal(await declinedFor(holder, 1), 'count_exceeded')
  await terminal.control(card, { ...none, categories_never: ['5814'] })
  assert.equal(await declinedFor(holder, 1), 'category_not_allowed')
  await terminal.control(card, { ...none, per_transaction: 9_000_000 })
  assert.equal(await declinedFor(holder, 50_001), 'limit_exceeded', 'the program’s bound stays')
  const stranger = await people.join('STRANGER')
  await refusedWith('not_found', stranger.control(card, none))
})

test('lost: stopped at once, another in its place, and the shop’s token goes on', async () => {
  const { terminal, card } = await people.become('NAO')
  const { id: payment, link } = await people.ask({ amount: 400 })
  await pay({ terminal, card }, link)
  const token = await people.merchant.tokens.create({ source: { kind: 'payment', payment } })
  await refusedWith('card_not_renewable', terminal.renew(card))
  const { id, replaces } = await terminal.replace(card, 'lost')
  assert.equal(replaces, card)
  assert.equal((await terminal.replace(card, 'lost')).id, id, 'asked once')
  await refusedWith('card_not_active', terminal.resume(card))
  const next = await terminal.install(id)
  assert.deepEqual([next.status, next.replaces, next.available], ['active', card, 99_600])
  assert.equal(next.controls.left.per_day, 199_600, 'a new card is no new day')
  const old = (await terminal.cards()).find((one) => one.id === card)
  assert.deepEqual([old?.status, old?.replaced_by], ['replaced', next.id])
  assert.deepEqual(old?.history.map(({ to, reason }) => [to, reason]).slice(-2), [
    ['suspended', 'lost'],
    ['replaced', 'replaced'],
  ])
  assert.equal(await declinedFor({ terminal, card: next.id }, 100), 'authorized')
  const presentment = { kind: 'token', token: token.token ?? '' } as const
  const charged = await people.merchant.payments.create({
    amount: 50,
    currency: 'jpy',
    presentment,
  })
  assert.deepEqual([charged.status, charged.card?.last4], ['authorized', next.last4])
  assert.equal((await terminal.close(next.id)).status, 'closed')
  assert.equal(await declinedFor({ terminal, card: next.id }, 100), 'card_not_active')
})

test('the issuer stops a card; its owner cannot let it go on', async () => {
  const { terminal, card } = await people.become('RIN')
  const set = (status: 'suspended' | 'active' | 'closed', reason: 'fraud' | 'cleared') =>
    as('Mori', 'stopCard', { params: { id: card }, body: { status, reason } })
  assert.equal((await set('suspended', 'fraud')).status, 'suspended')
  await refusedWith('card_not_active', terminal.resume(card))
  assert.equal((await set('active', 'cleared')).status, 'active')
  assert.equal((await terminal.suspend(card)).status, 'suspended')
  assert.equal((await terminal.resume(card)).status, 'active')
})
