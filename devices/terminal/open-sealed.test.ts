// Goal: what the vault seals opens on the terminal it was sealed to, and nowhere and never else.
// Method: crypto/hpke.ts stands for the vault; many keys (a lone private key fails for half of
// them); every part of the message and its context altered in turn.
import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { setupBaseS } from '@warifu/crypto/hpke'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { POP_EXPORT, type SealedMessage, SUITE } from '@warifu/protocol/sealed'
import { proveOpening } from './open-sealed.ts'
import { doubleSealed } from './scheme-double-sealed.ts'
import { makeKeys, publicJwkOf, thumbprintOf } from './terminal-keys.ts'

const nowMs = Date.parse('2026-05-01T00:00:00.000Z')
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
const blob = 'eyJ0aGlzIjoiaXMgYSBibG9iIG9mIHNvbWUgbGVuZ3RoLCBub3QgcmVhZGFibGUifQ'
const digest = toBase64url(sha256(blob))

type Taken = { sealing: CryptoKeyPair; message: SealedMessage; nowMs: number }

/** As the terminal does when its card arrives. */
async function peel({ sealing, message: sealed, nowMs }: Taken, context: { inner_digest: string }) {
  const keys = { ...(await makeKeys(false)), sealing }
  const delivery = { scheme: 'double_sealed', sealed } as const
  const installing = { delivery, keys, digest: context.inner_digest, nowMs }
  return (await doubleSealed.install(installing)).text
}

type Letter = { purpose: 'terminal-pop' | 'card-install'; context: object; plaintext: Uint8Array }

/** The vault's side, by node:crypto. */
async function sealTo(publicKey: CryptoKey, { purpose, context, plaintext }: Letter) {
  const kid = await thumbprintOf(publicKey)
  const header: SealedMessage['header'] = {
    v: 1,
    suite: SUITE,
    purpose,
    kid,
    recipient: kid,
    created: '2026-05-01T00:00:00.000Z',
    exp: '2026-05-01T00:10:00.000Z',
  }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
  const { enc, context: sender } = setupBaseS({
    recipientPublic: pointOfJwk(await publicJwkOf(publicKey)),
    info: envelopeInfo(purpose, sha256(jcsBytes(header))),
    ephemeral: {
      privateKey: pair.privateKey,
      publicBytes: pointOfJwk({ kty: 'EC', crv: 'P-256', x, y }),
    },
  })
  const ct = sender.seal(envelopeAad(header, context), plaintext)
  const message: SealedMessage = { header, enc: toBase64url(enc), ct: toBase64url(ct) }
  return { message, sender }
}

async function sealedCard() {
  const { sealing } = await makeKeys(false)
  const terminal = await thumbprintOf(sealing.publicKey)
  const context = { inner_digest: digest, terminal }
  const plaintext = pad(Buffer.from(blob), 1024)
  const letter = { purpose: 'card-install', context, plaintext } as const
  return { sealing, context, ...(await sealTo(sealing.publicKey, letter)) }
}

test('a card peels, for each of 40 keys that cannot be exported', async () => {
  for (let i = 0; i < 40; i += 1) {
    const { sealing, context, message } = await sealedCard()
    assert.equal(await peel({ sealing, message, nowMs }, context), blob)
  }
})

test('the proof of opening is the HMAC that the vault computes', async () => {
  const { sealing } = await makeKeys(false)
  const secret = Uint8Array.from({ length: 32 }, (_, i) => i)
  const context = { terminal: 'trm_one', vault_key: 'a' }
  const letter = { purpose: 'terminal-pop', context, plaintext: secret } as const
  const { message, sender } = await sealTo(sealing.publicKey, letter)
  const key = sender.exportSecret(Buffer.from(POP_EXPORT), 32)
  const expected = createHmac('sha256', key).update(secret).digest('base64url')
  assert.equal(await proveOpening({ sealing, message, nowMs }, context), expected)
  await assert.rejects(
    proveOpening({ sealing, message, nowMs }, { ...context, terminal: 'trm_two' }),
    {
      code: 'seal_invalid',
    },
  )
})

test('another terminal cannot open it, whatever the header says', async () => {
  const { context, message } = await sealedCard()
  const { sealing } = await makeKeys(false)
  const kid = await thumbprintOf(sealing.publicKey)
  const renamed = { ...message, header: { ...message.header, kid, recipient: kid } }
  for (const taken of [message, renamed])
    await assert.rejects(peel({ sealing, message: taken, nowMs }, context), {
      code: 'seal_invalid',
    })
})

test('an altered message or context does not open', async () => {
  const { sealing, context, message } = await sealedCard()
  const flipped = (text: string) => {
    const bytes = fromBase64url(text)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    return toBase64url(bytes)
  }
  const altered: SealedMessage[] = [
    { ...message, ct: flipped(message.ct) },
    { ...message, enc: flipped(message.enc) },
    { ...message, header: { ...message.header, created: '2026-05-01T00:00:01.000Z' } },
    { ...message, header: { ...message.header, purpose: 'terminal-pop' } },
  ]
  for (const taken of altered)
    await assert.rejects(peel({ sealing, message: taken, nowMs }, context), {
      code: 'seal_invalid',
    })
  const elsewhere = { ...context, inner_digest: toBase64url(sha256('another')) }
  await assert.rejects(peel({ sealing, message, nowMs }, elsewhere), { code: 'seal_invalid' })
})

test('a card that is not the announced one is refused, though it opens', async () => {
  const { sealing } = await makeKeys(false)
  const terminal = await thumbprintOf(sealing.publicKey)
  const context = { inner_digest: toBase64url(sha256('announced')), terminal }
  const letter = {
    purpose: 'card-install',
    context,
    plaintext: pad(Buffer.from(blob), 512),
  } as const
  const { message } = await sealTo(sealing.publicKey, letter)
  await assert.rejects(peel({ sealing, message, nowMs }, context), { code: 'digest_mismatch' })
})

test('after its time it is refused unopened', async () => {
  const { sealing, context, message } = await sealedCard()
  const late = Date.parse('2026-05-01T00:10:00.000Z')
  await assert.rejects(peel({ sealing, message, nowMs: late }, context), { code: 'seal_expired' })
  assert.equal(await peel({ sealing, message, nowMs: late - 1 }, context), blob)
})
