// Goal: a new phone takes the place of the old one at the old one's word; without the old one, by
// two proofs and a waiting time, at a low limit, and the old one can call it back all the while;
// what the old one pays afterwards fails and says why. A synced passkey alone is worth nothing.
// Method: a whole house of real processes, with waiting times of seconds; phones that share one
// passkey, as a synced one does.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { operateServer } from '@warifu/cli/operators'
import { createSoftwareTerminal, memoryKeeper } from '@warifu/cli/software-terminal'
import type { Terminal } from '@warifu/devices/terminal'
import type { Arrival } from '@warifu/protocol/arrival-contract'
import type { Body } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import { callApi, readAnswer } from '@warifu/sdk/api-call'
import { ownRuntime } from '@warifu/sdk/runtime'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let token: string
before(async () => {
  house = await startHouse({
    env: {
      vault: { VAULT_RECOVERY_WAIT_S: '1' },
      server: { RECOVERY_WAIT_S: '1', RECOVERY_LIMITED_S: '4', RECOVERY_LIMIT: '1000' },
    },
  })
  people = peopleOf(house)
  const added = await operateServer(house.serverDatabase.url, ['add', 'Counter', 'operator'])
  token = JSON.parse(added).token
})
after(() => house?.stop())

const code = (expected: string) => (error: unknown) => {
  assert(error instanceof Error && 'code' in error, String(error))
  assert.equal(error.code, expected)
  return true
}

type Owner = Holder & { readonly another: () => Promise<Terminal> }

/** Somebody with a card on a phone, and with a passkey that every phone of theirs has. */
async function owner(scheme?: Scheme, language = 'en'): Promise<Owner> {
  const keeper = memoryKeeper()
  const speaking: typeof people.api.fetch = (url, init) =>
    fetch(url, { ...init, headers: { ...Object(init.headers), 'accept-language': language } })
  const own = { ...people.api, fetch: speaking, origin: house.walletOrigin, keeper }
  const terminal = createSoftwareTerminal(own)
  await terminal.join('Aiko')
  await terminal.enrol()
  const card = await people.takeCard(terminal, scheme)
  const another = async () => {
    const phone = createSoftwareTerminal(own)
    await phone.logIn()
    const { status } = await phone.enrol()
    assert.equal(status, 'waiting')
    return phone
  }
  return { terminal, card, another }
}

const paidBy = async (who: Holder, amount = 500): Promise<string> => {
  const { link } = await people.ask({ amount })
  return pay(who, link).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'fault'),
  )
}

async function untilStatus(phone: Terminal, status: Arrival['status']): Promise<Arrival> {
  for (let patience = 200; patience > 0; patience -= 1) {
    const found = await phone.arrival()
    if (found.status === status) return found
    await sleep(50)
  }
  throw new Error(`never ${status}: ${(await phone.arrival()).status}`)
}

async function sayYes({ terminal }: Holder, said: 'approve' | 'deny' = 'approve') {
  const [question] = await terminal.questions()
  assert(question?.content.subject.kind === 'terminal')
  await terminal.received(question)
  return terminal.answer(question, said)
}

test('a new phone: the old one says yes, the card moves, the old one is told why not', async () => {
  const old = await owner()
  const phone = await old.another()
  await assert.rejects(phone.cards(), code('terminal_not_active'))
  await phone.startArrival('replace', 'approval')
  await sayYes(old)
  await untilStatus(phone, 'done')
  const [card] = await phone.pullMoved()
  assert.deepEqual([card?.id, card?.status], [old.card, 'active'])
  assert.equal(await paidBy({ terminal: phone, card: old.card }), 'authorized')
  assert.equal(await paidBy(old), 'terminal_replaced')
})

for (const scheme of ['payment_key', 'activation_number', 'server_sealed'] as const)
  test(`a card of ${scheme} moves: the new phone pays, the old one is told why not`, async () => {
    const old = await owner(scheme)
    assert.equal(await paidBy(old), 'authorized')
    const phone = await old.another()
    await phone.startArrival('replace', 'approval')
    await sayYes(old)
    await untilStatus(phone, 'done')
    await phone.pullMoved()
    const [card] = (await phone.state()).cards
    assert.deepEqual([card?.card, card?.scheme], [old.card, scheme])
    assert.equal(await paidBy({ terminal: phone, card: old.card }), 'authorized')
    assert.equal(await paidBy(old), 'terminal_replaced')
  })

test('the old phone says no: nothing changes, and nobody is in', async () => {
  const old = await owner()
  const phone = await old.another()
  await phone.startArrival('replace', 'approval')
  await sayYes(old, 'deny')
  assert.equal((await phone.arrival()).status, 'denied')
  await assert.rejects(phone.cards(), code('terminal_not_active'))
  assert.equal(await paidBy(old), 'authorized')
})

test('a second phone: both are in, each with its own cards', async () => {
  const old = await owner()
  const phone = await old.another()
  await phone.startArrival('second', 'approval')
  await sayYes(old)
  await untilStatus(phone, 'done')
  assert.deepEqual(await phone.pullMoved(), [])
  assert.equal(await paidBy(old), 'authorized')
  const card = await people.takeCard(phone)
  assert.equal(await paidBy({ terminal: phone, card }), 'authorized')
})

/** Codes that left for this person’s number, and one from an operator’s hand. */
async function prove(phone: Terminal, method: 'phone' | 'operator'): Promise<Arrival> {
  const { terminal } = await phone.state()
  assert(terminal)
  return phone.answerArrivalCode({ method, code: await codeFor(phone, terminal, method) })
}

async function codeFor(phone: Terminal, id: Id<'trm'>, method: 'phone' | 'operator') {
  const headers = { authorization: `Bearer ${token}` }
  if (method === 'operator')
    return (await callApi(people.api, 'createArrivalCode', { params: { id }, headers })).code
  await phone.sendArrivalCode('phone')
  for (let patience = 100; patience > 0; patience -= 1) {
    const { data } = await callApi(people.api, 'listInbox', { query: { limit: 5 } })
    const found = data.map(({ text }) => /([0-9]{8}) lets a NEW PHONE in/.exec(text)?.[1])
    const [first] = found.filter((one) => one !== undefined)
    if (first !== undefined) return first
    await sleep(50)
  }
  throw new Error('no code in the inbox')
}

test('a thief with the synced passkey, without phone and proofs: nothing', async () => {
  const old = await owner()
  const phone = await old.another()
  const stolen = { terminal: phone, card: old.card }
  assert.equal(await paidBy(stolen), 'terminal_not_active')
  await phone.startArrival('replace', 'recovery')
  await assert.rejects(
    phone.answerArrivalCode({ method: 'phone', code: '00000000' }),
    code('code_expired'),
  )
  const half = await prove(phone, 'phone')
  assert.deepEqual([half.status, half.proved], ['proving', ['phone']])
  await sleep(1500)
  assert.equal((await phone.arrival()).status, 'proving', 'one proof is none')
  assert.equal(await paidBy(stolen), 'terminal_not_active')
  const [seen] = await old.terminal.arrivals()
  assert.equal(seen?.status, 'proving', 'and the owner sees it')
  const { data } = await callApi(people.api, 'listInbox', { query: { limit: 10 } })
  assert(
    data.some(({ text }) => text.includes('a new phone asks')),
    'by SMS too',
  )
})

test('a lost phone: two proofs, a low limit, then all; the old one ends at once', async () => {
  const old = await owner()
  const phone = await old.another()
  await phone.startArrival('replace', 'recovery')
  await prove(phone, 'phone')
  assert.equal((await prove(phone, 'operator')).status, 'waiting')
  assert.equal(await paidBy(old), 'authorized', 'until then the old one pays')
  await untilStatus(phone, 'limited')
  assert.equal(await paidBy(old), 'terminal_replaced')
  await phone.pullMoved()
  const here = { terminal: phone, card: old.card }
  assert.equal(await paidBy(here, 1200), 'limit_exceeded')
  assert.equal(await paidBy(here, 300), 'authorized')
  await untilStatus(phone, 'done')
  assert.equal(await paidBy(here, 1200), 'authorized')
})

test('the old phone calls it back, even after its place was taken; its cards pay', async () => {
  const old = await owner()
  const phone = await old.another()
  await phone.startArrival('replace', 'recovery')
  await prove(phone, 'phone')
  await prove(phone, 'operator')
  await untilStatus(phone, 'limited')
  await phone.pullMoved()
  assert.equal(await paidBy(old), 'terminal_replaced')
  const { terminal: id } = await phone.state()
  assert(id)
  assert.equal((await old.terminal.cancelArrival(id)).status, 'cancelled')
  assert.equal(await paidBy(old, 1200), 'authorized')
  assert.equal(await paidBy({ terminal: phone, card: old.card }), 'terminal_removed')
  assert.equal((await old.terminal.cancelArrival(id)).status, 'cancelled', 'twice is once')
})

/** A second phone beside the first, with a card of its own. */
async function twoPhones(language?: string) {
  const old = await owner(undefined, language)
  const phone = await old.another()
  await phone.startArrival('second', 'approval')
  await sayYes(old)
  await untilStatus(phone, 'done')
  const { terminal: id } = await phone.state()
  assert(id)
  return { old, phone, id, card: await people.takeCard(phone) }
}

/** Listens until that is refused. */
async function untilCut(phone: Terminal): Promise<void> {
  const following = phone.followNotices({ ...ownRuntime, signal: AbortSignal.timeout(60_000) })
  for await (const _ of following);
}

test('phones: each is listed with its cards; one ends another and takes its cards', async () => {
  const { old, phone, id, card } = await twoPhones('ja')
  const listed = await old.terminal.phones()
  assert.deepEqual(
    listed.map(({ current, cards }) => [current, cards]),
    [
      [false, [card]],
      [true, [old.card]],
    ],
  )
  assert(listed.every(({ last_used_at }) => last_used_at !== null))
  const cut = untilCut(phone)
  const own = await old.terminal.removePhone(id)
  assert.deepEqual([own.current, own.coming], [true, [card]])
  assert.equal(await paidBy({ terminal: phone, card }), 'terminal_removed')
  await assert.rejects(phone.cards(), code('terminal_removed'))
  await assert.rejects(cut, code('terminal_removed'))
  await old.terminal.pullComing()
  assert.equal(await paidBy({ terminal: old.terminal, card }), 'authorized')
  assert.deepEqual(
    (await old.terminal.phones()).map(({ current, cards, coming }) => [current, cards, coming]),
    [[true, [old.card, card].sort(), []]],
  )
  const told = (await old.terminal.notices()).find(({ type }) => type === 'terminal.removed')
  const { terminal: by } = await old.terminal.state()
  assert.deepEqual([told?.subject, told?.data], [id, { by }])
  const { data } = await callApi(people.api, 'listInbox', { query: { limit: 5 } })
  assert(
    data.some(({ text }) => text.includes('別の端末から削除されました')),
    'and by SMS',
  )
})

test('no phone ends a stranger’s, itself, one twice, or any without the passkey', async () => {
  const { old, phone, id } = await twoPhones()
  const other = await owner()
  const { terminal: by } = await old.terminal.state()
  assert(by)
  await assert.rejects(other.terminal.removePhone(id), code('not_found'))
  await assert.rejects(old.terminal.removePhone(by), code('not_found'))
  const statement = { act: 'remove_terminal', terminal: id, by } as const
  const send = async (assertion: unknown) => {
    const body = { statement, assertion } as Body<'removeTerminal'>
    const request = await old.terminal.prepare('removeTerminal', { params: { id }, body })
    return readAnswer('removeTerminal', await old.terminal.send(request))
  }
  await assert.rejects(send(undefined), code('field_invalid'))
  const theirs = await other.terminal.vouchFor(statement)
  const ofElse = await old.terminal.vouchFor({ ...statement, by: id })
  await assert.rejects(send(theirs), code('passkey_invalid'))
  await assert.rejects(send(ofElse), code('passkey_invalid'))
  assert.equal((await phone.cards()).length, 2, 'it is as it was')
  await old.terminal.removePhone(id)
  await assert.rejects(old.terminal.removePhone(id), code('terminal_removed'))
})
