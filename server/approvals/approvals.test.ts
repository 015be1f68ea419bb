/**
 * Goal: the number that a till shows is part of the yes; a question is asked once at a time, not
 *   by a muted shop, not again and again in vain; what nobody answers, or shows, is noticed.
 * Method: the room on a real PostgreSQL with a clock in hand; the yes is taken as the money
 *   statement takes it (`approvals.decide`). A scripted vault tells whose passkey it was.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApprovalContent } from '@warifu/protocol/approval-content'
import { done } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { callOf, type Rehearsal, rehearse, scriptedVault } from '@warifu/server/rehearsal'
import { createTerminals } from '#terminals'
import { type AskedHow, ask, contentDigest, createApprovals, type Heard } from './approvals.ts'

const nowMs = Date.UTC(2027, 0, 5)
const instant = (ms: number) => new Date(ms).toISOString()

let stage: Rehearsal
let heard: Heard[] = []
let counter = 0
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'approvals' }, nowMs)
})
after(() => stage.close())

type Person = { readonly cardholder: Id<'chl'>; readonly terminal: Id<'trm'> }
async function newPerson(): Promise<Person> {
  const [cardholder, terminal] = [stage.mint('chl'), stage.mint('trm')]
  const thumbprint = `${terminal}`
  await stage.store.sql`
    insert into terminals.terminal
      (lane, id, cardholder, status, sealing_thumbprint, signing_thumbprint, signing_key,
       created_ms)
    values (${laneOf(terminal)}, ${terminal}, ${cardholder}, 'active', ${thumbprint},
            ${thumbprint}, '{}', ${nowMs})`
  return { cardholder, terminal }
}

function rooms(owner: Id<'chl'>) {
  const vault = scriptedVault({
    verify_assent: () => ({ ok: true, output: { cardholder: owner, content_digest: 'x' } }),
  })
  const resume = async (one: Heard) => {
    heard.push(one)
    return done(async () => {})
  }
  const { once } = createTerminals({ ...stage, vault })
  const resumes = { payment: resume, mandate: resume, increment: resume, terminal: resume }
  return createApprovals({ ...stage, vault, once, resume: resumes })
}

const shop = () => ({
  id: stage.mint('mer'),
  name: '花屋',
  store: stage.mint('str'),
  place: '京都',
})

const contentOf = (payee = shop(), number: string | null = null): ApprovalContent => ({
  approval: stage.mint('apr'),
  subject: { kind: 'payment', id: stage.mint('pay') },
  amount: 1200,
  currency: 'jpy',
  extent: 'exact',
  payee,
  order_digest: 'A'.repeat(43),
  card: 'own_card',
  presentment: 'beacon',
  factors: ['terminal_signature'],
  match_number: number,
  mandate: null,
  deadline_at: instant(nowMs + 60_000),
})

const askAbout = (person: Person, content: ApprovalContent, atMs = nowMs): Promise<AskedHow> =>
  stage.store.transaction((tx) =>
    ask(tx, stage, {
      ...person,
      content,
      number: { ask: 'enter' },
      receiptDueMs: atMs + 10_000,
      nowMs: atMs,
    }),
  )

/** The yes, as the money statement takes it. */
async function decide(
  { terminal }: Person,
  content: ApprovalContent,
  { number = null as string | null, given = false, atMs = nowMs + 1 } = {},
): Promise<string> {
  const digest = contentDigest(
    'match_number' in content && content.subject.kind === 'payment'
      ? ({ ...content, match_number: number } as ApprovalContent)
      : content,
  )
  const [row] = await stage.store.sql<{ said: string }[]>`
    select said from unnest(approvals.decide(
      array[row(1, ${laneOf(content.approval)}::smallint, ${content.approval}::text,
                ${terminal}::text, ${digest}::bytea, ${['terminal_signature']}::text[],
                ${number}::text, ${given}::boolean)]::approvals.ask[], ${atMs}))`
  return row?.said ?? 'ok'
}

const stateOf = async ({ approval }: ApprovalContent) =>
  (
    await stage.store.sql<{ state: string; because: string | null }[]>`
      select state, because from approvals.approval where id = ${approval}`
  ).map(({ state, because }) => [state, because])[0]

const callFrom = (person: Person, body: string) => {
  counter += 1
  return callOf({ ...person, counter, body })
}

test('a wrong number ends the question at once; the right one is a yes', async () => {
  const person = await newPerson()
  const [first, second] = [contentOf(shop(), '42'), contentOf(shop(), '07')]
  assert.equal(await askAbout(person, first), 'asked')
  assert.equal(await askAbout(person, second), 'asked')
  assert.equal(await decide(person, first, { number: '24' }), 'match_number_wrong')
  assert.deepEqual(await stateOf(first), ['denied', 'match_number_wrong'])
  assert.equal(await decide(person, first, { number: '42' }), 'payment_state')
  assert.equal(await decide(person, second, { number: null }), 'match_number_wrong')
  const third = contentOf(shop(), '99')
  assert.equal(await askAbout(person, third), 'asked')
  assert.equal(
    await decide(person, third, { number: '99', atMs: nowMs + 60_000 }),
    'payment_expired',
  )
  assert.equal(await decide(person, third, { number: '99' }), 'ok')
  assert.deepEqual(await stateOf(third), ['approved', null])
})

test('a yes that was given before counts only where it was given', async () => {
  const person = await newPerson()
  const content = contentOf()
  await askAbout(person, content)
  assert.equal(await decide(person, content, { given: true }), 'payment_state')
  const call = callFrom(person, 'yes')
  const room = rooms(person.cardholder)
  const digest = contentDigest(content).toString('base64url')
  const answering = {
    approval: content.approval,
    answer: 'approve' as const,
    contentDigest: digest,
    suspend: false,
    assertion: undefined,
    requestId: stage.mint('req'),
    nowMs: nowMs + 1,
  }
  const without = await room.answer(call, answering)
  assert.equal(!without.ok && without.refusal, 'user_verification_required')
  const assertion = {
    credential_id: 'A',
    authenticator_data: 'A'.repeat(50),
    client_data_json: 'A',
    signature: 'A'.repeat(12),
  }
  const strangers = await rooms(stage.mint('chl')).answer(callFrom(person, 'stranger'), {
    ...answering,
    assertion,
  })
  assert.equal(!strangers.ok && strangers.refusal, 'assertion_invalid')
  const other = { ...answering, assertion, contentDigest: 'B'.repeat(43) }
  const mismatch = await room.answer(callFrom(person, 'other'), other)
  assert.equal(!mismatch.ok && mismatch.refusal, 'approval_mismatch')
  const late = { ...answering, assertion, nowMs: nowMs + 60_000 }
  const tooLate = await room.answer(callFrom(person, 'late'), late)
  assert.equal(!tooLate.ok && tooLate.refusal, 'approval_expired')
  const given = await room.answer(callFrom(person, 'yes now'), { ...answering, assertion })
  assert(given.ok && given.value.state === 'approved')
  assert.equal(await decide(person, content, { given: true, atMs: nowMs + 90_000 }), 'ok')
})

test('one question of a shop at a time, then a back-off, and none after “not me”', async () => {
  const person = await newPerson()
  const payee = shop()
  const room = rooms(person.cardholder)
  const deny = async (content: ApprovalContent, answer: 'deny' | 'not_me') => {
    const answering = {
      approval: content.approval,
      answer,
      contentDigest: undefined,
      suspend: false,
      assertion: undefined,
      requestId: stage.mint('req'),
      nowMs: nowMs + 1,
    }
    const said = await room.answer(callFrom(person, `${answer} ${content.approval}`), answering)
    assert(said.ok && said.value.state === 'denied')
  }
  for (let turn = 0; turn < 3; turn += 1) {
    const content = contentOf(payee)
    assert.equal(await askAbout(person, content), 'asked', `turn ${turn}`)
    assert.equal(await askAbout(person, contentOf(payee)), 'open')
    await deny(content, 'deny')
  }
  assert.equal(await askAbout(person, contentOf(payee), nowMs + 29_000), 'too_soon')
  const fourth = contentOf(payee)
  assert.equal(await askAbout(person, fourth, nowMs + 31_000), 'asked')
  await deny(fourth, 'not_me')
  assert.equal(await askAbout(person, contentOf(payee), nowMs + 3_600_000), 'muted')
  assert.deepEqual(
    (await room.mutes(person.cardholder)).map((mute) => mute.payee),
    [payee],
  )
  const other = contentOf(shop())
  assert.equal(await askAbout(person, other), 'asked', 'another shop may ask')
  const lifted = await room.liftMute(callFrom(person, 'lift'), payee.id, nowMs)
  assert(lifted.ok)
  assert.equal(await askAbout(person, contentOf(payee), nowMs + 7_200_000), 'asked')
})

test('what was not shown in time is undeliverable; what was, is not', async () => {
  const person = await newPerson()
  const [silent, shown] = [contentOf(), contentOf()]
  const room = rooms(person.cardholder)
  await askAbout(person, silent)
  await askAbout(person, shown)
  const requestId = stage.mint('req')
  const receipt = { approval: shown.approval, requestId, nowMs: nowMs + 500 }
  assert((await room.receive(callFrom(person, 'shown'), receipt)).ok)
  heard = []
  await room.tick(nowMs + 9_999)
  assert.deepEqual(
    heard.filter(({ approval }) => approval.cardholder === person.cardholder),
    [],
  )
  await room.tick(nowMs + 10_000)
  await room.tick(nowMs + 20_000)
  const told = heard.filter(({ approval }) => approval.cardholder === person.cardholder)
  assert.deepEqual(
    told.map(({ approval, said }) => [approval.id, said]),
    [[silent.approval, 'undeliverable']],
  )
  assert.deepEqual(await stateOf(silent), ['pending', null], 'it may still be answered')
})

test('a question without a conductor of its own expires by the clock', async () => {
  const person = await newPerson()
  const content: ApprovalContent = {
    approval: stage.mint('apr'),
    subject: { kind: 'terminal', id: stage.mint('trm') },
    sealing_thumbprint: 'A'.repeat(43),
    signing_thumbprint: 'B'.repeat(43),
    registered_at: instant(nowMs),
    replaces: null,
    factors: ['terminal_signature', 'user_verification'],
    deadline_at: instant(nowMs + 30_000),
  }
  await stage.store.transaction((tx) =>
    ask(tx, stage, { ...person, content, number: null, receiptDueMs: nowMs + 90_000, nowMs }),
  )
  heard = []
  const room = rooms(person.cardholder)
  await Promise.all([room.tick(nowMs + 30_000), room.tick(nowMs + 30_000)])
  assert.deepEqual(await stateOf(content), ['expired', null])
  const last = heard.filter(({ approval }) => approval.id === content.approval).at(-1)
  assert.equal(last?.said, 'expired')
})

test('a consent that waits for a day holds no payment of its shop back', async () => {
  const person = await newPerson()
  const payee = shop()
  const consent: ApprovalContent = {
    approval: stage.mint('apr'),
    subject: { kind: 'mandate', id: stage.mint('mdt') },
    amount: 2000,
    currency: 'jpy',
    extent: 'up_to',
    payee,
    order_digest: 'A'.repeat(43),
    card: stage.mint('crd'),
    presentment: 'token',
    factors: ['terminal_signature', 'user_verification'],
    match_number: null,
    mandate: { period: 'month', until: instant(nowMs + 86_400_000) },
    deadline_at: instant(nowMs + 86_400_000),
  }
  assert.equal(await askAbout(person, consent), 'asked')
  assert.equal(await askAbout(person, contentOf(payee)), 'asked')
})
