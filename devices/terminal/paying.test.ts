// Goal: what is shown is what is signed, by passkey and terminal alike; links lead home only.
// Method: a platform that answers a claim as the test says and keeps what was presented.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { TerminalNeeds } from './asking.ts'
import type { Assertion, PasskeyAsk } from './authenticator.ts'
import { type Claim, claim, type Presented, present, secretOf } from './paying.ts'
import { keepBlob, makeKeys } from './terminal-keys.ts'
import { blankState, type InstalledCard, memoryStore, queueTurns } from './terminal-state.ts'

const id = <P extends string>(prefix: P): `${P}_${string}` => `${prefix}_${'0'.repeat(26)}`
const origin = 'http://wallet.localhost:8731'
const secret = 'x'.repeat(43)
const link = `${origin}/pay#${secret}`
const at = '2026-05-01T00:00:00.000Z'
const sha256 = (bytes: Uint8Array | string) =>
  createHash('sha256').update(bytes).digest('base64url')

const lines = [{ description: 'Blend coffee', quantity: 2, amount: 600 }]
const claimed: Claim = {
  object: 'claim',
  payment: id('pay'),
  content: {
    approval: id('apr'),
    subject: { kind: 'payment', id: id('pay') },
    amount: 1200,
    currency: 'jpy',
    extent: 'exact',
    payee: { id: id('mer'), name: 'Kissa', store: id('str'), place: 'Kyoto' },
    order_digest: sha256(jcsBytes(lines)),
    card: 'own_card',
    presentment: 'wallet',
    factors: ['terminal_signature', 'user_verification'],
    match_number: null,
    mandate: null,
    deadline_at: at,
  },
  lines,
  return_url: null,
}
const presented: Presented = {
  object: 'presented',
  payment: id('pay'),
  approval: id('apr'),
  status: 'authorized',
  declined_because: null,
  next_action: null,
  amount: 1200,
  currency: 'jpy',
  decided_at: at,
}
const blob = 'B'.repeat(100)
const assertion: Assertion = {
  credential_id: 'AAAA',
  authenticator_data: 'A'.repeat(50),
  client_data_json: 'AAAA',
  signature: 'A'.repeat(86),
}

async function terminal(answer: Claim = claimed) {
  const keys = await makeKeys(false)
  const kept = await keepBlob(keys.local, { card: id('crd'), blob, iv: new Uint8Array(12) })
  const card: InstalledCard = {
    card: id('crd'),
    scheme: 'double_sealed',
    installation: id('ins'),
    last4: '1234',
    expires: '2030-01',
    inner_digest: sha256(blob),
    kept,
    payment_key: null,
    number: null,
    shown: null,
    is_confirmed: true,
  }
  const sent: { url: string; body: string }[] = []
  const touched: PasskeyAsk[] = []
  const needs: TerminalNeeds = {
    apiUrl: '',
    origin,
    nowMs: () => Date.parse(at),
    random: (length) => new Uint8Array(length),
    passkey: {
      create: () => assert.fail(),
      get: async (ask) => {
        touched.push(ask)
        return assertion
      },
    },
    store: memoryStore({ ...blankState, terminal: id('trm'), keys, cards: [card] }),
    turns: queueTurns(),
    extractable: false,
    fetch: async (url, init) => {
      sent.push({ url, body: String(init.body) })
      return new Response(JSON.stringify(url.endsWith('/claims') ? answer : presented))
    },
  }
  return { needs, sent, touched }
}

test('a link gives its secret; other links are refused', () => {
  assert.equal(secretOf(link, origin), secret)
  for (const other of [
    `http://wallet.localhost:8732/pay#${secret}`,
    `https://wallet.localhost:8731/pay#${secret}`,
    `${origin}/other#${secret}`,
    `${origin}/pay#${secret}x`,
    `${origin}/pay`,
    secret,
    '',
  ])
    assert.throws(() => secretOf(other, origin), { name: 'TerminalError', code: 'link_invalid' })
})

test('a claim is shown only if lines and payment are those to be signed', async () => {
  const { needs, sent } = await terminal()
  assert.deepEqual(await claim(needs, link), claimed)
  assert.deepEqual(JSON.parse(sent[0]?.body ?? ''), { secret })
  const cheaper = [{ description: 'Blend coffee', quantity: 2, amount: 60 }]
  for (const answer of [
    { ...claimed, lines: cheaper },
    { ...claimed, payment: `pay_${'1'.repeat(26)}` } as const,
  ]) {
    const { needs: misled } = await terminal(answer)
    await assert.rejects(claim(misled, link), { code: 'order_mismatch' })
  }
})

test('passkey and terminal sign what was shown, the card and its blob', async () => {
  const { needs, sent, touched } = await terminal()
  const paid = await present(needs, claimed, { card: id('crd'), verifyUser: true })
  assert.deepEqual(paid, presented)
  const { content } = claimed
  const blob_digest = sha256(blob)
  const statement = { scheme: 'double_sealed', content, card: id('crd'), blob_digest }
  assert.equal(sent[0]?.url, `/v1/payments/${id('pay')}/present`)
  assert.deepEqual(JSON.parse(sent[0]?.body ?? ''), { statement, blob, assertion })
  assert.equal(touched.length, 1)
  assert.equal(toBase64url(touched[0]?.challenge ?? new Uint8Array()), sha256(jcsBytes(statement)))
  assert.equal(touched[0]?.rpId, 'wallet.localhost')
})

test('without user verification the passkey is not touched', async () => {
  const { needs, sent, touched } = await terminal()
  await present(needs, claimed, { card: id('crd'), verifyUser: false })
  assert.equal(touched.length, 0)
  assert.equal('assertion' in JSON.parse(sent[0]?.body ?? ''), false)
})

test('a card that is not here cannot be presented', async () => {
  const { needs, sent } = await terminal()
  const card = `crd_${'1'.repeat(26)}` as const
  const paying = present(needs, claimed, { card, verifyUser: false })
  await assert.rejects(paying, { code: 'card_not_installed' })
  assert.equal(sent.length, 0)
})
