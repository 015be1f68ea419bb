// Goal: RFC 9180 to the byte, interoperable, and nothing opens that was altered.
// Method: published vectors of our suite, @hpke/core as an oracle in both directions, every bit
// of a message flipped once, and each refusal.
import assert from 'node:assert/strict'
import {
  createECDH,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto'
import { test } from 'node:test'
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import {
  decap,
  encap,
  type HpkeKeyPair,
  MESSAGE_LIMIT,
  nonceAt,
  setupBaseR,
  setupBaseS,
  setupPskR,
  setupPskS,
} from './hpke.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'utf8'))
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')

function pairOf(secret: Uint8Array): HpkeKeyPair {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(secret)
  const point = curve.getPublicKey()
  const x = point.subarray(1, 33).toString('base64url')
  const y = point.subarray(33).toString('base64url')
  const d = Buffer.from(secret).toString('base64url')
  const key = { kty: 'EC', crv: 'P-256', d, x, y }
  return {
    privateKey: createPrivateKey({ key, format: 'jwk' }),
    publicBytes: Uint8Array.from(point),
  }
}
function newPair(): HpkeKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
  return { privateKey, publicBytes: Uint8Array.from(point) }
}

test('DHKEM(P-256, HKDF-SHA256): RFC 9180 A.3.1', () => {
  const ephemeral = pairOf(hex('4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb'))
  const recipient = pairOf(hex('f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2'))
  assert.equal(
    hexOf(ephemeral.publicBytes),
    '04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9' +
      '8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4',
  )
  const secret = 'c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8'
  assert.equal(hexOf(encap(recipient.publicBytes, ephemeral)), secret)
  assert.equal(hexOf(decap(ephemeral.publicBytes, recipient)), secret)
})

test('nonces: RFC 9180 A.3.1, sequence 0, 1, 2, 4, 255, 256', () => {
  const base = hex('4e0bc5018beba4bf004cca59')
  const last = { 0: '59', 1: '58', 2: '5b', 4: '5d', 255: 'a6' }
  for (const [sequence, byte] of Object.entries(last))
    assert.equal(hexOf(nonceAt(base, Number(sequence))), `4e0bc5018beba4bf004cca${byte}`)
  assert.equal(hexOf(nonceAt(base, 256)), '4e0bc5018beba4bf004ccb59')
})

/** SHAKE128 of no bytes, read as a stream: it draws the inputs of the accumulated vectors. */
function shakeStream() {
  const stream = createHash('shake128', { outputLength: 1 << 20 }).digest()
  let at = 0
  return () => {
    const length = stream[at] ?? 0
    at += 1 + length
    return Uint8Array.from(stream.subarray(at - length, at))
  }
}

test('the whole suite: CFRG test-vectors.json, mode 0, suite 0010-0001-0002, 1000 messages', () => {
  // The ephemeral secret is DeriveKeyPair (RFC 9180 §7.1.3) of the vector's ikmE; here its result.
  const setup = accumulated()
  const { enc, context: sender } = setupBaseS(setup)
  const receiver = setupBaseR({ enc, recipient: setup.recipient, info: setup.info })
  assert.equal(hexOf(enc), accumulatedEnc)
  const draw = shakeStream()
  const sealed = createHash('shake128', { outputLength: 16 })
  for (let i = 0; i < 1000; i += 1) {
    const aad = draw()
    const plaintext = draw()
    const ciphertext = sender.seal(aad, plaintext)
    sealed.update(ciphertext)
    assert.deepEqual(Uint8Array.from(receiver.open(aad, ciphertext)), plaintext)
  }
  assert.equal(sealed.digest('hex'), '8d3263541fc1695b6e88ff3a1208577c')
})

test('exported secrets: the same vector, lengths 0 to 999', () => {
  const { context } = setupBaseS(accumulated())
  const draw = shakeStream()
  const exported = createHash('shake128', { outputLength: 16 })
  for (let length = 0; length < 1000; length += 1)
    exported.update(context.exportSecret(draw(), length))
  assert.equal(exported.digest('hex'), '038af0baa5ce3c4c5f371c3823b15217')
})

const accumulatedEnc =
  '04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e' +
  '0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0'
function accumulated() {
  const ephemeral = pairOf(hex('90345e3a1d116c1dd39ae76d95ab858c142223a63e44f8f85318cfa91a84858e'))
  const recipient = pairOf(hex('317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2'))
  const info = hex('4f6465206f6e2061204772656369616e2055726e')
  return { recipient, recipientPublic: recipient.publicBytes, info, ephemeral }
}

// ─── @hpke/core as oracle ────────────────────────────────────────────────────────────────────

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})
const psk = { psk: bytes('thirty-two bytes or more of chance'), pskId: bytes('activation') }
const theirPsk = { id: psk.pskId, key: psk.psk }

test('@hpke/core opens what we seal: 200 keys, non-extractable, base and PSK', async () => {
  for (let i = 0; i < 200; i += 1) {
    const withPsk = i % 4 === 3
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, [
      'deriveBits',
    ])
    const recipientPublic = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    const info = Uint8Array.from(randomBytes(i % 60))
    const setup = { recipientPublic, info, ephemeral: newPair() }
    const { enc, context } = withPsk ? setupPskS({ ...setup, ...psk }) : setupBaseS(setup)
    const theirs = await suite.createRecipientContext({
      recipientKey: pair,
      enc,
      info,
      ...(withPsk ? { psk: theirPsk } : {}),
    })
    for (const text of ['first', 'second']) {
      const opened = await theirs.open(context.seal(bytes('aad'), bytes(text)), bytes('aad'))
      assert.equal(new TextDecoder().decode(opened), text)
    }
    const label = bytes('warifu/1/pop')
    assert.equal(
      hexOf(new Uint8Array(await theirs.export(label, 32))),
      hexOf(context.exportSecret(label, 32)),
    )
  }
})

test('we open what @hpke/core seals: 200 keys, base and PSK', async () => {
  for (let i = 0; i < 200; i += 1) {
    const withPsk = i % 4 === 3
    const recipient = newPair()
    const info = Uint8Array.from(randomBytes(i % 60))
    const theirs = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.importKey(
        'raw',
        recipient.publicBytes.slice().buffer,
        true,
      ),
      info,
      ...(withPsk ? { psk: theirPsk } : {}),
    })
    const setup = { enc: new Uint8Array(theirs.enc), recipient, info }
    const context = withPsk ? setupPskR({ ...setup, ...psk }) : setupBaseR(setup)
    for (const text of ['first', 'second']) {
      const sealed = new Uint8Array(await theirs.seal(bytes(text), bytes('aad')))
      assert.equal(new TextDecoder().decode(context.open(bytes('aad'), sealed)), text)
    }
  }
})

// ─── Refusals ────────────────────────────────────────────────────────────────────────────────

const recipient = newPair()
const info = bytes('warifu/1/card')
const aad = bytes('aad')
const message = () => {
  const { enc, context } = setupBaseS({
    recipientPublic: recipient.publicBytes,
    info,
    ephemeral: newPair(),
  })
  return { enc, ciphertext: context.seal(aad, bytes('4000 0000 0000 0002')), context }
}
function* flipped(some: Uint8Array) {
  for (let bit = 0; bit < some.length * 8; bit += 1) {
    const copy = Uint8Array.from(some)
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield copy
  }
}
const openFailed = { name: 'HpkeError', code: 'open_failed' }
const badKey = { name: 'HpkeError', code: 'invalid_public_key' }

test('every flipped bit of ciphertext, tag and aad is refused, and does not advance', () => {
  const { enc, ciphertext } = message()
  const context = setupBaseR({ enc, recipient, info })
  for (const altered of flipped(ciphertext))
    assert.throws(() => context.open(aad, altered), openFailed)
  for (const altered of flipped(aad))
    assert.throws(() => context.open(altered, ciphertext), openFailed)
  for (let length = 0; length < ciphertext.length; length += 1)
    assert.throws(() => context.open(aad, ciphertext.subarray(0, length)), openFailed)
  assert.equal(Buffer.from(context.open(aad, ciphertext)).toString(), '4000 0000 0000 0002')
})

test('every flipped bit of enc and info is refused', () => {
  const { enc, ciphertext } = message()
  for (const altered of flipped(enc))
    assert.throws(() => setupBaseR({ enc: altered, recipient, info }).open(aad, ciphertext), {
      name: 'HpkeError',
    })
  for (const altered of flipped(info))
    assert.throws(
      () => setupBaseR({ enc, recipient, info: altered }).open(aad, ciphertext),
      openFailed,
    )
})

test('another recipient, another mode, another order: refused', () => {
  const { enc, ciphertext, context } = message()
  assert.throws(
    () => setupBaseR({ enc, recipient: newPair(), info }).open(aad, ciphertext),
    openFailed,
  )
  assert.throws(() => setupPskR({ enc, recipient, info, ...psk }).open(aad, ciphertext), openFailed)
  const second = context.seal(aad, bytes('second'))
  const receiver = setupBaseR({ enc, recipient, info })
  assert.throws(() => receiver.open(aad, second), openFailed)
  receiver.open(aad, ciphertext)
  assert.throws(() => receiver.open(aad, ciphertext), openFailed)
  assert.equal(Buffer.from(receiver.open(aad, second)).toString(), 'second')
})

test('what is not a point of P-256 is refused on both sides', () => {
  const { publicBytes } = recipient
  const offCurve = Uint8Array.from(publicBytes)
  offCurve[64] = (offCurve[64] ?? 0) ^ 1
  const prime = 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'
  const notPoints = [
    offCurve,
    new Uint8Array(0),
    new Uint8Array(65),
    Uint8Array.of(0),
    publicBytes.subarray(0, 64),
    Uint8Array.of(...publicBytes, 0),
    Uint8Array.of(2, ...publicBytes.subarray(1, 33)),
    Uint8Array.of(6, ...publicBytes.subarray(1)),
    hex(`04${prime}${prime}`),
    // x = p, y² = b: right modulo p, but not a reduced coordinate.
    hex(`04${prime}66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4`),
  ]
  for (const point of notPoints) {
    assert.throws(() => setupBaseR({ enc: point, recipient, info }), badKey)
    assert.throws(() => setupBaseS({ recipientPublic: point, info, ephemeral: newPair() }), badKey)
  }
})

test('a short PSK is refused; another PSK or name does not open', () => {
  const setup = { recipientPublic: recipient.publicBytes, info, ephemeral: newPair() }
  const short = { psk: new Uint8Array(31), pskId: psk.pskId }
  const tooShort = { name: 'HpkeError', code: 'psk_too_short' }
  assert.throws(() => setupPskS({ ...setup, ...short }), tooShort)
  assert.throws(
    () => setupPskR({ enc: recipient.publicBytes, recipient, info, ...short }),
    tooShort,
  )
  assert.throws(() => setupPskS({ ...setup, psk: psk.psk, pskId: new Uint8Array(0) }), {
    name: 'AssertionError',
  })
  const { enc, context } = setupPskS({ ...setup, ...psk })
  const ciphertext = context.seal(aad, bytes('x'))
  const others = [
    { psk: psk.psk, pskId: bytes('Activation') },
    { psk: bytes('Thirty-two bytes or more of chance'), pskId: psk.pskId },
  ]
  for (const other of others)
    assert.throws(
      () => setupPskR({ enc, recipient, info, ...other }).open(aad, ciphertext),
      openFailed,
    )
})

test('the sequence ends before a nonce could repeat', () => {
  const base = randomBytes(12)
  assert.equal(hexOf(nonceAt(new Uint8Array(12), MESSAGE_LIMIT - 1)), '0000000000000000ffffffff')
  assert.throws(() => nonceAt(base, MESSAGE_LIMIT), { name: 'HpkeError', code: 'message_limit' })
})

test('an exported secret has a sane length and its own label', () => {
  const { context } = message()
  const secrets = ['a', 'b', ''].map((label) => hexOf(context.exportSecret(bytes(label), 32)))
  assert.equal(new Set(secrets).size, 3)
  for (const length of [-1, 0.5, 8161])
    assert.throws(() => context.exportSecret(bytes('a'), length), RangeError)
})
