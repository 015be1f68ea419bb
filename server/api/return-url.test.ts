// Goal: a customer is sent back to a web page of the shop and nowhere else.
// Method: addresses that may be used, and one for each way not to be one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contract } from '@warifu/protocol/contract'
import { returnUrlFault } from './return-url.ts'
import { readerOf } from './validation.ts'

const read = readerOf(contract.createPayment.body, 'body')
const shaped = (return_url: unknown) =>
  !('failure' in read({ amount: 1, currency: 'jpy', return_url }))

test('a page of the shop may be named, with path, query and fragment', () => {
  for (const url of [
    'https://shop.example/thanks?order=7#top',
    'http://127.0.0.1:8080/',
    'http://[::1]/',
  ]) {
    assert(shaped(url), url)
    assert.equal(returnUrlFault(url, false), undefined, url)
  }
  assert.equal(returnUrlFault('https://shop.example', true), undefined)
})

test('what is no web address of the shop is refused', () => {
  const others = [
    '',
    '/thanks',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://shop.example',
    7,
    null,
  ]
  for (const url of others) assert(!shaped(url), String(url))
  for (const url of ['https://shop.example/a b', 'https://shop.example/\n', 'https://店.example'])
    assert(!shaped(url), url)
  assert(!shaped(`https://shop.example/${'x'.repeat(500)}`))
  assert.match(returnUrlFault('http://', false) ?? '', /absolute/)
  assert.match(returnUrlFault('https://shop.example:99999/', false) ?? '', /absolute/)
  assert.match(returnUrlFault('https://user@shop.example/', false) ?? '', /user name/)
  assert.match(returnUrlFault('https://:secret@shop.example/', false) ?? '', /user name/)
  assert.match(returnUrlFault('http://shop.example/', true) ?? '', /https/)
})
