// Goal: a plastic is made for an admitted bureau alone, is dead until its owner's own terminal has
// it in hand, and everything of it is dead again once it is lost; nothing else brings it to life.
// Method: a vault on real PostgreSQL; a bureau opens its job; readings as keyed and as a chip makes
// them; an entry device tells what the card is good for at every step.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PlasticJob } from '@warifu/protocol/plastic'
import { removeBureau } from './admit-bureau.ts'
import { ask, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { admit, contextOf, cryptogramOf, type Device, send } from './rehearsal-device.ts'
import { carryCard, enrol, must, type Person } from './rehearsal-person.ts'
import {
  activationOf,
  type Bureau,
  chipOf,
  foundBureau,
  keyedOf,
  type Letter,
  openJob,
  orderOf,
  orderPlastic,
  pageFor,
} from './rehearsal-plastic.ts'

let vault: Rehearsal
let person: Person
let bureau: Bureau
let device: Device
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'plastic' })
  person = await enrol(vault)
  bureau = await foundBureau(vault, vault.world)
  device = await admit(vault.world, vault)
})
after(() => vault.close())

type Activation = Awaited<ReturnType<typeof activationOf>>
const say = async (input: Activation) =>
  wordOf(await ask(vault.dispatch, 'activate_plastic', input))
const entered = async (message: ReturnType<typeof send>) =>
  must(vault.dispatch, 'open_entry', { message })

const keyed = ({ pan, expiry, security_code: code }: PlasticJob) =>
  entered(send(device, { pan, expiry, code }))
const swiped = ({ pan, expiry, service_code, discretionary }: PlasticJob) => {
  const track2 = `${pan}=${expiry}${service_code}${discretionary}`
  return entered(send(device, { pan, track2 }, { context: contextOf({ entry: 'swiped' }) }))
}
const inserted = (job: PlasticJob, atc: number) => {
  const chip = cryptogramOf(job, { atc, sequence: job.pan_sequence })
  const context = contextOf({ entry: 'inserted' })
  return entered(send(device, { pan: job.pan, chip }, { context }))
}

async function letter(): Promise<Letter & { readonly card: `crd_${string}` }> {
  const { card } = await carryCard(person)
  return { card, ...(await orderPlastic(person, bureau, card)) }
}
const activate = async ({ plastic, job }: Letter) => {
  const page = await pageFor(person, plastic)
  assert.equal(await say(await activationOf(person, { page, read: keyedOf(job) })), 'ok')
}

test('the job opens for its bureau alone, and holds what was ordered', async () => {
  const { plastic, job } = await letter()
  assert.equal(job.plastic, plastic)
  assert.equal(job.name, 'AIKO MORI')
  assert.deepEqual(job.ship_to.lines, ['京都市中京区 1-2-3'])
  assert.match(job.pan, /^999123[0-9]{10}$/)
  const { card } = await carryCard(person)
  const order = orderOf(person, { card, bureau: bureau.id, plastic: vault.newId('pls') })
  const { sealed } = await must(vault.dispatch, 'make_plastic', order)
  const other = await foundBureau(vault, vault.world)
  assert.throws(() => openJob(other, sealed, order.plastic), /open_failed/)
})

test('keyed, swiped or inserted: a letter that was stolen is good for nothing', async () => {
  const { job } = await letter()
  assert.equal((await keyed(job)).plastic, 'waiting')
  assert.equal((await swiped(job)).plastic, 'waiting')
  assert.equal((await inserted(job, 1)).plastic, 'waiting')
})

test('in its owner’s hand it comes to life, by what is printed on it', async () => {
  const made = await letter()
  await activate(made)
  const { plastic, security_code, expiry } = await keyed(made.job)
  assert.deepEqual([plastic, security_code, expiry], ['active', 'match', 'match'])
  assert.equal((await swiped(made.job)).security_code, 'match')
  assert.deepEqual(
    await inserted(made.job, 1).then(({ plastic, cryptogram }) => [plastic, cryptogram]),
    ['active', 'verified'],
  )
})

test('in its owner’s hand it comes to life, by its chip in a reader', async () => {
  const { plastic, job } = await letter()
  const page = await pageFor(person, plastic)
  const elder = await pageFor(person, plastic, '2027-01-04T23:59:00.000Z')
  const replayed = { page, read: chipOf(job, elder.nonce) }
  assert.equal(await say(await activationOf(person, replayed)), 'plastic_mismatch')
  const again = await pageFor(person, plastic, '2027-01-05T00:00:01.000Z')
  const forged = { ...job, chip_key: '0'.repeat(32) }
  const cloned = { page: again, read: chipOf(forged, again.nonce) }
  assert.equal(await say(await activationOf(person, cloned)), 'plastic_mismatch')
  const last = await pageFor(person, plastic, '2027-01-05T00:00:02.000Z')
  const read = chipOf(job, last.nonce)
  assert.equal(await say(await activationOf(person, { page: last, read })), 'ok')
})

test('an opened page alone activates nothing; three wrong readings end the plastic', async () => {
  const { plastic, job } = await letter()
  const other = (await letter()).job
  const wrong = [
    { read: keyedOf({ ...job, security_code: job.security_code === '000' ? '001' : '000' }) },
    { read: keyedOf(job), result: 'mismatch' as const },
    { read: keyedOf({ ...other, expiry: '2901' }) },
  ]
  const words: string[] = []
  for (const [i, one] of wrong.entries()) {
    const page = await pageFor(person, plastic, `2027-01-05T00:00:0${i}.000Z`)
    words.push(await say(await activationOf(person, { page, ...one })))
  }
  assert.deepEqual(words, ['plastic_mismatch', 'plastic_mismatch', 'plastic_blocked'])
  const page = { plastic, terminal: person.terminal, now: '2027-01-05T00:00:09.000Z' }
  assert.equal(wordOf(await ask(vault.dispatch, 'open_plastic_page', page)), 'plastic_state')
  assert.equal((await keyed(job)).plastic, 'waiting')
})

test('a page serves one answer; a reading made for another page does not fit', async () => {
  const { plastic, job } = await letter()
  const page = await pageFor(person, plastic)
  const inside = (await pageFor(person, plastic, '2027-01-04T23:59:00.000Z')).nonce
  const read = keyedOf(job)
  assert.equal(await say(await activationOf(person, { page, read, inside })), 'plastic_mismatch')
  assert.equal(await say(await activationOf(person, { page, read })), 'page_unknown')
})

test('lost in the post: the next has another code, chip, stripe; the old stays dead', async () => {
  const lost = await letter()
  const { plastic: id, card, job } = lost
  const order = orderOf(person, { card, bureau: bureau.id, plastic: vault.newId('pls') })
  assert.equal(wordOf(await ask(vault.dispatch, 'make_plastic', order)), 'plastic_exists')
  await must(vault.dispatch, 'end_plastic', { plastic: id })
  const next = await orderPlastic(person, bureau, card)
  assert.equal(next.job.pan, job.pan)
  assert.notEqual(next.job.security_code, job.security_code)
  assert.notEqual(next.job.chip_key, job.chip_key)
  assert.notEqual(next.job.discretionary, job.discretionary)
  await activate(next)
  assert.equal((await swiped(job)).plastic, 'waiting', 'the stripe of the lost one')
  assert.equal((await inserted(job, 1)).plastic, 'waiting', 'its chip')
  assert.equal((await keyed(job)).security_code, 'mismatch', 'its code')
  assert.equal((await inserted(next.job, 1)).plastic, 'active')
})

test('a bureau that was removed gets no more jobs', async () => {
  const gone = await foundBureau(vault, vault.world)
  await removeBureau(vault.world, gone.id)
  const { card } = await carryCard(person)
  const order = orderOf(person, { card, bureau: gone.id, plastic: vault.newId('pls') })
  assert.equal(wordOf(await ask(vault.dispatch, 'make_plastic', order)), 'bureau_unknown')
})
