/**
 * Goal: a chip answers its own phone, once for each question, and nobody else; what it broadcasts
 *   changes with the epoch, wholly, and tells nobody who it is.
 * Method: the pure machine, asked honestly and in every way that a stranger could ask.
 */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { broadcastCode, chipCode } from '@warifu/crypto/chip-code'
import { jwkOfPoint, thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import { wrapKeyBlock } from '@warifu/crypto/key-block'
import { PAIR_EXPORT, pairingBytes, paymentBytes } from '@warifu/protocol/proximity'
import { codeIn, EPOCH_MS, epochAt } from '@warifu/protocol/proximity-frame'
import {
  authenticate,
  chipOn,
  chipRequest,
  DEVICE,
  memoryOf,
  NOW,
  paired,
  pairingFor,
  pairOf,
  phone,
  signedBy,
  TERMINAL,
} from './rehearsal.ts'

const secrets = memoryOf().secrets ?? assert.fail('a chip with secrets')
const refusedAs = (code: string) => ({ kind: 'refused', code })
const keyOf = (chip: ReturnType<typeof chipOn>): string => {
  const said = chip.ask({ kind: 'hello' })
  assert.ok(said.kind === 'hello' && said.pairing_key !== null)
  return said.pairing_key
}

test('pairs with the phone that read the label, and proves it to phone and vault', () => {
  const chip = chipOn()
  const { request, context } = pairingFor(keyOf(chip), phone)
  const said = chip.ask(request)
  assert.ok(said.kind === 'paired' && said.carrier === 'obd_plug')
  const key = context.exportSecret(new TextEncoder().encode(PAIR_EXPORT), 32)
  assert.equal(said.proof, createHmac('sha256', key).update('paired').digest('base64url'))
  const signing_key = jwkOfPoint(phone.signing.publicBytes)
  const thumbprint = createHash('sha256').update(thumbprintInput(signing_key)).digest()
  const data = pairingBytes({ device: DEVICE, terminal: TERMINAL, thumbprint })
  const code = chipCode({ key: secrets.txn, use: 'pair', counter: 1, data })
  assert.deepEqual(said.chip, { counter: 1, code: Buffer.from(code).toString('base64url') })
  assert.equal(chip.memory().phone?.terminal, TERMINAL)
})

test('nobody pairs without the label, twice with a key, for another device, or after that', () => {
  const wrong = { ...phone, label: new Uint8Array(32).fill(5) }
  const chip = chipOn()
  const key = keyOf(chip)
  assert.deepEqual(chip.ask(pairingFor(key, wrong).request), refusedAs('pairing_invalid'))
  // The key is spent, for the right label too.
  assert.deepEqual(chip.ask(pairingFor(key, phone).request), refusedAs('not_paired'))
  const elsewhere = { ...phone, device: DEVICE.replace(/A$/, 'Z') }
  const other = pairingFor(keyOf(chip), elsewhere).request
  assert.deepEqual(chip.ask(other), refusedAs('pairing_invalid'))
  const honest = pairingFor(keyOf(chip), phone).request
  const bent = { ...honest, header: { ...honest.header, recipient: 'A'.repeat(43) } }
  assert.deepEqual(chip.ask(bent), refusedAs('pairing_invalid'))
  assert.equal(chip.memory().phone, null)
  assert.equal(chip.memory().counter, 0, 'no refusal is counted')
  paired(chip)
  assert.deepEqual(chip.ask({ kind: 'hello' }), { kind: 'hello', pairing_key: null })
  assert.deepEqual(chip.ask(honest), refusedAs('paired_already'))
})

test('makes a code for exactly what was asked, and keeps its counter before it answers', () => {
  const chip = paired(chipOn())
  const said = chip.run({ kind: 'request', request: authenticate() })
  assert.deepEqual(
    said.outputs.map(({ kind }) => kind),
    ['keep', 'answer'],
  )
  const data = paymentBytes({
    ...chipRequest,
    payee: Buffer.from(chipRequest.payee_digest, 'base64url'),
    challenge: Buffer.from(chipRequest.challenge, 'base64url'),
  })
  const code = chipCode({ key: secrets.txn, use: 'txn', counter: 2, data })
  const answer = {
    kind: 'code',
    chip: { counter: 2, code: Buffer.from(code).toString('base64url') },
  }
  assert.deepEqual(chip.ask(authenticate()), answer, 'the same question has the same answer')
  const another = chip.ask(authenticate({ ...chipRequest, amount: 1201 }))
  assert.ok(another.kind === 'code' && another.chip.counter === 3)
  assert.notEqual(another.chip.code, answer.chip.code)
})

test('answers nobody but its phone', () => {
  const stranger = pairOf(51)
  assert.deepEqual(chipOn().ask(authenticate()), refusedAs('not_paired'))
  const chip = paired(chipOn())
  const before = chip.memory()
  for (const request of [
    authenticate(chipRequest, stranger.privateKey),
    { ...authenticate(), request: { ...chipRequest, amount: 1 } },
    authenticate({ ...chipRequest, device: DEVICE.replace(/A$/, 'Z') }),
    { kind: 'forget', request: { device: DEVICE, forget: TERMINAL }, signature: 'A'.repeat(86) },
    {
      kind: 'forget',
      request: { device: DEVICE, forget: TERMINAL },
      signature: signedBy(stranger.privateKey, { device: DEVICE, forget: TERMINAL }),
    },
  ])
    assert.deepEqual(chip.ask(request), refusedAs('signature_invalid'))
  for (const request of [undefined, {}, { kind: 'dump' }, { ...authenticate(), more: 1 }])
    assert.deepEqual(chip.ask(request), refusedAs('malformed'))
  assert.deepEqual(chip.memory(), before)
})

test('forgets its phone when it is asked to by it, or by whoever holds its button', () => {
  const chip = paired(chipOn())
  const request = { device: DEVICE, forget: TERMINAL }
  const signature = signedBy(phone.signing.privateKey, request)
  assert.deepEqual(chip.ask({ kind: 'forget', request, signature }), { kind: 'forgotten' })
  const held = paired(chipOn())
  held.run({ kind: 'button' })
  for (const one of [chip, held]) {
    assert.equal(one.memory().phone, null)
    assert.equal(one.memory().counter, 1, 'what it has counted it keeps')
    assert.deepEqual(one.ask(authenticate()), refusedAs('not_paired'))
  }
})

test('counts to its end and no further', () => {
  const chip = paired(chipOn(memoryOf({ counter: 0xffff_fffc })))
  assert.equal(chip.ask(authenticate()).kind, 'code')
  const beyond = authenticate({ ...chipRequest, amount: 9 })
  assert.deepEqual(chip.ask(beyond), refusedAs('exhausted'))
})

test('code and address change together, once for each epoch, and are never repeated', () => {
  const chip = chipOn()
  const seen: string[] = []
  for (let i = 0; i < 20; i += 1) {
    const { outputs } = chip.run({ kind: 'tick' })
    const isNew = i % 5 === 0
    assert.equal(outputs.length, isNew ? 1 : 0)
    const [said] = outputs
    if (said?.kind === 'advertise') {
      const { address, data } = said.advertisement
      const epoch = epochAt(NOW + (i * EPOCH_MS) / 5)
      assert.deepEqual(codeIn(data), broadcastCode(secrets.eid, epoch))
      assert.equal((address[0] ?? 255) >> 6, 0, 'a non-resolvable private address')
      seen.push(Buffer.from(address).toString('hex'), Buffer.from(data).toString('hex'))
    }
    chip.wait(EPOCH_MS / 5)
  }
  assert.equal(new Set(seen).size, 8)
})

test('a device without secrets is silent', () => {
  const chip = chipOn(memoryOf({ secrets: null }))
  assert.deepEqual(chip.run({ kind: 'tick' }).outputs, [])
  assert.deepEqual(chip.ask({ kind: 'hello' }), { kind: 'hello', pairing_key: null })
})

test('takes its secrets out of key blocks made for it, and out of no others', () => {
  const blank = memoryOf({ secrets: null })
  const block = (name: string, usage: string, over: object = {}) =>
    wrapKeyBlock({
      kbpk: blank.kbpk,
      header: {
        ...{ version: 'D', usage, algorithm: 'A', mode: usage === 'M6' ? 'G' : 'X' },
        ...{ keyVersion: '00', exportability: 'N' },
        optional: [{ id: 'LB', data: `${name} ${DEVICE}` }],
        ...over,
      },
      key: secrets[name as keyof typeof secrets],
      random: new Uint8Array(48).fill(8),
    })
  const blocks = { txn: block('txn', 'B3'), eid: block('eid', 'M6'), label: block('label', 'B3') }
  const chip = chipOn(blank)
  const bent = blocks.txn.slice(0, -1) + (blocks.txn.endsWith('0') ? '1' : '0')
  const other = [{ id: 'LB', data: `txn ${DEVICE.replace(/A$/, 'Z')}` }]
  for (const txn of [blocks.label, blocks.eid, bent, block('txn', 'B3', { optional: other }), ''])
    assert.deepEqual(chip.run({ kind: 'load_keys', blocks: { ...blocks, txn } }).outputs, [])
  chip.run({ kind: 'load_keys', blocks })
  assert.deepEqual(chip.memory().secrets, secrets)
})
