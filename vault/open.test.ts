// Goal: the blob alone is what is opened: any changed bit of it is refused, and the stored number
// is not needed. A frame costs one read and one audit record, whatever it holds.
// Method: real presentations on a real PostgreSQL; a probe counts decryptions, a proxy statements.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { VaultAnswer } from '@warifu/protocol/vault'
import { createDispatch } from './dispatcher.ts'
import { ask, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import {
  type Carried,
  carryCard,
  digestOf,
  enrol,
  must,
  openingOf,
  type Person,
  presentationOf,
  signedRequest,
} from './rehearsal-person.ts'
import { openAttacks } from './rehearsal-thefts.ts'
import type { Store } from './store.ts'

let vault: Rehearsal
let person: Person
let carried: Carried
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'open' })
  person = await enrol(vault)
  carried = await carryCard(person)
})
after(() => vault.close())

const open = (own: Carried = carried): Promise<VaultAnswer> =>
  ask(vault.dispatch, 'open_card', openingOf(person, own))

test('an honest presentation is opened once and names card, person, content and keys', async () => {
  const before = vault.decryptions()
  const body = presentationOf(person, carried)
  const request = signedRequest(person, body)
  const output = await must(vault.dispatch, 'open_card', { terminal: person.terminal, request })
  assert.equal(vault.decryptions(), before + 1, 'the probe counts')
  assert.equal(output.card, carried.card)
  assert.equal(output.cardholder, person.cardholder)
  assert.equal(output.user_verified, true)
  assert.equal(output.opened_with.kid, `${person.cardholder.toLowerCase()}.1`)
})

test('without an assertion it opens too, and says that nobody was verified', async () => {
  const { assertion: _, ...body } = presentationOf(person, carried)
  const request = signedRequest(person, body)
  const output = await must(vault.dispatch, 'open_card', { terminal: person.terminal, request })
  assert.equal(output.user_verified, false)
})

test('any changed bit of key, nonce or text of the blob is refused', async () => {
  const blob: unknown = JSON.parse(Buffer.from(carried.blob, 'base64url').toString('utf8'))
  assert(typeof blob === 'object' && blob !== null)
  const words = Object.entries(blob).filter(([, value]) => typeof value === 'string')
  assert.deepEqual(words.map(([name]) => name).sort(), ['ct', 'iv', 'wrapped_key'])
  for (const [name, text] of words) {
    const bytes = Buffer.from(String(text), 'base64url')
    for (const bit of [0, bytes.length * 4 + 3, bytes.length * 8 - 1]) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const altered: object = { ...blob, [name]: flipped.toString('base64url') }
      const own: string = Buffer.from(JSON.stringify(altered)).toString('base64url')
      assert.equal(wordOf(await open({ ...carried, blob: own })), 'blob_invalid', `${name} ${bit}`)
    }
  }
})

test('a header of the blob that says something else is refused', async () => {
  const text = Buffer.from(carried.blob, 'base64url').toString('utf8')
  const bend = (from: string, to: string): Carried => {
    assert(text.includes(from))
    return { ...carried, blob: Buffer.from(text.replace(from, to)).toString('base64url') }
  }
  assert.equal(wordOf(await open(bend('"v":1', '"v":2'))), 'blob_invalid')
  assert.equal(wordOf(await open(bend('.1",', '.2",'))), 'blob_invalid')
  assert.equal(wordOf(await open(bend('"v":1', '"v":1,"w":1'))), 'blob_invalid')
  const second = await carryCard(person)
  assert.equal(wordOf(await open(bend(carried.card, second.card))), 'blob_mismatch')
  const renamed = { ...bend(carried.card, second.card), card: second.card }
  assert.equal(wordOf(await open(renamed)), 'blob_invalid', 'the card is part of what is sealed')
})

test('with the stored number blanked the payment still works', async () => {
  const own = await carryCard(person)
  await vault.superuser`
    update cards.card set ct = '', wrapped_key = '', iv = '' where card = ${own.card}`
  assert.equal(wordOf(await open(own)), 'ok')
})

test('a blob whose number is not the card’s is refused', async () => {
  const own = await carryCard(person)
  await vault.superuser`
    update cards.card set pan_index = sha256('another number') where card = ${own.card}`
  assert.equal(wordOf(await open(own)), 'blob_invalid')
})

test('a cardholder’s key that was destroyed opens nothing', async () => {
  const leaver = await enrol(vault)
  const own = await carryCard(leaver)
  const call = openingOf(leaver, own)
  assert.equal(wordOf(await ask(vault.dispatch, 'open_card', call)), 'ok')
  await vault.superuser`
    update keys.cardholder set state = 'destroyed' where cardholder = ${leaver.cardholder}`
  const before = vault.decryptions()
  assert.equal(wordOf(await ask(vault.dispatch, 'open_card', call)), 'blob_invalid')
  assert.equal(vault.decryptions(), before)
})

/** Counts the statements that go to PostgreSQL through this store. */
function counting(store: Store): { store: Store; statements: () => number } {
  let statements = 0
  const proxy = new Proxy(store, {
    apply: (target, self, args) => {
      statements += 1
      return Reflect.apply(target, self, args)
    },
  })
  return { store: proxy, statements: () => statements }
}

test('a frame of many calls: two statements, answers in order, refusals alone', async () => {
  const attacker = await enrol(vault)
  const attackers = await carryCard(attacker)
  const scene = { stage: vault, victim: person, attacker, victims: carried, attackers }
  const thefts = await openAttacks(scene)
  const calls = thefts.flatMap(({ input, expect }) => [
    { input, expect },
    { input: openingOf(person, carried), expect: 'ok' },
  ])
  const { store, statements } = counting(vault.store)
  const dispatch = createDispatch({ ...vault.world, store })
  const before = vault.decryptions()
  const frame = calls.map(({ input }, id) => ({ id, operation: 'open_card', input }))
  const answers = await dispatch(frame)
  assert.deepEqual(
    answers.map(wordOf),
    calls.map(({ expect }) => expect),
  )
  assert.deepEqual(
    answers.map(({ id }) => id),
    frame.map(({ id }) => id),
  )
  assert.equal(vault.decryptions() - before, thefts.length, 'only the honest ones were opened')
  assert.equal(statements(), 2)
})

test('the digest names the blob’s text, and the sealed text never shows its length', async () => {
  const second = await carryCard(person)
  assert.notEqual(digestOf(second.blob), digestOf(carried.blob))
  assert.equal(second.blob.length, carried.blob.length)
})
