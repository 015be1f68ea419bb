// Goal: a challenge is good once and in time, an honest retry of joining finds the same person, and
// no message leaves twice or without its row.
// Method: a scripted vault and a real PostgreSQL; time is a number in the test's hand.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse, type Script, scriptedVault } from '@warifu/server/rehearsal'
import {
  createPeople,
  type Messenger,
  maskPhone,
  queueMessage,
  readPhone,
  receiveMessage,
} from './people.ts'

const nowMs = Date.UTC(2027, 0, 5)
const minutes = (count: number) => nowMs + count * 60_000
let stage: Rehearsal

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'people' }, nowMs)
})
after(() => stage.close())

const attestation = { credential_id: 'Y3Jl', attestation_object: 'YQ', client_data_json: 'YQ' }
const assertion = {
  credential_id: 'Y3Jl',
  authenticator_data: 'YQ',
  client_data_json: 'YQ',
  signature: 'YQ',
}
const silent = { tries: 6, send: async () => {} }

function peopleWith(script: Script, messenger: Messenger = silent) {
  const vault = scriptedVault(script)
  return { vault, people: createPeople({ ...stage, vault, messenger }) }
}
const registering: Script = {
  register_passkey: ({ attestation: { credential_id } }) => ({
    ok: true,
    output: { credential_id, device_bound: true },
  }),
}
const knowing = (cardholder: Id<'chl'>): Script => ({
  verify_login: ({ assertion: { credential_id } }) => ({
    ok: true,
    output: { cardholder, credential_id },
  }),
})

async function joined(credential_id: string) {
  const { people } = peopleWith(registering)
  const { registration } = await people.startJoining(nowMs)
  const body = { registration, name: '花子', attestation: { ...attestation, credential_id } }
  const answer = await people.join(body, nowMs)
  assert(answer.ok)
  return { ...answer.value, body, people }
}

test('joining: the vault is given our challenge and our name for the person', async () => {
  const { vault, people } = peopleWith(registering)
  const { registration, challenge, deadlineMs } = await people.startJoining(nowMs)
  assert.equal(deadlineMs, minutes(5))
  const answer = await people.join({ registration, name: '花子', attestation }, minutes(1))
  assert(answer.ok)
  const { cardholder, session } = answer.value
  assert.equal(cardholder.name, '花子')
  assert.deepEqual(vault.asked, [
    { operation: 'register_passkey', input: { cardholder: cardholder.id, challenge, attestation } },
  ])
  assert.match(session.token, /^ws_[A-Za-z0-9_-]{43}$/)
  const owner = { cardholder: cardholder.id }
  assert.deepEqual(await people.sessionOf(session.token, minutes(15)), owner)
  assert.equal(await people.sessionOf(session.token, minutes(16)), undefined)
  assert.equal(await people.sessionOf('ws_none', nowMs), undefined)
  const stored = await stage.store.sql<
    { row: string }[]
  >`select s::text as row from people.session s`
  assert(stored.length > 0 && stored.every(({ row }) => !row.includes(session.token.slice(3))))
})

test('the same body again is the same person in a new session; another is refused', async () => {
  const { cardholder, session, body, people } = await joined('cmV0cnk')
  const again = await people.join(body, minutes(4))
  assert(again.ok)
  assert.equal(again.value.cardholder.id, cardholder.id)
  assert.notEqual(again.value.session.token, session.token)
  const other = { ...body, name: '太郎' }
  assert.deepEqual(await people.join(other, nowMs), refused('challenge_expired'))
  assert.deepEqual(await people.join(body, minutes(5)), refused('challenge_expired'))
})

test('two bodies for one challenge at once: one person', async () => {
  const { people } = peopleWith(registering)
  const { registration } = await people.startJoining(nowMs)
  const answers = await Promise.all(
    ['Zmlyc3Q', 'c2Vjb25k'].map((credential_id) =>
      people.join(
        { registration, name: credential_id, attestation: { ...attestation, credential_id } },
        nowMs,
      ),
    ),
  )
  assert.equal(answers.filter(({ ok }) => ok).length, 1)
})

for (const refusal of ['passkey_invalid', 'credential_exists'] as const)
  test(`the vault says ${refusal}: so do we, and nobody has joined`, async () => {
    const { people } = peopleWith({ register_passkey: () => ({ ok: false, refusal }) })
    const { registration } = await people.startJoining(nowMs)
    const answer = await people.join({ registration, name: '無名', attestation }, nowMs)
    assert.deepEqual(answer, { ok: false, refusal })
    const rows = await stage.store.sql`select 1 from people.cardholder where name = '無名'`
    assert.equal(rows.length, 0)
  })

test('a challenge for one purpose is none for the other', async () => {
  const { vault, people } = peopleWith({})
  const login = await people.startLogin(nowMs)
  const join = await people.startJoining(nowMs)
  const expired = refused('challenge_expired')
  const joining = { registration: login.registration, name: '花子', attestation }
  assert.deepEqual(await people.join(joining, nowMs), expired)
  const loggingIn = { registration: join.registration, assertion }
  assert.deepEqual(await people.logIn(loggingIn, nowMs), expired)
  assert.deepEqual(vault.asked, [])
})

test('logging in: once for each challenge, in time, for whom we know', async () => {
  const { cardholder } = await joined('bG9naW4')
  const { people } = peopleWith(knowing(cardholder.id))
  const { registration } = await people.startLogin(nowMs)
  const late = refused('challenge_expired')
  assert.deepEqual(await people.logIn({ registration, assertion }, minutes(5)), late)
  const answers = await Promise.all(
    [1, 2, 3].map(() => people.logIn({ registration, assertion }, nowMs)),
  )
  assert.equal(answers.filter(({ ok }) => ok).length, 1)
  assert.deepEqual(await people.logIn({ registration, assertion }, nowMs), late)
  const { people: strange } = peopleWith(knowing(stage.mint('chl')))
  const next = await strange.startLogin(nowMs)
  const answer = await strange.logIn({ registration: next.registration, assertion }, nowMs)
  assert.deepEqual(answer, refused('passkey_unknown'))
})

for (const refusal of ['passkey_invalid', 'passkey_unknown'] as const)
  test(`logging in: the vault says ${refusal}, so do we`, async () => {
    const { people } = peopleWith({ verify_login: () => ({ ok: false, refusal }) })
    const { registration } = await people.startLogin(nowMs)
    const answer = await people.logIn({ registration, assertion }, nowMs)
    assert.deepEqual(answer, { ok: false, refusal })
  })

test('messages: one failure is tried again after its lease, and none leaves twice', async () => {
  const left: string[] = []
  let broken = true
  const { people } = peopleWith(
    {},
    {
      tries: 6,
      send: async (message) => {
        if (broken && message.body === 'second') throw new Error('no route')
        left.push(message.body)
        await receiveMessage(stage.store.sql, message, nowMs)
      },
    },
  )
  for (const body of ['first', 'second']) {
    const message = { id: stage.mint('msg'), channel: 'sms', recipient: '+819012345678', body }
    await queueMessage(stage.store.sql, { ...message, channel: 'sms' }, nowMs)
  }
  const sent = await Promise.all([people.deliver(nowMs), people.deliver(nowMs)])
  assert.equal(sent[0] + sent[1], 1)
  assert.equal(await people.deliver(nowMs + 1000), 0)
  broken = false
  assert.equal(await people.deliver(minutes(1)), 1)
  assert.equal(await people.deliver(minutes(9)), 0)
  assert.deepEqual(left, ['first', 'second'])
  const page = { limit: 9, before: undefined, to: '+819012345678' }
  const inbox = await people.messages(page)
  assert.deepEqual(inbox.map(({ body }) => body).sort(), ['first', 'second'])
  assert.equal((await people.messages({ ...page, to: '+81312345678' })).length, 0)
})

test('what is over is forgotten', async () => {
  const { people } = peopleWith(registering)
  await people.startLogin(nowMs)
  await people.tick(minutes(60))
  for (const rows of [
    await stage.store.sql`select 1 from people.registration`,
    await stage.store.sql`select 1 from people.session`,
  ])
    assert.equal(rows.length, 0)
})

test('phone numbers: E.164 or nothing, and masked but for two digits', () => {
  assert.equal(readPhone('+819012345678'), '+819012345678')
  assert.equal(readPhone('+82 10-1234-5678'), '+821012345678')
  for (const none of ['', '12345', '+8190', '+0123456789', 'call me']) assert(!readPhone(none))
  assert.equal(maskPhone('+819012345678'), '••••••••••78')
})
