// Goal: only the till's own page reaches the till; the shop's page, other sites and turned names do
//   not.
// Method: the gate is a pure function: knock with every combination that matters.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge, type Knock, type Verdict } from './gate.ts'

const origins = { till: 'http://pos.localhost:8732', shop: 'http://shop.localhost:8732' }
const tillHost = 'pos.localhost:8732'
const shopHost = 'shop.localhost:8732'

const knock = (
  host: string | undefined,
  url: string,
  headers: Knock['headers'] = {},
  method = 'GET',
) => judge({ method, url, headers: { host, ...headers } }, origins)
const told = (verdict: Verdict) => (verdict.do === 'refuse' ? verdict.status : verdict.do)

test('a name that is not ours gets nothing: not even a page', () => {
  const names = ['127.0.0.1:8732', 'evil.example', 'pos.localhost', 'pos.localhost:80', undefined]
  for (const host of names)
    for (const url of ['/', '/api/orders', '/assets/x.js'])
      assert.equal(told(knock(host, url)), 421)
})

test('the shop’s origin reaches its own pages and none of the till’s', () => {
  for (const url of ['/api/orders', '/api/stream', '/api/orders/1/refunds', '/sales', '/orders/1'])
    assert.equal(told(knock(shopHost, url, { origin: origins.shop }, 'POST')), 404)
  for (const url of ['/shop', '/shop/orders/k', '/assets/x.js', '/icon.svg', '/shop/api/catalogue'])
    assert.equal(told(knock(shopHost, url)), 'pass')
  assert.equal(told(knock(shopHost, '/shopping')), 404)
})

test('an address of the shop on the till’s name leads to the shop', () => {
  const to = `${origins.shop}/shop/orders/k?x=1`
  assert.deepEqual(knock(tillHost, '/shop/orders/k?x=1'), { do: 'redirect', to })
  assert.deepEqual(knock(shopHost, '/'), { do: 'redirect', to: `${origins.shop}/shop` })
})

test('whoever writes must say that they are the page itself', () => {
  const post = (headers: Knock['headers']) => told(knock(tillHost, '/api/orders', headers, 'POST'))
  assert.equal(post({ origin: origins.till, 'sec-fetch-site': 'same-origin' }), 'pass')
  assert.equal(post({ origin: origins.till }), 'pass')
  for (const headers of [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'null' },
    { origin: origins.shop },
    { origin: 'http://pos.localhost:8732.evil.example' },
    { origin: 'http://wallet.localhost:8731' },
    { origin: origins.till, 'sec-fetch-site': 'same-site' },
    { origin: origins.till, 'sec-fetch-site': 'cross-site' },
  ])
    assert.equal(post(headers), 403, JSON.stringify(headers))
})

test('another site may not read either, and the page may', () => {
  const get = (headers: Knock['headers']) => told(knock(tillHost, '/api/stream', headers))
  assert.equal(get({ 'sec-fetch-site': 'same-origin' }), 'pass')
  assert.equal(get({ 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(get({ 'sec-fetch-site': 'none' }), 403)
  assert.equal(get({ origin: 'http://evil.example' }), 403)
})
