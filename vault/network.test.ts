// Goal: another company's card is authorised once for one message, however often it is asked for;
//   an answer that is lost is learnt later or reversed, and then never approved; a PIN is not
//   dropped, a card of ours never goes out, and no number is kept. Method: real PostgreSQL, the
//   sandbox acquirer, a clock that the test moves.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { EntryContext, EntryMessage } from '@warifu/protocol/entry-device'
import type { VaultOutput } from '@warifu/protocol/vault'
import { sweepNetwork } from './network.ts'
import { personaliseCard } from './operator-acts.ts'
import { ask, NOW_MS, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { admit, contextOf, type Device, type Entry, send } from './rehearsal-device.ts'
import { createScene, type Scene } from './rehearsal-scene.ts'

const foreign: Entry = { pan: '4111111111111111', expiry: '3012', code: '737' }

let vault: Rehearsal
let scene: Scene
let device: Device
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'network' })
  scene = await createScene(vault)
  device = await admit(vault.world, scene.stage)
})
after(() => vault.close())

const messageFor = (amount: number, over: Partial<EntryContext> = {}, entry = foreign) =>
  send(device, entry, { context: contextOf({ amount, ...over }) })

async function said(message: EntryMessage, dispatch = vault.dispatch) {
  const answer = await ask(dispatch, 'authorize_network', { message })
  if (!answer.ok) return { word: wordOf(answer), card: undefined }
  // The answer fits its schema, which was checked before it left.
  const { outcome, card, last4 } = answer.output as VaultOutput<'authorize_network'>
  assert.equal(last4, '1111')
  return { word: outcome, card }
}
const later = (ms: number) => ({ ...vault.world, nowMs: () => NOW_MS + ms })

test('one message, one authorisation: many at once, again, after a restart', async () => {
  const before = vault.acquirer.standing().length
  const message = messageFor(1200)
  const all = await Promise.all(Array.from({ length: 8 }, () => said(message)))
  const restarted = await vault.restarted()
  all.push(await said(message, restarted.dispatch))
  assert.deepEqual(new Set(all.map(({ word }) => word)), new Set(['approved']))
  assert.equal(new Set(all.map(({ card }) => card)).size, 1)
  assert.equal(vault.acquirer.standing().length, before + 1)
})

test('a number has one name at a merchant, and another at another', async () => {
  const first = await said(messageFor(100))
  const again = await said(messageFor(200))
  const other = await said(messageFor(100, { merchant: scene.stage.newId('mer') }))
  assert.equal(first.card, again.card)
  assert.notEqual(first.card, other.card)
})

test('each decline is told as it is', async () => {
  const before = vault.acquirer.standing().length
  for (const [amount, word] of [
    [1243, 'card_not_active'],
    [1251, 'insufficient_funds'],
    [1254, 'card_expired'],
    [1282, 'security_code_wrong'],
  ] as const)
    assert.equal((await said(messageFor(amount))).word, word)
  assert.equal(vault.acquirer.standing().length, before)
})

test('a lost answer is learnt by asking again, without a second authorisation', async () => {
  const before = vault.acquirer.standing().length
  const message = messageFor(1291)
  assert.equal((await said(message)).word, 'network_silent')
  assert.equal((await said(message)).word, 'approved')
  assert.equal(vault.acquirer.standing().length, before + 1)
})

test('what is never answered is reversed after its time, and then never approved', async () => {
  const before = vault.acquirer.standing().length
  const [message, late] = [messageFor(1296), messageFor(1391)]
  assert.equal((await said(message)).word, 'network_silent')
  assert.equal((await said(late)).word, 'network_silent')
  assert.equal(vault.acquirer.standing().length, before + 2)
  await sweepNetwork(later(60_000))
  assert.equal(vault.acquirer.standing().length, before + 2, 'not before its time')
  await sweepNetwork(later(121_000))
  assert.equal(vault.acquirer.standing().length, before)
  for (const one of [message, late]) assert.equal((await said(one)).word, 'network_timeout')
  assert.equal(vault.acquirer.standing().length, before)
})

test('an acquirer that does not confirm a reversal is asked for it again', async () => {
  const { acquirer } = vault
  const message = messageFor(1496)
  assert.equal((await said(message)).word, 'network_silent')
  const before = acquirer.standing().length
  const connector = { ...acquirer, reverse: async () => false }
  await sweepNetwork({ ...later(121_000), connector })
  assert.equal(acquirer.standing().length, before)
  assert.equal((await said(message)).word, 'network_timeout', 'it is on its way back')
  await sweepNetwork(later(122_000))
  assert.equal(acquirer.standing().length, before - 1)
})

test('a PIN, a card of ours, a token’s entry: nothing goes out', async () => {
  const before = vault.acquirer.standing().length
  const { pan, expiry } = await personaliseCard(vault.world, { card: scene.victims.card })
  const pinned = messageFor(1200, {}, { ...foreign, pin: '1234' })
  assert.equal((await said(pinned)).word, 'network_absent')
  assert.equal((await said(messageFor(1200, {}, { pan, expiry }))).word, 'network_absent')
  const kept = send(device, foreign, {
    context: contextOf({ purpose: 'token', amount: null, currency: null }),
  })
  assert.equal((await said(kept)).word, 'entry_mismatch')
  assert.equal(vault.acquirer.standing().length, before)
})

test('what is kept has no number', async () => {
  const rows = await vault.superuser`select a::text as row from network.authorization a`
  assert(rows.length > 5)
  assert(!JSON.stringify(rows).includes(foreign.pan))
})
