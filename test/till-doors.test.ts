// Goal: the till's back end does what its own page asks and refuses the rest by name; the same
//   draft, sent twice or at once, is one order and one refund.
// Method: the real process, asked by raw HTTP with every header in our hands.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, pay, peopleOf } from './people.ts'
import { bookOf } from './till.ts'

suite('the till’s doors', () => {
  let house: House
  let aiko: Holder

  before(async () => {
    house = await startHouse({ pos: true })
    aiko = await peopleOf(house).become('Aiko')
  })
  after(async () => await house?.stop())

  type Answer = { status: number; headers: IncomingHttpHeaders; text: string }
  type Asked = {
    readonly path: string
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    /** Enough of a stream: it is cut once this was heard. */
    readonly until?: string
  }

  function ask({ path, method = 'GET', headers = {}, body, until }: Asked): Promise<Answer> {
    const { host, port } = new URL(house.tillOrigin)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const options = { host: '127.0.0.1', port, method, path, headers: { host, ...headers } }
    const sent = request(options, (response) => {
      let text = ''
      const end = () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      response.setEncoding('utf8').on('data', (part) => {
        text += part
        if (until === undefined || !text.includes(until)) return
        end()
        sent.destroy()
      })
      response.on('end', end)
    })
    sent.on('error', reject).end(body)
    return promise
  }

  const post = (path: string, body: object | string, headers: Record<string, string> = {}) =>
    ask({
      path,
      method: 'POST',
      headers: { origin: house.tillOrigin, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const order = (over: object = {}) => ({
    draft: randomUUID(),
    language: 'en',
    lines: [{ article: 'toast', quantity: 1 }],
    ...over,
  })
  const told = ({ status, text }: Answer) => [status, JSON.parse(text).error?.code] as const

  test('other names, other sites and forms get nothing, and make nothing', async () => {
    const before = bookOf(house, 'select 1 from purchase').length
    const body = order()
    const origin = house.tillOrigin
    const refused: [number, Record<string, string>][] = [
      [421, { host: '127.0.0.1' }],
      [421, { host: 'rebound.example' }],
      [403, { origin: 'http://evil.example' }],
      [403, { origin: house.shopOrigin }],
      [403, { origin, 'sec-fetch-site': 'cross-site' }],
      [415, { 'content-type': 'text/plain' }],
      [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ]
    for (const [status, headers] of refused)
      assert.equal(
        (await post('/api/orders', body, headers)).status,
        status,
        JSON.stringify(headers),
      )
    const shop = { host: new URL(house.shopOrigin).host, origin: house.shopOrigin }
    assert.equal((await post('/api/orders', body, shop)).status, 404)
    assert.equal(bookOf(house, 'select 1 from purchase').length, before)
  })

  test('what cannot be read is refused by its field, and nothing is kept', async () => {
    const before = bookOf(house, 'select 1 from purchase').length
    const wrong: [object | string, string][] = [
      [order({ lines: [] }), 'lines'],
      [order({ lines: [{ article: 'toast', quantity: 0 }] }), 'lines.0.quantity'],
      [order({ lines: [{ article: 'gold', quantity: 1 }] }), 'lines.0.article'],
      [order({ language: 'xx' }), 'language'],
      [order({ draft: 'x' }), 'draft'],
      [order({ amount: 1 }), 'amount'],
      [order({ lines: [{ article: 'toast', price: 1, quantity: 1 }] }), 'lines.0'],
      [order({ lines: [{ description: 'Cup', quantity: 1 }] }), 'lines.0'],
      [order({ lines: [{ description: 'Cup', price: 0, quantity: 1 }] }), 'lines.0.price'],
      [order({ lines: undefined }), 'lines'],
    ]
    for (const [body, param] of wrong) {
      const answer = await post('/api/orders', body)
      const { error } = JSON.parse(answer.text)
      assert.deepEqual([answer.status, error.code, error.param], [400, 'field_invalid', param])
    }
    assert.equal((await post('/api/orders', '{')).status, 400)
    assert.equal((await post('/api/orders', 'x'.repeat(70_000))).status, 413)
    assert.deepEqual(told(await post('/api/orders/999/cancel', {})), [404, 'not_found'])
    assert.deepEqual(told(await ask({ path: '/api/days/tomorrow' })), [400, 'field_invalid'])
    assert.equal(bookOf(house, 'select 1 from purchase').length, before)
  })

  test('a customer of the web shop cannot name a price', async () => {
    const shop = { host: new URL(house.shopOrigin).host, origin: house.shopOrigin }
    const priced = order({ lines: [{ article: 'toast', price: 1, quantity: 1 }] })
    assert.deepEqual(told(await post('/shop/api/orders', priced, shop)), [400, 'field_invalid'])
    const answer = await post('/shop/api/orders', order(), shop)
    const { key, order: made } = JSON.parse(answer.text)
    assert.equal(made.amount, 450)
    const read = (path: string) => ask({ path: `/shop/api/orders/${path}`, headers: shop })
    assert.equal(JSON.parse((await read(key)).text).number, made.number)
    assert.equal((await read(String(made.number))).status, 404)
  })

  test('one draft is one order, however often and however fast it is sent', async () => {
    const body = order()
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('/api/orders', body)))
    const orders = answers.map(({ text }) => JSON.parse(text))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201, 201],
    )
    assert.equal(new Set(orders.map(({ number }) => number)).size, 1)
    assert.equal(new Set(orders.map(({ payment }) => payment)).size, 1)
    const other = { ...body, lines: [{ article: 'toast', quantity: 2 }] }
    assert.deepEqual(told(await post('/api/orders', other)), [409, 'draft_reused'])
  })

  test('one draft is one refund; more than there is is refused, and nothing moves', async () => {
    const { number, link } = JSON.parse((await post('/api/orders', order())).text)
    const early = await post(`/api/orders/${number}/refunds`, { draft: randomUUID() })
    assert.deepEqual(told(early), [409, 'payment_state'])
    await pay(aiko, link)
    await ask({ path: '/api/stream', until: '"status":"captured"' })
    const funds = await availableOf(aiko)
    const refund = { draft: randomUUID(), amount: 100 }
    const path = `/api/orders/${number}/refunds`
    const answers = await Promise.all([1, 2, 3].map(() => post(path, refund)))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    assert.equal(await availableOf(aiko), funds + 100)
    const over = await post(path, { draft: randomUUID(), amount: 351 })
    assert.deepEqual(told(over), [409, 'amount_above_captured'])
    assert.deepEqual(told(await post(path, { ...refund, amount: 7 })), [409, 'draft_reused'])
    assert.equal(await availableOf(aiko), funds + 100)
    const day = JSON.parse(
      (await ask({ path: '/api/stream', until: '\n\nevent' })).text.split('data: ')[1] ?? '',
    )
    assert.deepEqual([day.sold.amount, day.refunded.amount], [450, 100])
  })

  test('every answer carries the policy, a refusal and a stream too', async () => {
    const asked: Asked[] = [
      { path: '/' },
      { path: '/nothing' },
      { path: '/api/catalogue' },
      { path: '/api/stream', until: ': open' },
      { path: '/', headers: { host: 'rebound.example' } },
    ]
    for (const one of asked) {
      const { headers } = await ask(one)
      const policy = String(headers['content-security-policy'])
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, one.path)
      assert.match(policy, /connect-src 'self';/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['access-control-allow-origin'], undefined)
    }
  })

  test('its log holds no key and no link', async () => {
    const log = await house.logs('pos')
    assert.match(log, /"event":"ready"/)
    assert.doesNotMatch(log, /wk_|\/pay#/)
  })
})
