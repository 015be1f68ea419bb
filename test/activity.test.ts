// Goal: a person reads what they were asked to pay and what became of it, and nobody else's; the
//   shop's return address reaches the wallet as it was given, or is refused; a page of the wallet's
//   origin may call and read, a page of any other may not.
// Method: two real server processes behind a balancer; the terminal, and requests as browsers send
//   them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, startHouse } from './house.ts'
import { collect } from './listening.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let aiko: Holder

before(async () => {
  house = await startHouse({ balanced: true })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
})
after(async () => await house?.stop())

const lines = [{ description: 'Blend coffee', quantity: 2, amount: 1200 }]
const return_url = 'https://shop.example/thanks?order=7#paid'

test('paid, partly refunded, denied and expired are told as they are, newest first', async () => {
  const { terminal, card } = aiko
  const paid = await people.ask({ lines, return_url })
  await pay(aiko, paid.link)
  await people.merchant.payments.capture(paid.id)
  await people.merchant.payments.refund(paid.id, { amount: 500 })
  const denied = await people.ask()
  await terminal.deny(await terminal.claim(denied.link))
  const over = collect(terminal.followNotices)
  await over.opened()
  const late = await people.ask({ expires_in: 3 })
  const claim = await terminal.claim(late.link)
  await over.saw('payment.expired', late.id)
  await over.stop()

  const { data, has_more } = await terminal.activity()
  assert.equal(has_more, false)
  assert.deepEqual(
    data.map(({ payment, status, declined_because }) => [payment, status, declined_because]),
    [
      [late.id, 'expired', null],
      [denied.id, 'declined', 'approval_denied'],
      [paid.id, 'captured', null],
    ],
  )
  const first = await terminal.activityOf(paid.id)
  assert.deepEqual(first, data[2])
  const { approval, created_at, decided_at, deadline_at, payee, card: used, ...rest } = first
  assert.deepEqual(rest, {
    object: 'activity',
    payment: paid.id,
    status: 'captured',
    amount: 1200,
    currency: 'jpy',
    amount_captured: 1200,
    amount_refunded: 500,
    lines,
    declined_because: null,
    return_url,
  })
  assert.equal(used?.id, card)
  assert.equal(payee.id, house.seed.merchant)
  assert(created_at <= (decided_at ?? '') && (decided_at ?? '') <= deadline_at)
  assert.equal((await people.show(paid.id)).approval, approval)
  assert.deepEqual(data[0]?.payee, claim.content.payee)
})

test('pages follow on one another; a cursor that is none finds nothing', async () => {
  const { terminal } = aiko
  const all = (await terminal.activity({ limit: 100 })).data.map(({ payment }) => payment)
  const first = await terminal.activity({ limit: 2 })
  assert.equal(first.has_more, true)
  const rest = await terminal.activity({ starting_after: first.next_cursor ?? '' })
  assert.deepEqual(
    [...first.data, ...rest.data].map(({ payment }) => payment),
    all,
  )
  assert.equal(rest.has_more, false)
  assert.deepEqual((await terminal.activity({ starting_after: '!' })).data, [])
})

test('nobody reads what another was asked, nor what nobody was asked yet', async () => {
  const other = await people.become('Bando')
  assert.deepEqual((await other.terminal.activity()).data, [])
  const asked = await people.ask()
  await assert.rejects(aiko.terminal.activityOf(asked.id), { code: 'not_found' })
  await aiko.terminal.claim(asked.link)
  assert.equal((await aiko.terminal.activityOf(asked.id)).status, 'requires_action')
  await assert.rejects(other.terminal.activityOf(asked.id), { code: 'not_found' })
})

test('the return address is on payment and claim as the shop gave it, unsigned', async () => {
  const asked = await people.ask({ return_url })
  assert.equal((await people.show(asked.id)).return_url, return_url)
  const claim = await aiko.terminal.claim(asked.link)
  assert.equal(claim.return_url, return_url)
  assert(!JSON.stringify(claim.content).includes('shop.example'))
  // The same terminal opens the link again: the same words.
  assert.deepEqual(await aiko.terminal.claim(asked.link), claim)
  assert.equal((await people.show((await people.ask()).id)).return_url, null)
  for (const bad of ['javascript:alert(1)', 'https://user:word@shop.example/', '/thanks'])
    await assert.rejects(people.ask({ return_url: bad }), {
      code: 'field_invalid',
      param: 'return_url',
    })
})

const preflight = (origin: string, path: string) =>
  fetch(`${house.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-digest,content-type,signature,warifu-counter',
    },
  })

test('the wallet’s origin may call from a page; another may not', async () => {
  const allowed = await preflight(house.walletOrigin, '/v1/claims')
  assert.equal(allowed.status, 204)
  assert.equal(allowed.headers.get('access-control-allow-origin'), house.walletOrigin)
  assert.equal(allowed.headers.get('access-control-allow-credentials'), null)
  assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /warifu-counter/)
  assert.match(allowed.headers.get('access-control-allow-methods') ?? '', /^GET, ?POST$/)
  assert(Number(allowed.headers.get('access-control-max-age')) > 0)
  const port = new URL(house.url).port
  const others = [
    'https://evil.example',
    `http://pos.localhost:${port}`,
    `${house.walletOrigin}0`,
    'null',
  ]
  for (const origin of others) {
    for (const answer of [
      await preflight(origin, '/v1/claims'),
      await fetch(`${house.url}/v1/programs`, { headers: { origin } }),
    ]) {
      assert.equal(answer.headers.get('access-control-allow-origin'), null, origin)
      await answer.body?.cancel()
    }
  }
})

test('the wallet’s page can read what it asks, refusals and streams too; no more', async () => {
  const headers = { origin: house.walletOrigin }
  for (const [path, status] of [
    ['/v1/programs', 200],
    ['/v1/activity', 401],
    ['/v1/notices/stream', 401],
  ] as const) {
    const answer = await fetch(house.url + path, { headers })
    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('access-control-allow-origin'), house.walletOrigin, path)
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /request-id/)
    assert.match(answer.headers.get('vary') ?? '', /origin/i)
  }
  // A merchant's are for servers, whoever holds its key.
  const key = { ...headers, authorization: `Bearer ${house.seed.api_key}` }
  const answer = await fetch(`${house.url}/v1/payments`, { headers: key })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('access-control-allow-origin'), null)
})
