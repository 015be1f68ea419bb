// Goal: nothing inside is called for a merchant: no loopback, private, link-local or mapped
//   address, however it is written, unless the operator allows it by name.
// Method: tables of addresses and URLs; properties over random addresses of the private ranges; and
//   the real poster with names that resolve inside.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { mayCall, readAllowed, urlFault } from './webhook-address.ts'
import { createPost } from './webhook-post.ts'

const nothing = readAllowed('')

test('public addresses may be called, special ones may not', () => {
  for (const address of ['93.184.216.34', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])
    assert(mayCall(address, nothing), address)
  const inner = ['127.0.0.1', '10.0.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '::1']
  const strange = [
    '0.0.0.0',
    '::',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
  ]
  const ways = ['64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', '100.64.0.1', '255.255.255.255']
  for (const address of [...inner, ...strange, ...ways, 'localhost', ''])
    assert(!mayCall(address, nothing), address)
})

test('no address of a private range passes', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(byte, byte, byte, (b, c, d) => {
      for (const address of [`10.${b}.${c}.${d}`, `127.${b}.${c}.${d}`, `192.168.${c}.${d}`]) {
        assert(!mayCall(address, nothing))
        assert(!mayCall(`::ffff:${address}`, nothing))
      }
    }),
  )
})

test('what the operator allows may be called, and nothing beside it', () => {
  const allowed = readAllowed('10.1.0.0/16, fd00:7::/32')
  assert(mayCall('10.1.2.3', allowed) && mayCall('fd00:7::9', allowed))
  assert(!mayCall('10.2.0.1', allowed) && !mayCall('127.0.0.1', allowed))
  for (const text of ['10.1.0.0', '10.1.0.0/33', 'example.com/8', '10.1/16', '::/129'])
    assert.throws(() => readAllowed(text), RangeError, text)
})

// biome-ignore format: a table reads by its columns
const urls = [
  ['https://shop.example/hook',      undefined],
  ['http://shop.example/hook',       'not_https'],
  ['https://user:pw@shop.example/',  'has_credentials'],
  ['https://127.0.0.1/hook',         'private_address'],
  ['https://[::1]/hook',             'private_address'],
  ['https://[::ffff:10.0.0.1]/',     'private_address'],
  ['https://2130706433/',            'private_address'], // 127.0.0.1 as one number
  ['https://0x7f.1/',                'private_address'],
  ['https://localhost/hook',         'private_address'],
  ['https://api.localhost/hook',     'private_address'],
  ['https://intranet/hook',          'private_address'],
  ['ftp://shop.example/hook',        'malformed'],
  ['shop.example',                   'malformed'],
] as const

test('a URL is judged before it is kept', () => {
  for (const [url, fault] of urls)
    assert.equal(urlFault(url, { allowed: nothing, plain: false }), fault, url)
  assert.equal(urlFault('http://shop.example/', { allowed: nothing, plain: true }), undefined)
})

let port = 0
let called = 0
const server = createServer((_, response) => {
  called += 1
  response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
})
before(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  port = (server.address() as AddressInfo).port
})
after(() => server.close())

const posting = (host: string) => ({ url: `http://${host}:${port}/`, headers: {}, body: '{}' })

test('a name that resolves inside is refused when it is called', async () => {
  // Judged by the connection's own lookup: whatever the name resolved to before counts for nothing.
  const post = createPost(nothing)
  for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]', '0.0.0.0'])
    assert.equal((await post(posting(host))).error, 'address_refused', host)
  assert.equal(called, 0, 'nothing was called')
})

test('a redirect is not followed: it is the answer', async () => {
  const post = createPost(readAllowed('127.0.0.0/8'))
  const posted = await post(posting('127.0.0.1'))
  assert.deepEqual([posted.status, posted.error, called], [302, null, 1])
})
