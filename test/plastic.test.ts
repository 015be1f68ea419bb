// Goal: a card's plastic is ordered on the phone, made by a bureau that alone can read its job, and
// lives only once that phone has it in hand; its owner sets the PIN, and lets it in again; thieves
// of the letter, of the page or of another phone get nothing; nobody between vault, bureau and
// phone could read a thing.
// Method: a whole house of real processes with a bureau; requests as the wallet makes them and
// bent; what server, its database and its log hold is searched for the number afterwards.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { operateServer } from '@warifu/cli/operators'
import { createSoftwareTerminal, memoryKeeper } from '@warifu/cli/software-terminal'
import type { Plastic, PlasticOrder } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type Bureau, type Letter, startBureau } from './bureau.ts'
import { askFor, openTill } from './charging.ts'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, peopleOf } from './people.ts'

let house: House
let people: People
let bureau: Bureau
let holder: Holder
before(async () => {
  house = await startHouse()
  bureau = await startBureau(house)
  people = peopleOf(house)
  holder = await people.become('Aiko')
})
after(async () => {
  await bureau?.[Symbol.asyncDispose]()
  await house?.stop()
})

const order: PlasticOrder = {
  name: 'AIKO MORI',
  ship_to: { name: '森 愛子', lines: ['京都市中京区 1-2-3'], country: 'JP' },
}
const code = (expected: string) => (error: unknown) => {
  assert(error instanceof Error && 'code' in error, String(error))
  assert.equal(error.code, expected)
  return true
}

async function arrived({ terminal, card }: Holder, id: Id<'pls'>): Promise<Plastic> {
  for (let patience = 200; patience > 0; patience -= 1) {
    const found = (await terminal.plastics(card)).find((one) => one.id === id)
    if (found?.status === 'delivered') return found
    await sleep(50)
  }
  throw new Error('the letter did not come')
}

async function receive(who: Holder): Promise<{ plastic: Id<'pls'>; letter: Letter }> {
  const { id } = await who.terminal.orderPlastic(who.card, order)
  await arrived(who, id)
  return { plastic: id, letter: await bureau.letter(id) }
}

const keyedOf = ({ expiry, security_code }: Letter) =>
  ({ kind: 'keyed', expiry, security_code }) as const

test('ordered, made, in the post, at the door; then alive by its own phone', async () => {
  const { terminal, card } = holder
  const { plastic, letter } = await receive(holder)
  const found = await arrived(holder, plastic)
  assert.deepEqual(
    found.history.map(({ to, by }) => [to, by]),
    [
      ['ordered', 'cardholder'],
      ['accepted', 'bureau'],
      ['produced', 'bureau'],
      ['shipped', 'bureau'],
      ['delivered', 'bureau'],
    ],
  )
  assert.match(found.tracking ?? '', /^WR[0-9A-Z]+JP$/)
  const [installed] = (await terminal.state()).cards
  assert.equal(letter.pan.slice(-4), installed?.last4)
  assert(letter.picture.includes(letter.pan.replace(/(.{4})(?=.)/g, '$1 ')), 'drawn on the front')
  assert(letter.picture.includes('AIKO MORI') && letter.picture.includes(letter.security_code))
  const shown = await fetch(`${bureau.url}/${plastic}.svg`)
  assert.equal(await shown.text(), letter.picture)

  await assert.rejects(terminal.orderPlastic(card, order), code('plastic_exists'))
  const page = await terminal.openPlasticPage(plastic)
  assert.equal((await terminal.plastics(card))[0]?.status, 'delivered', 'a page activates nothing')
  const active = await terminal.activatePlastic({ page, read: keyedOf(letter) })
  assert.equal(active.status, 'active')
  const notices = (await terminal.notices()).filter(({ subject }) => subject === plastic)
  assert.equal(notices.length, 6)
})

test('a thief with the letter, the page and a passkey of their own: nothing lives', async () => {
  const card = await people.takeCard(holder.terminal)
  const victim = { ...holder, card }
  const { plastic, letter } = await receive(victim)
  const thief = await people.become('Mallory')
  await assert.rejects(thief.terminal.openPlasticPage(plastic), code('not_found'))
  const page = await victim.terminal.openPlasticPage(plastic)
  const stolen = { page, read: keyedOf(letter) }
  await assert.rejects(thief.terminal.activatePlastic(stolen), code('not_found'))
  const wrong = { ...letter, security_code: letter.security_code === '000' ? '001' : '000' }
  const guessed = { page, read: keyedOf(wrong) }
  await assert.rejects(victim.terminal.activatePlastic(guessed), code('plastic_mismatch'))
  await assert.rejects(victim.terminal.activatePlastic(stolen), code('page_unknown'))
  const own = await victim.terminal.openPlasticPage(plastic)
  const body = await victim.terminal.activationBody({ page: own, read: keyedOf(letter) })
  const bent = { ...body, statement: { ...body.statement, result: 'mismatch' as const } }
  const request = await victim.terminal.prepare('activatePlastic', {
    params: { id: plastic },
    body: bent,
  })
  assert.equal((await victim.terminal.send(request)).status, 422)
  assert.equal((await victim.terminal.plastics(card))[0]?.status, 'delivered')
})

test('another phone of the same person: nothing is activated there', async () => {
  const { keeper, owner } = await twoPhones()
  const { plastic, letter } = await receive(owner)
  const page = await owner.terminal.openPlasticPage(plastic)
  const other = await secondPhone(owner, keeper)
  await assert.rejects(other.openPlasticPage(plastic), code('plastic_elsewhere'))
  const inHand = { page, read: keyedOf(letter) }
  await assert.rejects(other.activatePlastic(inHand), code('plastic_elsewhere'))
  assert.equal((await owner.terminal.plastics(owner.card))[0]?.status, 'delivered')
  // Its page was not used up: the phone that applied activates with it.
  assert.equal((await owner.terminal.activatePlastic(inHand)).status, 'active')
})

/** Somebody whose passkey is on two phones; the second one is not let in yet. */
async function twoPhones() {
  const keeper = memoryKeeper()
  const terminal = createSoftwareTerminal({ ...people.api, origin: house.walletOrigin, keeper })
  await terminal.join('Ren')
  await terminal.enrol()
  return { keeper, owner: { terminal, card: await people.takeCard(terminal) } }
}

async function secondPhone(owner: Holder, keeper: ReturnType<typeof memoryKeeper>) {
  const other = createSoftwareTerminal({ ...people.api, origin: house.walletOrigin, keeper })
  await other.logIn()
  await other.enrol()
  await other.startArrival('second', 'approval')
  const [question] = await owner.terminal.questions()
  assert(question)
  await owner.terminal.received(question)
  await owner.terminal.answer(question, 'approve')
  assert.equal((await other.arrival()).status, 'done')
  return other
}

test('a bureau that cannot make one, or whose post loses it, says so: it is dead', async () => {
  const card = await people.takeCard(holder.terminal)
  const owner = { ...holder, card }
  const { plastic, letter } = await receive(owner)
  const page = await owner.terminal.openPlasticPage(plastic)
  const { say } = bureau
  await assert.rejects(say(plastic, { status: 'rejected' }), code('plastic_state'))
  const lost = await say(plastic, { status: 'lost', reason: 'returned by the post' })
  assert.equal(lost.status, 'lost')
  const stale = { page, read: keyedOf(letter) }
  await assert.rejects(owner.terminal.activatePlastic(stale), code('plastic_state'))
  await assert.rejects(say(plastic, { status: 'delivered' }), code('plastic_state'))

  const next = await bureau.paused(async () => {
    const ordered = await owner.terminal.orderPlastic(card, order)
    const refused = await say(ordered.id, { status: 'rejected', reason: 'no plastic left' })
    assert.equal(refused.status, 'rejected')
    assert.equal((await say(ordered.id, { status: 'rejected' })).status, 'rejected', 'once')
    return ordered
  })
  const [shown, before] = await owner.terminal.plastics(card)
  assert.deepEqual(
    [shown, before].map((one) => one?.history.at(-1)).map((last) => [last?.to, last?.reason]),
    [
      ['rejected', 'no plastic left'],
      ['lost', 'returned by the post'],
    ],
  )
  const notices = (await owner.terminal.notices()).filter(({ subject }) => subject === next.id)
  assert.equal(notices.length, 2)
  // Neither stands in the way of another one.
  const { plastic: third } = await receive(owner)
  await seenByPlatform(card, [third, next.id, plastic])
})

/** The same jobs, newest first and page by page, as the platform's people read them. */
async function seenByPlatform(card: Id<'crd'>, expected: readonly Id<'pls'>[]) {
  const added = await operateServer(house.serverDatabase.url, ['add', 'Looker', 'operator'])
  const headers = { authorization: `Bearer ${JSON.parse(added).token}` }
  const find = (query: object) =>
    callApi(people.api, 'findPlastics', { headers, query: { card, ...query } })
  const first = await find({ limit: 2 })
  const rest = await find({ limit: 2, starting_after: first.next_cursor ?? '' })
  assert.deepEqual([first.has_more, rest.has_more], [true, false])
  const jobs = [...first.data, ...rest.data]
  assert.deepEqual(
    jobs.map(({ id, status, reason }) => [id, status, reason]),
    [
      [expected[0], 'delivered', 'delivered'],
      [expected[1], 'rejected', 'no plastic left'],
      [expected[2], 'lost', 'returned by the post'],
    ],
  )
  assert.equal(jobs[0]?.cardholder.name, null, 'names are the issuer’s and the auditor’s')
  assert.deepEqual(
    (await find({ status: 'rejected' })).data.map(({ id }) => id),
    [expected[1]],
  )
  const params = { id: expected[2] ?? assert.fail() }
  const { history } = await callApi(people.api, 'readPlastic', { headers, params })
  assert.equal(history.at(-1)?.to, 'lost')
  const { data } = await callApi(people.api, 'findBureaus', { headers })
  assert.equal(data.length, 1)
  assert.equal(data[0]?.jobs.failed, 2)
  assert.ok((data[0]?.jobs.arrived ?? 0) >= 3)
}

test('lost in the post: dead at once, and the next one comes with another code', async () => {
  const card = await people.takeCard(holder.terminal)
  const owner = { ...holder, card }
  const { plastic, letter } = await receive(owner)
  const lost = await owner.terminal.losePlastic(plastic, 'lost_in_post')
  assert.equal(lost.status, 'lost')
  assert.equal(lost.history.at(-1)?.reason, 'lost_in_post')
  await assert.rejects(owner.terminal.openPlasticPage(plastic), code('plastic_state'))
  const next = await receive(owner)
  assert.notEqual(next.letter.security_code, letter.security_code)
  const page = await owner.terminal.openPlasticPage(next.plastic)
  await assert.rejects(
    owner.terminal.activatePlastic({ page, read: keyedOf(letter) }),
    code('plastic_mismatch'),
    'the old letter’s code',
  )
  const again = await owner.terminal.openPlasticPage(next.plastic)
  const read = keyedOf(next.letter)
  assert.equal((await owner.terminal.activatePlastic({ page: again, read })).status, 'active')
})

test('the phone that holds its card compares for itself, and says so', async () => {
  const { terminal } = holder
  const card = await people.takeCard(terminal, 'terminal_sealed')
  const owner = { terminal, card }
  const { plastic, letter } = await receive(owner)
  const page = await terminal.openPlasticPage(plastic)
  const found = await terminal.activationBody({ page, read: keyedOf(letter) })
  assert.equal(found.statement.result, 'match')
  const other = { ...keyedOf(letter), expiry: '2901' }
  const wrong = await terminal.activationBody({ page, read: other })
  assert.equal(wrong.statement.result, 'mismatch')
  const active = await terminal.activatePlastic({ page, read: keyedOf(letter) })
  assert.equal(active.status, 'active')
})

test('a bureau without the key, or with a used counter, is nobody', async () => {
  const jobs = `${house.url}/v1/bureau/jobs`
  assert.equal((await fetch(jobs)).status, 401)
  assert.equal((await fetch(jobs, { headers: { 'warifu-bureau': 'bur_x' } })).status, 401)
})

test('a PIN is set, changed and refused where it is weak; every change is told', async () => {
  const { terminal, card } = holder
  assert.equal((await terminal.pin(card)).status, 'unset')
  assert.deepEqual((await terminal.setPin(card, '4827')).tries_left, 3)
  await assert.rejects(terminal.setPin(card, '1234'), code('pin_sequence'))
  await assert.rejects(terminal.setPin(card, '4827'), code('pin_unchanged'))
  assert.equal((await terminal.setPin(card, '735091')).status, 'set')
  await assert.rejects(terminal.startUnblock(card), code('pin_not_blocked'))
  const types = (await terminal.notices()).map(({ type }) => type)
  assert.equal(types.filter((type) => type === 'card.pin_changed').length, 2)
})

test('three misses block the PIN; a passkey and a code open it again', async () => {
  const { terminal, card } = holder
  const miss = await pinGuesser(holder)
  const blocked = async () => {
    for (const left of [2, 1, 0]) {
      await miss()
      assert.equal((await terminal.pin(card)).tries_left, left)
    }
    assert.equal((await terminal.pin(card)).status, 'blocked')
  }
  await blocked()
  await assert.rejects(terminal.setPin(card, '9031'), code('pin_blocked'))
  const { unblocking } = await terminal.startUnblock(card)
  assert(unblocking?.channel === 'sms')
  const sms = await texted()
  const { verification } = unblocking
  const wrong = { card, verification, code: sms === '00000000' ? '11111111' : '00000000' }
  await assert.rejects(terminal.unblockPin(wrong), code('code_wrong'))
  const thief = await people.become('Mallory')
  await assert.rejects(
    thief.terminal.unblockPin({ card, verification, code: sms }),
    code('not_found'),
  )
  assert.equal((await terminal.pin(card)).status, 'blocked')
  const open = await terminal.unblockPin({ card, verification, code: sms })
  assert.deepEqual([open.status, open.tries_left], ['set', 3])

  await blocked()
  const again = { card, verification, code: sms }
  await assert.rejects(terminal.unblockPin(again), code('code_exhausted'), 'it serves once')
  const added = await operateServer(house.serverDatabase.url, ['add', 'Counter', 'operator'])
  const headers = { authorization: `Bearer ${JSON.parse(added).token}` }
  const handed = await callApi(people.api, 'createPinCode', { params: { id: card }, headers })
  assert.equal(handed.channel, 'operator')
  const given = { card, verification: handed.verification, code: handed.code }
  const other = { ...given, code: handed.code === '00000000' ? '11111111' : '00000000' }
  await assert.rejects(terminal.unblockPin(other), code('code_wrong'))
  const whole = await terminal.unblockPin(given)
  assert.deepEqual([whole.status, whole.tries_left], ['set', 3])
  assert.equal((await terminal.setPin(card, '9031')).status, 'set')
  const types = (await terminal.notices()).map(({ type }) => type)
  assert.equal(types.filter((type) => type === 'card.pin_unblocked').length, 2)
})

/** Tries a wrong PIN at a till's entry device, with the plastic in hand. */
async function pinGuesser({ terminal, card }: Holder): Promise<() => Promise<void>> {
  const till = await openTill(house, people)
  const plastic = (await terminal.plastics(card)).find(({ status }) => status === 'active')
  assert(plastic)
  const { pan, expiry, security_code } = await bureau.letter(plastic.id)
  const guess = { pan, expiry, code: security_code, pin: '0000' }
  return async () => {
    const ask = askFor()
    const message = till.message(guess, ask)
    const { status } = await till.charge({ kind: 'entry_device', message }, ask)
    assert.equal(status, 'declined')
  }
}

async function texted(): Promise<string> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const { data } = await callApi(people.api, 'listInbox', { query: { limit: 5 } })
    const found = data.map(({ text }) => /([0-9]{8}) lets your PIN in/.exec(text)?.[1])
    const [first] = found.filter((one) => one !== undefined)
    if (first !== undefined) return first
    await sleep(50)
  }
  throw new Error('no code in the inbox')
}

test('neither server nor its database nor any log has number, code or PIN', async () => {
  const letters = await Promise.all(
    (await holder.terminal.plastics(holder.card)).map(({ id }) => bureau.letter(id)),
  )
  const [{ pan } = { pan: '' }] = letters
  assert.match(pan, /^[0-9]{16}$/)
  const needles = [pan, Buffer.from(pan).toString('hex'), '735091']
  const sql = postgres(house.serverDatabase.url, { max: 1, onnotice: () => {} })
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema', 'migrations')`
  for (const { name } of tables) {
    const rows = await sql.unsafe(`select t::text as line from ${name} t`).catch(() => [])
    const text = rows.map(({ line }) => line).join('\n')
    for (const needle of needles) assert(!text.includes(needle), `${name} has ${needle.slice(-4)}`)
  }
  await sql.end()
  for (const process of ['server', 'vault'] as const)
    for (const needle of needles) assert(!(await house.logs(process)).includes(needle), process)
})
