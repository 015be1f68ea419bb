/**
 * Goal: a chip's codes count once, for its own terminal; a pairing moves with its person, and codes
 *   of an epoch are those that the chips themselves broadcast.
 * Method: a vault on PostgreSQL and the real chip's key blocks; each answer is asked for again.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { broadcastCode } from '@warifu/crypto/chip-code'
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import { epochAt } from '@warifu/protocol/proximity-frame'
import type { VaultInput, VaultOperation } from '@warifu/protocol/vault'
import { ask, NOW_MS, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { confirmationOf, contentOf, madeChip, pairedChip, pairingOf } from './rehearsal-chip.ts'
import { enrol, must as mustSay } from './rehearsal-person.ts'
import { createScene, type Scene } from './rehearsal-scene.ts'

let scene: Scene
let vault: Rehearsal
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'chips' })
  scene = await createScene(vault)
})
after(() => vault.close())

const must = <O extends VaultOperation>(operation: O, input: VaultInput<O>) =>
  mustSay(vault.dispatch, operation, input)
const said = async <O extends VaultOperation>(operation: O, input: VaultInput<O>) =>
  wordOf(await ask(vault.dispatch, operation, input))

test('a code counts once; the same request again has the same answer', async () => {
  const chip = await pairedChip(scene)
  const first = confirmationOf(scene, chip)
  const answer = await must('verify_chip', first)
  assert.equal(answer.card, scene.victims.card)
  assert.equal(answer.device, chip.device)
  assert.equal(answer.user_verified, true)
  assert.deepEqual(await must('verify_chip', first), answer)
  await must('verify_chip', confirmationOf(scene, chip))
  assert.equal(await said('verify_chip', first), 'chip_replayed')
})

test('counters may be skipped, as by codes that nobody used, and never be gone back', async () => {
  const chip = await pairedChip(scene)
  chip.counter += 100
  await must('verify_chip', confirmationOf(scene, chip))
  chip.counter -= 50
  assert.equal(await said('verify_chip', confirmationOf(scene, chip)), 'chip_replayed')
})

test('a wrong code moves nothing', async () => {
  const chip = await pairedChip(scene)
  const content = contentOf(scene)
  const forged = { ...chip, key: new Uint8Array(32), counter: 1_000_000 }
  assert.equal(
    await said('verify_chip', confirmationOf(scene, forged, content)),
    'chip_code_invalid',
  )
  await must('verify_chip', confirmationOf(scene, chip, content))
})

test('a removed chip pays nothing; its person pairs it again, on another phone too', async () => {
  const chip = await pairedChip(scene)
  await must('remove_chip', { device: chip.device })
  assert.equal(await said('verify_chip', confirmationOf(scene, chip)), 'chip_unknown')
  await must('pair_chip', pairingOf(chip, scene.victim, scene.victims))
  await must('verify_chip', confirmationOf(scene, chip))
  const stranger = await enrol(vault)
  assert.equal(await said('pair_chip', pairingOf(chip, stranger, scene.victims)), 'card_unknown')
})

test('codes of an epoch are the chips’ own, of paired ones only', async () => {
  const chip = await pairedChip(scene)
  const silent = await madeChip(scene)
  const epoch = epochAt(NOW_MS)
  const page = await must('make_epoch_codes', { epoch, after: null })
  assert.ok(!page.has_more && !page.devices.includes(silent.device))
  const at = page.devices.indexOf(chip.device)
  const codes = Buffer.from(page.codes, 'base64url')
  assert.equal(codes.length, page.devices.length * 10)
  const kbpk = Uint8Array.from(Buffer.from(chip.injection.kbpk, 'hex'))
  const { key } = unwrapKeyBlock({ kbpk, block: chip.injection.blocks.eid, usages: ['M6'] })
  assert.deepEqual(codes.subarray(10 * at, 10 * at + 10), Buffer.from(broadcastCode(key, epoch)))
  const again = await must('pair_chip', pairingOf(chip, scene.victim, scene.victims))
  assert.deepEqual(
    again.codes.map((one) => one.epoch),
    [epoch - 1, epoch, epoch + 1],
  )
  assert.equal(again.codes[1]?.code, Buffer.from(broadcastCode(key, epoch)).toString('base64url'))
  const rest = await must('make_epoch_codes', { epoch, after: chip.device })
  assert.deepEqual(rest.devices, page.devices.slice(at + 1))
})
