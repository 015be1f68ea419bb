// Goal: a merchant keeps its keys: a restricted one does what its scopes name and no more, one that
//   ends or is revoked lets nobody in, a rolled one overlaps; too fast is told when to come back;
//   and every request can be read by its id, without a secret in it.
// Method: a real server over HTTP; each endpoint of merchants is asked with a key that may nothing.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { scopeOf, scopes } from '@warifu/protocol/api-key-contract'
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { createWarifu } from '@warifu/sdk/sdk'
import { type House, startHouse } from './house.ts'

let house: House
before(async () => {
  house = await startHouse({ env: { server: { REQUESTS_PER_SECOND: '500' } } })
})
after(async () => await house?.stop())

type Asking = { readonly key?: string; readonly body?: object; readonly once?: string }
type Answered = {
  readonly status: number
  readonly json: Record<string, unknown>
  headers: Headers
}

async function ask(path: string, { key, body, once }: Asking = {}): Promise<Answered> {
  const answer = await fetch(`${house.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${key ?? house.seed.api_key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(body === undefined ? {} : { 'idempotency-key': once ?? crypto.randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, json: JSON.parse(await answer.text()), headers: answer.headers }
}
const makeKey = async (body: object, key?: string) => {
  const made = await ask('/v1/api_keys', {
    body: { name: 'A key', ...body },
    ...(key ? { key } : {}),
  })
  assert.equal(made.status, 201, JSON.stringify(made.json))
  return made.json as unknown as { id: string; secret: string }
}
const codeOf = ({ json }: Answered): string =>
  String((json['error'] as { code?: string } | undefined)?.code)
const order = { amount: 1200, currency: 'jpy' }

test('every endpoint of merchants belongs to a scope; without it nothing is done', async () => {
  const { secret } = await makeKey({ scopes: ['refunds:write'] })
  assert.match(secret, /^wr_test_/)
  const endpoints: readonly Endpoint[] = Object.values(contract)
  const merchants = endpoints.filter(({ caller }) => caller === 'merchant')
  assert(merchants.length > 30)
  const needed = new Set(merchants.map(({ method, path, tag }) => scopeOf({ method, path, tag })))
  for (const scope of ['payments:write', 'refunds:write', 'sales:write'] as const)
    assert(needed.has(scope), `nothing needs ${scope}`)
  for (const { method, path, tag } of merchants) {
    const scope = scopeOf({ method, path, tag })
    assert(scope !== undefined && scopes.includes(scope), `${method} ${path} has no scope`)
    if (scope === 'refunds:write') continue
    const url = path.replace(':id', path.includes('requests') ? 'req_0' : 'x')
    const answer = await ask(url, { key: secret, ...(method === 'POST' ? { body: {} } : {}) })
    // A path or body that is wrong is told before anyone is asked who they are.
    assert(['scope_missing', 'not_found', 'field_invalid'].includes(codeOf(answer)), path)
  }
  assert.equal(codeOf(await ask('/v1/payments', { key: secret, body: order })), 'scope_missing')
  assert.equal(codeOf(await ask('/v1/payments', { key: secret })), 'scope_missing')
})

test('a restricted key does what it may, and gives nobody what it has not', async () => {
  const scopesOf = ['payments:read', 'payments:write', 'api_keys:write'] as const
  const { secret } = await makeKey({ scopes: scopesOf })
  assert.equal((await ask('/v1/payments', { key: secret, body: order })).status, 201)
  assert.equal((await ask('/v1/payments', { key: secret })).status, 200)
  const asking = { name: 'more', scopes: ['refunds:write'] }
  assert.equal(codeOf(await ask('/v1/api_keys', { key: secret, body: asking })), 'scope_missing')
  assert.equal(
    codeOf(await ask('/v1/api_keys', { key: secret, body: { name: 'all' } })),
    'scope_missing',
  )
  const less = await makeKey({ scopes: ['payments:read'] }, secret)
  assert.equal((await ask('/v1/payments', { key: less.secret })).status, 200)
})

test('a key that may reconcile may not yet move or write down money', async () => {
  const span = { from: '2020-01-01', to: '2020-02-01' }
  const orders = [{ merchant_reference: 'K-1', amount: 70, currency: 'jpy' }]
  const { reconciliations: books } = createWarifu({
    apiKey: house.seed.api_key,
    apiUrl: house.url,
  })
  const { id } = await books.run({ ...span, orders })
  const [difference] = await books.differences(id).take(1)
  assert.equal(difference?.kind, 'order_without_payment')
  const { secret } = await makeKey({ scopes: ['reconciliations:read', 'reconciliations:write'] })
  const path = `/v1/differences/${difference?.id}/fix`
  for (const body of [{}, { fix: 'record_transfer' }])
    assert.equal(codeOf(await ask(path, { key: secret, body })), 'scope_missing')
  const fixed = await ask(path, { key: secret, body: { fix: 'correct_order' } })
  assert.equal(fixed.json['status'], 'fixed')
})

test('shown once: the same request again has the key, and not its text', async () => {
  const body = { name: 'Once' }
  const [first, again] = [
    await ask('/v1/api_keys', { body, once: 'once' }),
    await ask('/v1/api_keys', { body, once: 'once' }),
  ]
  assert.equal(first.json['id'], again.json['id'])
  assert.match(String(first.json['secret']), /^wk_test_[A-Za-z0-9_-]{43}$/)
  assert.equal(again.json['secret'], null)
  const listed = await ask('/v1/api_keys')
  assert(!JSON.stringify(listed.json).includes(String(first.json['secret'])))
})

/** A server knows a key for a second. */
async function untilInvalid(key: string): Promise<void> {
  for (let patience = 300; patience > 0; patience -= 1) {
    if (codeOf(await ask('/v1/payments', { key })) === 'api_key_invalid') return
    await sleep(100)
  }
  assert.fail('the key still lets in')
}

test('rolled: both let in until the overlap is over; revoked: nobody, soon after', async () => {
  const old = await makeKey({ scopes: ['payments:read'] })
  const rolled = await ask(`/v1/api_keys/${old.id}/roll`, { body: { overlap_s: 3 } })
  const next = rolled.json as unknown as { id: string; secret: string; scopes: string[] }
  assert.deepEqual(next.scopes, ['payments:read'])
  for (const key of [old.secret, next.secret])
    assert.equal((await ask('/v1/payments', { key })).status, 200)
  await untilInvalid(old.secret)
  assert.equal((await ask('/v1/payments', { key: next.secret })).status, 200)
  const revoked = await ask(`/v1/api_keys/${next.id}/revoke`, { body: {} })
  assert.notEqual(revoked.json['revoked_at'], null)
  await untilInvalid(next.secret)
})

test('too fast: 429 and Retry-After, which the SDK waits for; others are not held up', async () => {
  const { secret } = await makeKey({ requests_per_second: 2 })
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => ask('/v1/payments', { key: secret })),
  )
  const late = answers.filter(({ status }) => status === 429)
  // In its first moment each process may let a second's requests in.
  assert(late.length >= 4, `${late.length} of 12`)
  for (const { headers, json } of late) {
    assert.match(headers.get('retry-after') ?? '', /^[1-4]$/)
    assert.equal((json['error'] as { code: string }).code, 'too_many_requests')
  }
  assert.equal((await ask('/v1/payments')).status, 200)
  const merchant = createWarifu({ apiKey: secret, apiUrl: house.url, retries: 4 })
  const [first] = await merchant.payments.list().take(1)
  assert(first)
})

/** The log is written a moment after its answer. */
async function loggedOf({ headers }: { readonly headers: Headers }) {
  const id = headers.get('request-id')
  assert(id)
  let logged = await ask(`/v1/requests/${id}`)
  for (let patience = 300; logged.status === 404 && patience > 0; patience -= 1) {
    await sleep(50)
    logged = await ask(`/v1/requests/${id}`)
  }
  return logged
}

test('a request of a wrong form is in the log too', async () => {
  const asked = await ask('/v1/payments', { body: { ...order, amount: 'x' }, once: 'wrong' })
  assert.equal(asked.status, 400)
  const { error, status } = (await loggedOf(asked)).json
  assert.deepEqual({ error, status }, { error: 'field_invalid', status: 400 })
})

test('a request is read by its id: asked, answered, and masked', async () => {
  const token = '9812345678901231'
  const body = { ...order, presentment: { kind: 'token', token }, merchant_reference: 'A-17' }
  const asked = await ask('/v1/payments', { body, once: 'logged' })
  const logged = await loggedOf(asked)
  const { method, path, status, error, idempotency_key } = logged.json
  assert.deepEqual(
    { method, path, status, error, idempotency_key },
    {
      method: 'POST',
      path: '/v1/payments',
      status: 404,
      error: 'token_unknown',
      idempotency_key: 'logged',
    },
  )
  assert.match(String(logged.json['request_body']), /"merchant_reference":"A-17"/)
  assert(!JSON.stringify(logged.json).includes(token))
  const made = await makeKey({ name: 'Seen' })
  await sleep(600)
  const all = await ask('/v1/requests?limit=100')
  assert(!JSON.stringify(all.json).includes(made.secret))
  assert(!JSON.stringify(all.json).includes(house.seed.api_key))
})
