// Goal: an application becomes a card only by the moves its tables allow: checked again, verified
// by phone, decided by the rules or a person, in time; and all that follows is written together.
// Method: real PostgreSQL with ledger and terminals beside; a scripted vault for the codes.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Applicant } from '@warifu/protocol/objects'
import { vaultOperations } from '@warifu/protocol/vault'
import {
  callOf,
  lookingOn,
  quietEdges,
  type Rehearsal,
  rehearse,
  type Script,
  scriptedVault,
} from '@warifu/server/rehearsal'
import { Check } from 'typebox/value'
import { list } from '#events'
import { standings } from '#ledger'
import { createPeople, receiveMessage } from '#people'
import { createTerminals, type Work } from '#terminals'
import { createIssuing, createProgram, type Rule } from './issuing.ts'

const nowMs = Date.UTC(2027, 0, 5)
const days = (count: number) => nowMs + count * 24 * 60 * 60 * 1000
let stage: Rehearsal
let program: Id<'prg'>

const rules: readonly Rule[] = [
  { when: [{ fact: 'age', below: 18 }], gives: { result: 'refuse', reason: 'under_age' } },
  {
    when: [{ fact: 'annualIncome', below: 1_000_000 }],
    gives: { result: 'review', reason: 'needs_a_person' },
  },
  { when: [], gives: { result: 'approve', reason: 'rules_met', limit: 100_000 } },
]

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'issuing' }, nowMs)
  program = await bornProgram(['phone'])
})
after(() => stage.close())

async function bornProgram(verificationMethods: readonly 'phone'[]) {
  const id = stage.mint('prg')
  const limits = { perTransaction: 50_000n, perDay: 100_000n, perMonth: 300_000n }
  const kind = { bin: '990012', currency: 'jpy', schemes: ['double_sealed'] as const }
  const rest = { verificationMethods, validityMonths: 60, signatureOnlyMax: 500n, rules }
  await createProgram(stage.store.sql, { id, name: 'Campus', ...kind, ...limits, ...rest }, nowMs)
  return id
}

const hanako: Applicant = {
  name: '割符 花子',
  birth_date: '2000-01-05',
  annual_income: 4_000_000,
  employment: 'employed',
}
const codes: Script = {
  make_code: () => ({ ok: true, output: { code: '271828' } }),
  check_code: ({ verification, code }) =>
    code === '271828'
      ? { ok: true, output: { verification } }
      : { ok: false, refusal: code === '000000' ? 'code_exhausted' : 'code_wrong' },
}

/** A person with an active terminal, whose works are done one after the other. */
async function bornPerson(script: Script = codes) {
  const vault = scriptedVault(script)
  const looking = lookingOn(createTerminals({ ...stage, vault }))
  const issuing = createIssuing({ ...stage, ...quietEdges, vault })
  const [terminal, cardholder] = [stage.mint('trm', stage.lane()), stage.mint('chl')]
  await stage.store.sql`
    insert into terminals.terminal
      (lane, id, cardholder, status, sealing_thumbprint, signing_thumbprint, signing_key,
       created_ms)
    values (${laneOf(terminal)}, ${terminal}, ${cardholder}, 'active', 's', 'g', '{}', ${nowMs})`
  let counter = 0
  const nextCall = () => {
    counter += 1
    return callOf({ terminal, cardholder, counter, body: `${cardholder} ${counter}` })
  }
  const once = <G, T>(call: ReturnType<typeof nextCall>, work: Work<G, T>) =>
    looking(call, work, nowMs)
  const asks = { scheme: 'double_sealed', program, applicant: hanako } as const
  return {
    vault,
    issuing,
    terminal,
    cardholder,
    nextCall,
    once,
    apply: (own: { program?: Id<'prg'>; applicant?: Applicant } = {}) => {
      const call = nextCall()
      return once(call, issuing.apply({ call, nowMs, ...asks, ...own }))
    },
    start: (application: Id<'app'>, phone = '+819012345678', atMs = nowMs) => {
      const call = nextCall()
      const proof = { method: 'phone', phone } as const
      const starting = { call, application, proof, language: 'en', nowMs: atMs } as const
      return once(call, issuing.startVerification(starting))
    },
    answer: (verification: Id<'ver'>, code: string, atMs = nowMs) => {
      const call = nextCall()
      return once(call, issuing.answerVerification({ call, verification, code, nowMs: atMs }))
    },
  }
}
type Person = Awaited<ReturnType<typeof bornPerson>>

async function applied(person: Person, own: Parameters<Person['apply']>[0] = {}) {
  const application = await person.apply(own)
  assert(application.ok)
  const verification = await person.start(application.value.id)
  assert(verification.ok)
  return { application: application.value.id, verification: verification.value }
}

const told = async (cardholder: Id<'chl'>) =>
  (await list(stage.store.sql, cardholder, { limit: 50, before: undefined }))
    .map(({ type, sequence }) => `${type} ${sequence}`)
    .sort()

describe('an application', () => {
  test('verified and within the rules: account, card, limit and notice, all at once', async () => {
    const person = await bornPerson()
    const { application, verification } = await applied(person)
    assert.deepEqual([verification.status, verification.destination], ['sent', '••••••••••78'])
    const decided = await person.answer(verification.id, '271828')
    assert(decided.ok)
    const { state, decision, card, verifications } = decided.value
    assert.equal(state, 'approved')
    const expected = { result: 'approve', reason: 'rules_met', rule: 2, limit: 100_000 }
    assert.deepEqual(decision, expected)
    assert.deepEqual(
      verifications.map(({ status }) => status),
      ['verified'],
    )
    assert(card)
    const found = await person.issuing.card(card, nowMs)
    assert.deepEqual(
      [found?.state, found?.creditLimit, found?.available, found?.last4, found?.currency],
      ['approved', 100_000n, 100_000n, null, 'jpy'],
    )
    assert.deepEqual(
      found?.history.map(({ from, to }) => [from, to]),
      [[null, 'approved']],
    )
    const [standing] = await standings(stage.store.sql, [card])
    assert.equal(standing?.signatureOnlyMax, 500n)
    const [fact] = await stage.store.sql`select active from ledger.card where id = ${card}`
    assert.equal(fact?.['active'], false)
    assert.deepEqual(await told(person.cardholder), [
      'application.approved 2',
      'application.submitted 1',
    ])
    const read = await person.issuing.application(application, nowMs)
    assert.equal(read?.cardholder, person.cardholder)
  })

  test('asks the vault in its own words only, each fit for the operation', async () => {
    const person = await bornPerson()
    const { verification } = await applied(person)
    await person.answer(verification.id, '999999')
    assert.deepEqual(
      person.vault.asked.map(({ operation }) => operation),
      ['make_code', 'check_code'],
    )
    for (const { operation, input } of person.vault.asked)
      assert(Check(vaultOperations[operation].input, input), operation)
  })

  test('sends the code to the phone and keeps no code elsewhere', async () => {
    const person = await bornPerson()
    const { verification } = await applied(person)
    const [row] = await stage.store.sql<{ row: string }[]>`
      select v::text as row from issuing.verification v where id = ${verification.id}`
    assert(row && !row.row.includes('271828'))
    const people = createPeople({
      ...stage,
      vault: person.vault,
      messenger: {
        tries: 1,
        send: (message) => receiveMessage(stage.store.sql, message, nowMs),
      },
    })
    await people.deliver(nowMs)
    const page = { limit: 1, before: undefined, to: '+819012345678' }
    assert.match((await people.messages(page))[0]?.body ?? '', /\b271828\b/)
  })

  test('is checked again: program, scheme and the day of birth', async () => {
    const person = await bornPerson()
    assert.deepEqual(await person.apply({ program: stage.mint('prg') }), refused('program_closed'))
    for (const birth_date of ['2000-02-30', '2027-01-06'])
      assert.deepEqual(
        await person.apply({ applicant: { ...hanako, birth_date } }),
        refused('field_invalid', 'applicant.birth_date'),
      )
    assert.deepEqual(await told(person.cardholder), [])
  })

  test('under age: refused with its reason, and no card', async () => {
    const person = await bornPerson()
    const young = { applicant: { ...hanako, birth_date: '2009-01-06' } }
    const { verification } = await applied(person, young)
    const decided = await person.answer(verification.id, '271828')
    assert(decided.ok)
    const expected = { result: 'refuse', reason: 'under_age', rule: 0, limit: null }
    assert.deepEqual([decided.value.state, decided.value.decision], ['refused', expected])
    assert.equal(decided.value.card, null)
    assert.deepEqual(
      await person.issuing.cards({ cardholder: person.cardholder, ...page }, nowMs),
      [],
    )
  })

  test('for a program that asks for no verification is decided at once', async () => {
    const person = await bornPerson()
    const decided = await person.apply({ program: await bornProgram([]) })
    assert(decided.ok && decided.value.state === 'approved')
  })
})

const page = { limit: 9, before: undefined }

describe('a code', () => {
  test('wrong, then exhausted, then a new one: each is told, and the last one counts', async () => {
    const person = await bornPerson()
    const { application, verification } = await applied(person)
    assert.deepEqual(await person.answer(verification.id, '999999'), refused('code_wrong'))
    assert.deepEqual(await person.answer(verification.id, '000000'), refused('code_exhausted'))
    // From here on the vault is not asked about this one again.
    assert.deepEqual(await person.answer(verification.id, '271828'), refused('code_exhausted'))
    const second = await person.start(application)
    assert(second.ok && second.value.id !== verification.id)
    const decided = await person.answer(second.value.id, '271828')
    assert(decided.ok)
    const states = decided.value.verifications.map(({ status }) => status)
    assert.deepEqual(states.sort(), ['exhausted', 'verified'])
  })

  test('past its time is expired, for the vault and for the reader', async () => {
    const person = await bornPerson({
      ...codes,
      check_code: () => ({ ok: false, refusal: 'code_expired' }),
    })
    const { application, verification } = await applied(person)
    const late = nowMs + 10 * 60_000
    assert.deepEqual(await person.answer(verification.id, '271828', late), refused('code_expired'))
    const read = await person.issuing.application(application, late)
    assert.deepEqual(
      read?.verifications.map(({ status }) => status),
      ['expired'],
    )
  })

  test('typed once, sent twice: the vault hears one attempt at one time', async () => {
    const person = await bornPerson()
    const { verification } = await applied(person)
    const call = person.nextCall()
    const answering = { call, verification: verification.id, code: '999999' }
    for (const ms of [0, 30_000])
      await person.issuing.answerVerification({ ...answering, nowMs: nowMs + ms }).gather()
    const [first, second] = person.vault.asked.filter(({ operation }) => operation === 'check_code')
    assert(first)
    assert.deepEqual(second, first)
  })

  test('of somebody else, or of nobody, is not found', async () => {
    const [person, other] = [await bornPerson(), await bornPerson()]
    const { application, verification } = await applied(person)
    assert.deepEqual(await other.answer(verification.id, '271828'), refused('not_found'))
    assert.deepEqual(await other.start(application), refused('not_found'))
    assert.deepEqual(await person.answer(stage.mint('ver'), '271828'), refused('not_found'))
    assert.deepEqual(other.vault.asked, [])
  })

  test('goes to numbers that a network could have, and not without end', async () => {
    const person = await bornPerson()
    const { application } = await applied(person)
    const no = refused('field_invalid', 'phone')
    assert.deepEqual(await person.start(application, '+8190123'), no)
    for (const _ of [2, 3, 4, 5]) assert((await person.start(application)).ok)
    assert.deepEqual(await person.start(application), refused('verification_exhausted'))
  })

  test('after the decision changes nothing more', async () => {
    const person = await bornPerson()
    const { application, verification } = await applied(person)
    await person.answer(verification.id, '271828')
    const state = refused('application_state')
    assert.deepEqual(await person.answer(verification.id, '271828'), state)
    assert.deepEqual(await person.start(application), state)
    const cards = await person.issuing.cards({ cardholder: person.cardholder, ...page }, nowMs)
    assert.equal(cards.length, 1)
  })
})

describe('a person decides', () => {
  async function inReview() {
    const person = await bornPerson()
    const modest = { applicant: { ...hanako, annual_income: 900_000 } }
    const { application, verification } = await applied(person, modest)
    const early = await person.issuing.decideByPerson({
      id: application,
      verdict: { result: 'approve' },
      by: null,
      nowMs,
    })
    assert.deepEqual(early, refused('application_state'))
    const decided = await person.answer(verification.id, '271828')
    assert(decided.ok && decided.value.state === 'in_review')
    return { ...person, application }
  }

  for (const [verdict, state, limit] of [
    [{ result: 'approve', limit: 30_000 }, 'approved', 30_000],
    [{ result: 'approve' }, 'approved', 100_000],
    [{ result: 'refuse' }, 'refused', null],
  ] as const)
    test(`${JSON.stringify(verdict)}: ${state}, once`, async () => {
      const { issuing, application } = await inReview()
      const decided = await issuing.decideByPerson({ id: application, verdict, by: null, nowMs })
      assert(decided.ok)
      const { application: after } = decided.value
      assert.equal(after.state, state)
      const { result } = verdict
      const expected = { result, reason: 'needs_a_person', rule: 1, limit }
      assert.deepEqual(after.decision, expected)
      assert.equal(after.card === null, state === 'refused')
      const again = await issuing.decideByPerson({ id: application, verdict, by: null, nowMs })
      assert.deepEqual(again, refused('application_state'))
    })

  test('about nothing: not found', async () => {
    const { issuing } = await bornPerson()
    const answer = await issuing.decideByPerson({
      id: stage.mint('app'),
      verdict: { result: 'refuse' },
      by: null,
      nowMs,
    })
    assert.deepEqual(answer, refused('not_found'))
  })
})

describe('the deadline', () => {
  test('ends an application, swept or not, and closes a card that was not installed', async () => {
    const person = await bornPerson()
    const open = await applied(person)
    const approved = await applied(person)
    const decided = await person.answer(approved.verification.id, '271828')
    assert(decided.ok && decided.value.card)
    const late = days(30)
    const over = refused('application_expired')
    assert.deepEqual(await person.start(open.application, '+819012345678', late), over)
    assert.deepEqual(await person.answer(open.verification.id, '271828', late), over)
    assert.equal((await person.issuing.application(open.application, late))?.state, 'expired')
    await Promise.all([person.issuing.tick(late), person.issuing.tick(late)])
    const [row] = await stage.store.sql`
      select count(*)::int as open from issuing.application
       where state in ('submitted', 'in_review', 'approved')`
    assert.equal(row?.['open'], 0)
    const card = await person.issuing.card(decided.value.card, nowMs)
    assert.deepEqual(
      card?.history.map(({ to, reason }) => [to, reason]),
      [
        ['approved', 'application_approved'],
        ['closed', 'application_expired'],
      ],
    )
  })
})
