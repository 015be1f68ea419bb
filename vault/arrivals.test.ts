// Goal: a further phone pays nothing until the old one or two proofs and a waiting time let it in;
// from the instant in which it takes the old one's place, the old one's cards pay nothing; called
// back, they do again. A passkey that was synced to a thief is worth nothing.
// Method: a vault on real PostgreSQL, a clock that the test moves, payments by both phones.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { releaseTerminals } from './arrivals.ts'
import { ask, NOW_MS, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { arrive, dismissOf, prove, recallOf, yesOf } from './rehearsal-arrivals.ts'
import {
  type Carried,
  carryCard,
  enrol,
  must,
  NOW,
  openingOf,
  type Person,
  peel,
} from './rehearsal-person.ts'

let vault: Rehearsal
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'arrivals' })
})
after(() => vault.close())

const pays = async (person: Person, carried: Carried) =>
  wordOf(await ask(vault.dispatch, 'open_card', openingOf(person, carried)))

async function owner() {
  const old = await enrol(vault)
  return { old, card: await carryCard(old) }
}

/** The same card, sealed to another phone. */
async function reinstall(phone: Person, { card }: Carried): Promise<Carried> {
  const asked = { card, terminal: phone.terminal, scheme: 'double_sealed', now: NOW } as const
  return { card, blob: peel(phone, await must(vault.dispatch, 'seal_card', asked)) }
}

test('one more phone: in by the old one’s yes; the card stays where it is', async () => {
  const { old, card } = await owner()
  const phone = await arrive(old)
  assert.equal(await pays(phone, card), 'terminal_not_admitted')
  await must(vault.dispatch, 'release_terminal', yesOf(old, phone))
  assert.equal(await pays(phone, card), 'card_moved', 'a copied blob pays nothing there')
  assert.equal(await pays(old, card), 'ok')
  assert.equal(await pays(phone, await carryCard(phone)), 'ok', 'a card of its own')
})

test('a new phone: the old installation ends in the instant that the new one is in', async () => {
  const { old, card } = await owner()
  const phone = await arrive(old)
  const replaces = old.terminal
  await must(vault.dispatch, 'release_terminal', yesOf(old, phone, { replaces }))
  assert.equal(await pays(old, card), 'card_moved')
  assert.equal(await pays(phone, await reinstall(phone, card)), 'ok')
  const again = await must(vault.dispatch, 'confirm_terminal', { ...proofless(phone) }).catch(
    () => undefined,
  )
  assert.equal(again, undefined, 'no proof, no phone')
})

const proofless = ({ terminal }: Person) => ({ terminal, proof: 'A'.repeat(43) })

test('a lost phone: two proofs, then a time in which it can be called back', async () => {
  const { old, card } = await owner()
  const phone = await arrive(old)
  const input = { terminal: phone.terminal, replaces: old.terminal, yes: null }
  const say = async (atMs: number) => {
    const world = { ...vault.world, nowMs: () => atMs }
    const [answer] = await vault.store.begin((sql) => releaseTerminals(world, sql, [input]))
    return answer?.ok === true ? 'ok' : answer?.refusal
  }
  assert.equal(await say(NOW_MS), 'proofs_missing')
  assert.equal(await prove(vault.world, phone, 'phone'), 1)
  assert.equal(await say(NOW_MS + 86_400_000), 'proofs_missing')
  assert.equal(await prove(vault.world, phone, 'operator'), 2)
  assert.equal(await say(NOW_MS + 3_599_999), 'proofs_too_new')
  assert.equal(await pays(old, card), 'ok', 'until then the old one pays')
  assert.equal(await say(NOW_MS + 3_600_000), 'ok')
  assert.equal(await pays(old, card), 'card_moved')
  const moved = await reinstall(phone, card)
  assert.equal(await pays(phone, moved), 'ok')

  await must(vault.dispatch, 'recall_terminal', recallOf(old, phone))
  assert.equal(await pays(phone, moved), 'terminal_not_admitted')
  assert.equal(await pays(old, card), 'ok', 'called back: the old one’s cards are its own again')
  assert.equal(await say(NOW_MS + 7_200_000), 'terminal_not_admitted', 'and it stays out')
})

test('one phone ends another: it pays no more, and its cards are the other’s', async () => {
  const { old, card } = await owner()
  const phone = await arrive(old)
  await must(vault.dispatch, 'release_terminal', yesOf(old, phone))
  const own = await carryCard(phone)
  assert.equal(await pays(phone, own), 'ok')
  const act = dismissOf(old, phone)
  await must(vault.dispatch, 'dismiss_terminal', act)
  assert.equal(await pays(phone, own), 'terminal_not_admitted')
  assert.equal(await pays(old, await reinstall(old, own)), 'ok')
  assert.equal(await pays(old, card), 'ok', 'its own card is as it was')
  await must(vault.dispatch, 'dismiss_terminal', act)
})

test('two phones that end each other: one of them is quicker', async () => {
  const { old } = await owner()
  const phone = await arrive(old)
  await must(vault.dispatch, 'release_terminal', yesOf(old, phone))
  const acts = [dismissOf(old, phone), dismissOf(phone, old)]
  const answers = await Promise.all(acts.map((act) => ask(vault.dispatch, 'dismiss_terminal', act)))
  const words = answers.map(wordOf).sort()
  assert.deepEqual(words, ['ok', 'terminal_not_admitted'])
})

test('two phones that come at once to somebody who has none: one is in, one waits', async () => {
  // Several pairs: two that lock each other's row meet seldom.
  for (let pair = 0; pair < 15; pair += 1) {
    const { old } = await owner()
    await must(vault.dispatch, 'remove_terminal', { terminal: old.terminal })
    const phones = await Promise.all([arrive(old), arrive(old)])
    const words = phones.map(async (phone) => pays(phone, await sealedOnce(phone)))
    assert.deepEqual(await Promise.all(words), ['terminal_not_admitted', 'terminal_not_admitted'])
  }
})

/** Whatever it shows: a phone that is not in is refused before anything is looked at. */
const sealedOnce = async (phone: Person): Promise<Carried> => ({
  card: phone.stage.newId('crd'),
  blob: 'A'.repeat(100),
})
