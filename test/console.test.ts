// Goal: the console is entered by invitation and passkey, and left for good; its cookie serves its
//   own page alone; each role may do what the contract says and nothing else, on every endpoint;
//   a dangerous act needs two, and the second agrees to what is carried out, word for word.
// Method: one real house over HTTP, with software passkeys; every endpoint of the contract is asked
//   by every role, and the answers are compared with the contract.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { operateServer } from '@warifu/cli/operators'
import { assert as assertPasskey, createPasskey, type Passkey } from '@warifu/devices/passkey'
import { contract, type Endpoint, type Reply } from '@warifu/protocol/contract'
import { askConsole, consoleOriginOf, cookieOf, enter, visitorOf } from './console-people.ts'
import { type House, startHouse } from './house.ts'
import { peopleOf } from './people.ts'

let house: House
before(async () => {
  house = await startHouse({ env: { server: { REQUESTS_PER_SECOND: '5000' } } })
})
after(async () => await house?.stop())

const operate = async (...words: string[]): Promise<Record<string, string>> =>
  JSON.parse(await operateServer(house.serverDatabase.url, words))

/** As the page does, who is asked to wait waits: these ways in take five a second of an address. */
const askAtDoor: typeof askConsole = async (of, path, asking) => {
  for (;;) {
    const answer = await askConsole<never>(of, path, asking)
    if (answer.code !== 'too_many_requests') return answer
    await sleep(Number(answer.headers.get('retry-after')) * 1000)
  }
}

// ── signing up, in and out ───────────────────────────────────────────────────────────────────────

async function signUp(invitation: string) {
  const origin = consoleOriginOf(house)
  const started = await askAtDoor<'startConsoleSignUp'>(house, '/v1/console/invitations', {
    body: { invitation },
  })
  assert.equal(started.status, 201, started.text)
  const { registration, challenge, rp_id: id, user } = started.json
  const pubKeyCredParams = [{ type: 'public-key', alg: -7 }]
  const options = { rp: { id }, user, challenge, pubKeyCredParams }
  const made = createPasskey({ options, origin, random: randomBytes })
  const body = { registration, attestation: made.attestation }
  return { ...made, answer: await askAtDoor(house, '/v1/console/passkeys', { body }), body }
}

async function signIn(passkey: Passkey, userVerified = true) {
  const started = await askAtDoor<'startConsoleSignIn'>(house, '/v1/console/challenges', {
    body: {},
  })
  const { registration, challenge, rp_id: rpId } = started.json
  const origin = consoleOriginOf(house)
  const assertion = assertPasskey({ passkey, challenge, origin, rpId, userVerified })
  const body = { registration, assertion }
  return { answer: await askAtDoor(house, '/v1/console/sessions', { body }), body }
}

test('an invitation is good for one passkey, and a passkey signs in', async () => {
  const { invitation = '' } = await operate('add', 'Mori', 'issuer')
  const { passkey, answer, body } = await signUp(invitation)
  assert.equal(answer.status, 201, answer.text)
  assert.deepEqual([answer.json.name, answer.json.roles], ['Mori', ['issuer']])
  const cookie = answer.headers.get('set-cookie') ?? ''
  assert.match(
    cookie,
    /^warifu_console=wc_[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/,
  )
  assert(!answer.text.includes('wc_'), 'the token is in the cookie alone')

  assert.equal((await askAtDoor(house, '/v1/console/passkeys', { body })).code, 'challenge_expired')
  const again = { body: { invitation } }
  assert.equal(
    (await askAtDoor(house, '/v1/console/invitations', again)).code,
    'invitation_unknown',
  )

  const unverified = await signIn(passkey, false)
  assert.equal(unverified.answer.code, 'passkey_invalid')
  const { answer: inside, body: used } = await signIn(passkey)
  assert.equal(inside.status, 201, inside.text)
  const replayed = await askAtDoor(house, '/v1/console/sessions', { body: used })
  assert.equal(replayed.code, 'challenge_expired')
  const stranger = { ...passkey, credentialId: randomBytes(32).toString('base64url') }
  assert.equal((await signIn(stranger)).answer.code, 'passkey_unknown')

  const first = visitorOf(house, cookieOf(answer))
  const second = visitorOf(house, cookieOf(inside))
  const { json } = await first.ask<'listConsoleSessions'>('/v1/console/sessions')
  assert.equal(json.data.length, 2)
  const other = json.data.find(({ current }) => !current)?.id
  assert.equal((await first.ask(`/v1/console/sessions/${other}/end`, { body: {} })).status, 200)
  assert.equal((await second.ask('/v1/console/me')).code, 'console_session_invalid')
  const out = await first.ask('/v1/console/sign_out', { body: {} })
  assert.match(out.headers.get('set-cookie') ?? '', /^warifu_console=; Path=\/; Max-Age=0; /)
  assert.equal((await first.ask('/v1/console/me')).code, 'console_session_invalid')

  const { answer: last } = await signIn(passkey)
  await operate('end', 'Mori')
  const ended = await visitorOf(house, cookieOf(last)).ask('/v1/operator')
  assert.equal(ended.code, 'console_session_invalid')
  assert.equal((await signIn(passkey)).answer.code, 'passkey_unknown')
})

test('a passkey of another origin or an answer to another challenge sign nobody in', async () => {
  const { invitation = '' } = await operate('add', 'Sato', 'operator')
  const { passkey } = await signUp(invitation)
  const started = await askAtDoor<'startConsoleSignIn'>(house, '/v1/console/challenges', {
    body: {},
  })
  const { registration, rp_id: rpId } = started.json
  const origin = consoleOriginOf(house)
  const challenge = randomBytes(32).toString('base64url')
  const assertion = assertPasskey({ passkey, challenge, origin, rpId, userVerified: true })
  const body = { registration, assertion }
  assert.equal((await askAtDoor(house, '/v1/console/sessions', { body })).code, 'passkey_invalid')
  const foreign = { ...passkey, rpId: 'wallet.localhost' }
  const abroad = assertPasskey({
    passkey: foreign,
    challenge,
    origin: house.walletOrigin,
    rpId: 'wallet.localhost',
    userVerified: true,
  })
  const asked = { body: { registration, assertion: abroad } }
  assert.equal((await askAtDoor(house, '/v1/console/sessions', asked)).code, 'challenge_expired')
})

test('who tries too fast is asked to wait', async () => {
  const body = { invitation: `wi_${'A'.repeat(43)}` }
  const tries = Array.from({ length: 60 }, () =>
    askConsole(house, '/v1/console/invitations', { body }),
  )
  const codes = (await Promise.all(tries)).map(({ code }) => code)
  assert(codes.includes('too_many_requests') && codes.includes('invitation_unknown'), codes.join())
})

test('the cookie serves the console’s own page alone', async () => {
  const { cookie, ask } = await enter(house, 'operator')
  assert.equal((await ask('/v1/operator')).status, 200)
  for (const headers of [
    { origin: house.walletOrigin },
    { origin: 'null' },
    { 'warifu-console': '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ] as readonly Record<string, string>[])
    assert.equal((await ask('/v1/console/sign_out', { body: {}, headers })).code, 'origin_refused')
  const abroad = { headers: { 'sec-fetch-site': 'cross-site' } }
  assert.equal((await ask('/v1/operator', abroad)).code, 'origin_refused')
  assert.equal((await ask('/v1/operator')).status, 200, 'still signed in')
  const other = visitorOf(house, `${cookie.slice(0, -1)}~`)
  assert.equal((await other.ask('/v1/operator')).code, 'console_session_invalid')
  const bearer = { headers: { cookie: '', authorization: `Bearer ${cookie.split('=')[1]}` } }
  assert.equal((await ask('/v1/operator', bearer)).code, 'unauthenticated', 'a cookie is no bearer')
})

// ── roles ────────────────────────────────────────────────────────────────────────────────────────

const someId = (prefix: string) => `${prefix}_${'0'.repeat(26)}`

/** A path whose ids have the form that the contract wants, and name nothing. */
function pathOf({ path, params }: Endpoint): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    // The first kind of id that may stand there.
    const [, prefix = 'pay'] = /\^([a-z]{3})_/.exec(JSON.stringify(params?.properties[name])) ?? []
    return someId(prefix)
  })
}

test('over HTTP too, an operator’s endpoint lets in the roles that it names', async () => {
  // The door itself is asked by all, for all endpoints: server/api/roles.test.ts.
  const isId = (schema: object) => /\^[a-z]{3}_/.test(JSON.stringify(schema))
  const guarded = Object.entries<Endpoint>(contract).filter(
    ([, { caller, params }]) =>
      caller === 'operator' && Object.values(params?.properties ?? {}).every(isId),
  )
  assert(guarded.length > 40)
  for (const name of ['issuer', 'operator', 'auditor', 'merchant_admin'] as const) {
    const { ask } = await enter(house, name)
    for (const [endpointName, endpoint] of guarded) {
      const isWrite = endpoint.method === 'POST'
      const { code } = await ask(pathOf(endpoint), { ...(isWrite && { body: {} }) })
      // A body that is no good is told before anyone is asked who they are.
      if (code === 'field_invalid') continue
      const isIn = endpoint.roles?.some((role) => role === name) === true
      assert.equal(code === 'role_missing', !isIn, `${name} at ${endpointName}: ${code}`)
    }
  }
})

test('a clerk of a shop gives money back and sees no key; a viewer does neither', async () => {
  const clerk = await enter(house, 'merchant_clerk')
  const viewer = await enter(house, 'merchant_viewer')
  const admin = await enter(house, 'merchant_admin')
  const order = { amount: 700, currency: 'jpy', merchant_reference: 'by hand 1' }
  const made = await clerk.ask<'createPayment'>('/v1/payments', { body: order })
  assert.equal(made.status, 201, made.text)
  assert.equal((await viewer.ask(`/v1/payments/${made.json.id}`)).status, 200)
  const back = `/v1/payments/${made.json.id}/refunds`
  assert.equal((await clerk.ask(back, { body: {} })).code, 'payment_state')
  assert.equal((await viewer.ask(back, { body: {} })).code, 'scope_missing')
  for (const path of ['/v1/api_keys', '/v1/webhook_endpoints']) {
    assert.equal((await clerk.ask(path)).code, 'scope_missing')
    assert.equal((await admin.ask(path)).status, 200)
  }
  const me = await admin.ask('/v1/console/me')
  assert.equal(me.json.merchant?.id, house.seed.merchant)
})

// ── lists ────────────────────────────────────────────────────────────────────────────────────────

test('payments are found by what is known of them, page by page and as a file', async () => {
  const { ask } = await enter(house, 'operator')
  const people = peopleOf(house)
  const day = new Date().toISOString().slice(0, 10)
  for (const [place, amount] of [311, 312, 313].entries())
    await people.ask({ amount, merchant_reference: `find ${place}` })
  const found = async (query: string) => {
    const { json, status, text } = await ask<'findPayments'>(`/v1/operator/payments?${query}`)
    assert.equal(status, 200, text)
    return json
  }
  const amounts = ({ data }: Reply<'findPayments'>) => data.map(({ amount }) => amount)
  assert.deepEqual(amounts(await found('reference=find')), [313, 312, 311])
  assert.deepEqual(amounts(await found('amount=312')), [312])
  assert.deepEqual(amounts(await found(`merchant=${house.seed.merchant}&amount=311`)), [311])
  assert.deepEqual(amounts(await found('reference=find&status=captured')), [])
  assert.deepEqual(amounts(await found(`reference=find&from=${day}&to=${day}`)), [313, 312, 311])
  assert.deepEqual(amounts(await found('reference=find&to=2020-01-01')), [])
  const first = await found('reference=find&limit=2')
  assert.equal(first.has_more, true)
  const rest = await found(`reference=find&limit=2&starting_after=${first.next_cursor}`)
  assert.deepEqual([...amounts(first), ...amounts(rest)], [313, 312, 311])
  const asked = { headers: { accept: 'text/csv' } }
  const csv = await ask('/v1/operator/payments?reference=find&limit=1', asked)
  assert.equal(csv.text.trim().split('\r\n').length, 4)
  const [{ id } = { id: '' }] = first.data
  const one = await ask<'readPayment'>(`/v1/operator/payments/${id}`)
  assert.deepEqual(
    one.json.timeline.map(({ name }) => name),
    ['createPayment'],
  )
  assert.equal((await ask(`/v1/operator/payments/${someId('pay')}`)).code, 'not_found')
})

test('cards, people, devices, programs and books are listed; names for whom they are', async () => {
  const people = peopleOf(house)
  const { card, terminal } = await people.become('Listed Person')
  const { link, id } = await people.ask({ amount: 500 })
  await terminal.present(await terminal.claim(link), card, { verifyUser: true })
  const [issuer, operator] = [await enter(house, 'issuer'), await enter(house, 'operator')]
  const named = await issuer.ask<'findCards'>('/v1/operator/cards?limit=1&status=active')
  assert.deepEqual(
    named.json.data.map((one) => [one.id, one.cardholder.name]),
    [[card, 'Listed Person']],
  )
  const unnamed = await operator.ask<'findCards'>('/v1/operator/cards?limit=1')
  assert.equal(unnamed.json.data[0]?.cardholder.name, null)
  const holders = await issuer.ask<'findCardholders'>('/v1/operator/cardholders?name=listed')
  assert.equal(holders.json.data.length, 1)
  assert.equal((await operator.ask('/v1/operator/cardholders')).code, 'role_missing')
  const owner = holders.json.data[0]?.id
  const phones = await operator.ask<'findDevices'>(`/v1/operator/devices?owner=${owner}`)
  assert.deepEqual(
    phones.json.data.map(({ kind, status }) => [kind, status]),
    [['phone', 'active']],
  )
  for (const kind of ['proximity_device', 'reader', 'sim', 'entry_device'])
    assert.equal((await operator.ask(`/v1/operator/devices?kind=${kind}`)).status, 200, kind)
  const applied = await issuer.ask<'findApplications'>('/v1/operator/applications?status=installed')
  assert(applied.json.data.some((one) => one.card === card))
  const programs = await operator.ask<'findPrograms'>('/v1/operator/programs')
  assert(programs.json.data.some(({ rules }) => rules.length > 0))
  const shops = await operator.ask<'findMerchants'>('/v1/operator/merchants')
  assert(shops.json.data.some((one) => one.id === house.seed.merchant && one.stores.length > 0))

  const legs = await operator.ask<'readLegs'>(`/v1/operator/payments/${id}/legs`)
  assert.equal(legs.json.data.length > 0, true)
  assert.equal(
    legs.json.data.reduce((sum, { amount }) => sum + amount, 0),
    0,
  )
  const trial = await operator.ask<'readTrialBalance'>('/v1/operator/trial_balance')
  assert.deepEqual(trial.json.unbalanced, [])
  assert(trial.json.balances.length > 0)
  const accounts = await operator.ask<'findAccounts'>('/v1/operator/accounts?limit=5')
  assert(accounts.json.data.some((one) => one.debits_pending === 500))
})

test('a shop’s keys, requests and webhooks are seen, and an event is sent again', async () => {
  const { ask } = await enter(house, 'operator')
  const shop = `/v1/operator/merchants/${house.seed.merchant}`
  const owner = await enter(house, 'merchant_admin')
  const hook = { url: 'http://127.0.0.1:1/', types: ['payment.created'] }
  const made = await owner.ask<'createWebhookEndpoint'>('/v1/webhook_endpoints', { body: hook })
  const keys = await ask<'listMerchantApiKeys'>(`${shop}/api_keys`)
  assert(keys.json.data.length > 0 && !keys.text.includes(house.seed.api_key))
  assert.equal((await ask(`${shop}/requests`)).status, 200)
  const hooks = await ask<'listMerchantWebhooks'>(`${shop}/webhook_endpoints`)
  assert(!hooks.text.includes('whsec_'))
  if (made.status !== 201) assert.equal(made.code, 'webhook_url_refused')
  const other = `/v1/operator/merchants/${someId('mer')}`
  assert.deepEqual((await ask<'listMerchantApiKeys'>(`${other}/api_keys`)).json.data, [])
})
