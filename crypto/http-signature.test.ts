// Goal: the profile is RFC 9421 to the byte, and nothing but the profile is read.
// Method: a base written out by hand as in RFC 9421 §2.5 and B.2, the published P-256 test key,
// the http-message-signatures package as an oracle both ways, and near misses of each header.
import assert from 'node:assert/strict'
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'
import {
  contentDigestHeader,
  readContentDigest,
  readSignature,
  readSignatureInput,
  type SignedComponents,
  signatureBase,
  signatureHeader,
  signatureInput,
} from './http-signature.ts'

// RFC 9421 Appendix B.1.3, test-key-ecc-p256.
const publicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA',
  y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0',
}
const privateKey = createPrivateKey({
  key: { ...publicJwk, d: 'UpuF81l-kOxbjf7T4mNSv0r5tN67Gim7rnf6EFpcYDs' },
  format: 'jwk',
})
const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' })
const keyid = createHash('sha256').update(JSON.stringify(publicJwk)).digest('base64url')
const createdS = 1618884473

const digestOf = (body: string) => contentDigestHeader(createHash('sha256').update(body).digest())
const components: SignedComponents = {
  method: 'POST',
  path: '/v1/payments/pay_1/present',
  query: '?expand=card&x=%20',
  contentDigest: digestOf('{"hello": "world"}'),
  counter: '17',
}
const header = signatureInput({ createdS, keyid })
const params = header.slice('warifu='.length)
const p1363 = 'ieee-p1363'
const signed = (base: string) =>
  sign('sha256', Buffer.from(base), { key: privateKey, dsaEncoding: p1363 })

test('Content-Digest of the body of RFC 9530 and RFC 9421 B.2', () => {
  assert.equal(components.contentDigest, 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:')
  assert.equal(digestOf(''), 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:')
})

test('the base is built line by line (RFC 9421 §2.5)', () => {
  assert.equal(
    signatureBase(components, params),
    [
      '"@method": POST',
      '"@path": /v1/payments/pay_1/present',
      '"@query": ?expand=card&x=%20',
      '"content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
      '"warifu-counter": 17',
      '"@signature-params": ("@method" "@path" "@query" "content-digest" "warifu-counter")' +
        `;created=1618884473;keyid="${keyid}";alg="ecdsa-p256-sha256";tag="warifu-terminal"`,
    ].join('\n'),
  )
})

test('an absent query is a lone question mark (RFC 9421 §2.2.7)', () => {
  assert.match(signatureBase({ ...components, query: '' }, params), /\n"@query": \?\n/)
})

const url = (query: string) => `https://wallet.example${components.path}${query}`
const headersFor = ({ contentDigest, counter }: SignedComponents): Record<string, string> => ({
  'Content-Digest': contentDigest,
  'Warifu-Counter': counter,
})

test('http-message-signatures verifies what we sign', async () => {
  for (const query of ['', '?a=b', components.query]) {
    const base = signatureBase({ ...components, query }, params)
    const headers = {
      ...headersFor(components),
      'Signature-Input': header,
      Signature: signatureHeader(signed(base)),
    }
    const config = {
      keyLookup: async () => ({
        id: keyid,
        algs: ['ecdsa-p256-sha256'],
        verify: createVerifier(publicKey, 'ecdsa-p256-sha256'),
      }),
      requiredFields: ['@method', '@path', '@query', 'content-digest', 'warifu-counter'],
      requiredParams: ['created', 'keyid', 'alg', 'tag'],
    }
    const request = { method: 'POST', url: url(query), headers }
    assert.equal(await httpbis.verifyMessage(config, request), true)
    const other = { ...request, url: url('?a=c') }
    assert.equal(await httpbis.verifyMessage(config, other), false)
  }
})

test('we verify what http-message-signatures signs', async () => {
  for (const query of ['', components.query]) {
    const message = await httpbis.signMessage(
      {
        key: createSigner(privateKey, 'ecdsa-p256-sha256', keyid),
        name: 'warifu',
        fields: ['@method', '@path', '@query', 'content-digest', 'warifu-counter'],
        params: ['created', 'keyid', 'alg', 'tag'],
        paramValues: { created: new Date(createdS * 1000), tag: 'warifu-terminal' },
      },
      { method: 'POST', url: url(query), headers: headersFor(components) },
    )
    const read = readSignatureInput(String(message.headers['Signature-Input']))
    const signature = readSignature(String(message.headers['Signature']))
    assert.ok(read && signature)
    assert.deepEqual(read, { createdS, keyid, params })
    const base = Buffer.from(signatureBase({ ...components, query }, read.params))
    assert.ok(verify('sha256', base, { key: publicKey, dsaEncoding: p1363 }, signature))
  }
})

test('each covered component changes the base', () => {
  const changes = [
    { method: 'GET' },
    { path: '/v1/payments/pay_2/present' },
    { query: '' },
    { contentDigest: digestOf('') },
    { counter: '18' },
  ]
  const bases = changes.map((change) => signatureBase({ ...components, ...change }, params))
  assert.equal(new Set([signatureBase(components, params), ...bases]).size, changes.length + 1)
})

test('a component that could forge a line, or has two spellings, is refused', () => {
  const changes = [
    { method: 'post' },
    { method: '' },
    { path: '/a\n"@query": ?b' },
    { path: '/a?b' },
    { path: 'a' },
    { path: '/a#b' },
    { path: '/é' },
    { query: 'a=b' },
    { query: '?a b' },
    { query: '?a\n' },
    { query: '?a#b' },
    { counter: '0' },
    { counter: '01' },
    { counter: '1.0' },
    { counter: '-1' },
    { counter: '1\n' },
    { counter: '1000000000000000' },
    { contentDigest: '' },
    { contentDigest: `${components.contentDigest}\n` },
  ]
  for (const change of changes)
    assert.throws(() => signatureBase({ ...components, ...change }, params), {
      name: 'HttpSignatureError',
      code: 'invalid_component',
    })
  assert.throws(() => signatureBase(components, params.replace('"@query" ', '')), {
    code: 'invalid_parameter',
  })
})

test('a Signature-Input that is not exactly the profile is not read', () => {
  assert.deepEqual(readSignatureInput(header), { createdS, keyid, params })
  const near = [
    '',
    params,
    header.replace('warifu=', 'sig1='),
    header.replace('"@query" ', ''),
    header.replace('"@method" "@path"', '"@path" "@method"'),
    header.replace('"content-digest"', '"content-digest";req'),
    header.replace(';tag="warifu-terminal"', ''),
    header.replace('warifu-terminal', 'other'),
    header.replace('ecdsa-p256-sha256', 'hmac-sha256'),
    header.replace(';created=1618884473', ''),
    header.replace('1618884473', '01618884473'),
    header.replace('1618884473', '-1618884473'),
    header.replace('1618884473', '1618884473.0'),
    header.replace('1618884473', '1618884473;expires=1618884500'),
    header.replace(keyid, keyid.slice(1)),
    `${header}, other=("@method")`,
    `${header};nonce="x"`,
    `${header}\n`,
    ` ${header}`,
  ]
  for (const text of near) assert.equal(readSignatureInput(text), undefined)
})

test('parameters out of the profile are not written', () => {
  const invalid = { name: 'HttpSignatureError', code: 'invalid_parameter' }
  for (const wrong of [-1, 0.5, Number.NaN, 1e21])
    assert.throws(() => signatureInput({ createdS: wrong, keyid }), invalid)
  assert.throws(() => signatureInput({ createdS, keyid: `${keyid.slice(1)}"` }), invalid)
  assert.throws(() => signatureHeader(new Uint8Array(63)), invalid)
  assert.throws(() => contentDigestHeader(new Uint8Array(31)), invalid)
})

test('Signature and Content-Digest have one spelling', () => {
  const signature = Uint8Array.from(signed('base'))
  const text = signatureHeader(signature)
  assert.deepEqual(readSignature(text), signature)
  const near = [
    '',
    text.slice(7),
    text.replace('warifu', 'sig'),
    text.replaceAll('=', ''),
    `${text} `,
  ]
  near.push(text.replace(/==:$/, '=:'), text.replace(/.==:$/, 'B==:'), text.replace(/:$/, ''))
  near.push(`${text}, ${text}`, text.replace(':', ':AAAA'))
  for (const wrong of near) assert.equal(readSignature(wrong), undefined, wrong)
  const digest = components.contentDigest
  assert.equal(readContentDigest(digest)?.length, 32)
  for (const wrong of [
    digest.replace('256', '512'),
    `${digest}, sha-512=:AA==:`,
    digest.slice(0, -2),
  ])
    assert.equal(readContentDigest(wrong), undefined)
})
