// Goal: what comes out of a SIM opens for its owner, its payment and its company only, and two PIN
// digits are counted as the PIN is.
// Method: real PostgreSQL; a SIM and its bridge of bytes; laws.test.ts has the thefts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { VaultOutput } from '@warifu/protocol/vault'
import { personaliseCard } from './operator-acts.ts'
import { ask, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { arrive } from './rehearsal-arrivals.ts'
import { carryCard, enrol, must, openingOf } from './rehearsal-person.ts'
import { createScene, type Scene } from './rehearsal-scene.ts'
import {
  carrying,
  linkBodyOf,
  linked,
  linkingOf,
  SELECTOR,
  type Showing,
  type Sim,
  simContentOf,
  simOpeningOf,
  simPresentationOf,
} from './rehearsal-sim.ts'
import { ensureCompany } from './sim-keys.ts'

let vault: Rehearsal
let scene: Scene
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'open-sim' })
  scene = await createScene(vault)
})
after(() => vault.close())

const victims = () => linked(scene.world, scene.victim, scene.victims)
const say = async (sim: Sim, showing?: Showing) =>
  wordOf(await ask(vault.dispatch, 'open_sim', simOpeningOf(sim, simPresentationOf(sim, showing))))
const open = (sim: Sim, showing?: Showing): Promise<VaultOutput<'open_sim'>> =>
  must(vault.dispatch, 'open_sim', simOpeningOf(sim, simPresentationOf(sim, showing)))

test('its owner’s SIM pays with the card that was written into it', async () => {
  const sim = await victims()
  const { card, cardholder, digits, selector, user_verified, opened_with } = await open(sim)
  assert.deepEqual([card, cardholder], [scene.victims.card, scene.victim.cardholder])
  assert.deepEqual([digits, selector, user_verified], ['absent', SELECTOR, true])
  assert.equal(opened_with.kid, `sim.${SELECTOR}.1`)
})

test('a record that was copied into the thief’s own SIM is no card of that SIM', async () => {
  const sim = await victims()
  const own = await linked(scene.world, scene.attacker, scene.attackers)
  assert.equal(await say(own, { record: sim.record }), 'card_unknown')
})

test('an empty, a short and another company’s record are none', async () => {
  const sim = await victims()
  for (const record of [
    new Uint8Array(9).fill(0xff),
    sim.record.subarray(1),
    Uint8Array.of(...sim.record.subarray(0, 8), SELECTOR - 128),
  ])
    assert.equal(await say(sim, { record }), 'sim_record_invalid')
})

test('flag and index choose the key: one company’s key does not open for another', async () => {
  const sim = await victims()
  const bank = await ensureCompany(scene.world, scene.world.store, SELECTOR - 128)
  assert.equal(await say({ ...sim, company: bank }), 'sim_record_invalid')
  const crossed = { ...sim, company: { ...bank, thumbprint: sim.company.thumbprint } }
  assert.equal(await say(crossed), 'sim_record_invalid')
})

test('PIN digits: counted once for each message, right ones give no try back', async () => {
  const card = await carryCard(scene.victim)
  await personaliseCard(scene.world, { card: card.card, pin: '4711' })
  const sim = await linked(scene.world, scene.victim, card)
  assert.equal((await open(sim, { digits: '47' })).digits, 'verified')
  const wrong = simOpeningOf(sim, simPresentationOf(sim, { digits: '11' }))
  for (let again = 0; again < 4; again += 1)
    assert.equal((await must(vault.dispatch, 'open_sim', wrong)).digits, 'wrong', 'one try')
  assert.equal((await open(sim, { digits: '47' })).digits, 'verified')
  assert.equal((await open(sim, { digits: '00' })).digits, 'wrong')
  assert.equal((await open(sim, { digits: '99' })).digits, 'blocked', 'the third wrong one')
  assert.equal((await open(sim, { digits: '47' })).digits, 'blocked', 'right, but too late')
})

test('a card without a PIN has no digits to compare with', async () => {
  assert.equal((await open(await victims(), { digits: '12' })).digits, 'blocked')
})

test('the same payment may be shown the same record again; another phone may not', async () => {
  const sim = await victims()
  const content = simContentOf(sim)
  const shown = simPresentationOf(sim, { content })
  await must(vault.dispatch, 'open_sim', simOpeningOf(sim, shown))
  assert.equal(await say(sim, { content, sealed: shown.record }), 'ok')
  const stranger = await enrol(vault)
  const there = simOpeningOf(sim, shown, stranger)
  assert.equal(wordOf(await ask(vault.dispatch, 'open_sim', there)), 'assertion_invalid')
})

test('a new phone with the old SIM: let in, the card moves there, the old one dies', async () => {
  const carried = await carryCard(scene.victim)
  const sim = await carrying(scene.world, scene.victim, carried)
  const phone = await arrive(scene.victim)
  const there = { ...sim, person: phone, bridge: scene.stage.chance.keyPair() }
  const noSim = { ...there, authentication: new Uint8Array(16) }
  const stolen = linkBodyOf(noSim, { card: carried.card })
  const refused = await ask(vault.dispatch, 'link_sim', linkingOf(noSim, stolen))
  assert.equal(wordOf(refused), 'sim_other', 'passkey alone lets nobody in')
  const before = await ask(vault.dispatch, 'open_card', openingOf(scene.victim, carried))
  assert.equal(wordOf(before), 'ok')
  const body = linkBodyOf(there, { card: carried.card })
  const { moves } = await must(vault.dispatch, 'link_sim', linkingOf(there, body))
  assert.equal(moves, carried.card)
  const after = await ask(vault.dispatch, 'open_card', openingOf(scene.victim, carried))
  assert.equal(wordOf(after), 'card_moved')
  assert.equal(await say(there), 'ok', 'the SIM pays from the new phone')
})
