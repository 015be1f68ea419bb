// Goal: a person pays with the card in their SIM: written by the vault through processes that see
// ciphertext, read by a bridge of its own, opened in the vault; and each way it can fail has its
// own name, moves no money and leaves the payment to be tried again.
// Method: a whole house of processes, the bridge one of them, the SIM's state machine in it.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newIccid } from '@warifu/cli/iccid'
import { createKeeper } from '@warifu/cli/keeper'
import { operateServer } from '@warifu/cli/operators'
import { operateVault } from '@warifu/cli/programs'
import { type RunningBridge, startBridge } from '@warifu/cli/sim-bridges'
import { type Admitted, admitSim, personaliseSim, pressSim, type SimMaker } from '@warifu/cli/sims'
import { memoryKeeper, softwareNeeds } from '@warifu/cli/software-terminal'
import { simulatedSlot } from '@warifu/devices/sim-card'
import {
  type BridgeLine,
  callBridge,
  claim,
  createTerminal,
  linkSim,
  pairBridge,
  presentSim,
  type Sim,
  showSim,
  type TerminalNeeds,
  writeSimDigits,
} from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { createCapture } from './capture.ts'
import { type House, startHouse } from './house.ts'
import { type People, peopleOf } from './people.ts'
import { compareWith } from './xray-compare.ts'

const codes = { pin: '2580', puk: '12345678' }
const CARD_PIN = '4719'
const NEW_PIN = '836205'
let house: House
let people: People
let maker: SimMaker
let needs: TerminalNeeds
let card: Id<'crd'>
let admitted: Admitted
let bridge: RunningBridge
let line: BridgeLine
let sim: Sim
const processes = createKeeper()
/** Its passkey is synced: the person has it on each of their phones. */
const keeper = memoryKeeper()

before(async () => {
  house = await startHouse({ relays: ['client', 'vault'] })
  people = peopleOf(house)
  const added = await operateServer(house.serverDatabase.url, ['add', 'SIM maker', 'issuer'])
  const { token } = JSON.parse(added)
  maker = { api: people.api, token, vault: house.operator, folder: house.folder }
  needs = softwareNeeds({ ...people.api, origin: house.walletOrigin, keeper })
  const terminal = createTerminal(needs)
  await terminal.join('Aiko')
  await terminal.enrol()
  card = await people.takeCard(terminal)
  const pinFile = join(house.folder, 'pin')
  await writeFile(pinFile, CARD_PIN, { mode: 0o600 })
  const out = join(house.folder, 'plastic')
  await operateVault(house.operator, [
    'personalise-card',
    '--card',
    card,
    '--pin-file',
    pinFile,
    '--out',
    out,
  ])
  admitted = await admitSim(maker, { iccid: newIccid(), card })
  pressSim(fileOf(admitted), admitted, codes)
  const slot = simulatedSlot(fileOf(admitted))
  const { commands } = await personaliseSim(maker, slot, admitted, [card])
  await slot.close()
  assert.ok(commands > 10)
  bridge = await startBridge({ folder: house.folder, keeper: processes }, where(admitted))
  const pairing = pairBridge(needs, bridge.line)
  await bridge.answer()
  line = await pairing
  const linking = linkSim(needs, line)
  await bridge.answer(codes.pin)
  sim = await linking
})
after(async () => {
  await bridge?.stop()
  await house?.stop()
  processes.close()
})

const fileOf = ({ sim: id }: Admitted) => join(house.folder, id)
const where = (one: Admitted) => ({
  walletOrigin: house.walletOrigin,
  card: { memoryFile: fileOf(one) },
})
const byDefault = { choice: { default: true as const }, verifyUser: true }
const pay = async (link: string, own: Partial<Parameters<typeof presentSim>[3]> = {}) =>
  presentSim(needs, line, await claim(needs, link, 'sim'), { sim: sim.id, ...byDefault, ...own })

test('the SIM is its owner’s, linked, with its card', async () => {
  assert.equal(sim.status, 'personalised')
  assert.equal(sim.linked, true)
  assert.equal(sim.iccid_last4, admitted.iccid.slice(-4))
  assert.deepEqual(sim.cards, [{ number: 1, card, selector: 1 }])
  const listed = await createTerminal(needs).cards()
  assert.equal(listed.length, 1)
  const headers = { authorization: `Bearer ${maker.token}` }
  const { data } = await callApi(people.api, 'findSims', { headers, query: { status: sim.status } })
  const [seen] = data
  assert.deepEqual([data.length, seen?.id, seen?.cardholder.name], [1, sim.id, 'Aiko'])
  assert.deepEqual(seen?.cards, [{ number: 1, card, last4: listed[0]?.last4 }])
  assert.equal(seen?.phones.length, 1)
  const read = await callApi(people.api, 'readSim', { headers, params: { id: sim.id } })
  assert.deepEqual(read, seen)
})

test('its X-ray is what crossed: the bridge’s line, the server’s, the vault’s', async () => {
  await using stack = new AsyncDisposableStack()
  const database = postgres(house.serverDatabase.url, { max: 1, onnotice: () => {} })
  stack.defer(() => database.end())
  const capture = createCapture()
  const counted: BridgeLine = {
    ...line,
    fetch: async (...asked) => {
      capture.note('terminal>sim')
      const answer = await line.fetch(...asked)
      capture.note('sim>terminal')
      return answer
    },
  }
  house.relay('vault').hook(capture.vault)
  house.relay('client').hook(capture.client)
  capture.begin()
  const { id, link } = await people.ask({ amount: 900 })
  const claimed = await claim(needs, link, 'sim')
  await presentSim(needs, counted, claimed, { sim: sim.id, ...byDefault })
  const arrows = await compareWith({ database, people, capture }, id, 'sim')
  for (const relay of ['vault', 'client'] as const) house.relay(relay).hook()
  const sealed = arrows.flatMap(({ to, chips }) =>
    to === 'vault' ? chips.filter(({ kind }) => kind === 'sealed') : [],
  )
  assert.equal(sealed.length, 1, 'one record, opened by the vault alone')
})

test('one press pays, below the amount for digits; the shop sees an ordinary card', async () => {
  const { id, link } = await people.ask({ amount: 900 })
  const presented = await pay(link)
  assert.equal(presented.status, 'authorized')
  assert.match(presented.approval, /^apr_/)
  const shown = await people.show(id)
  assert.equal(shown.presentment, 'sim')
  assert.equal(shown.card?.last4.length, 4)
})

test('two PIN digits travel only when the company asks for them', async () => {
  const { id, link } = await people.ask({ amount: 12_000 })
  const claimed = await claim(needs, link, 'sim')
  const how = { sim: sim.id, ...byDefault }
  const first = await showSim(needs, line, claimed, { ...how, withDigits: false })
  assert.deepEqual([first.status, first.next_action?.kind], ['requires_action', 'pin_digits'])
  assert.equal((await people.show(id)).next_action?.kind, 'pin_digits')
  const second = await showSim(needs, line, claimed, { ...how, withDigits: true })
  assert.equal(second.status, 'authorized')
})

test('a PIN change rewrites the SIM’s digits; until then they are wrong, and counted', async () => {
  await createTerminal(needs).setPin(card, NEW_PIN)
  const { id, link } = await people.ask({ amount: 15_000 })
  await assert.rejects(pay(link), { code: 'pin_digits_wrong' })
  assert.equal((await people.show(id)).status, 'requires_action', 'it may be tried again')
  const written = { sim, card, digits: NEW_PIN.slice(0, 2) }
  const another = { ...sim, iccid_last4: 'none' }
  await assert.rejects(writeSimDigits(line, { ...written, sim: another }), { code: 'sim_foreign' })
  await writeSimDigits(line, written)
  assert.equal((await pay(link)).status, 'authorized')
})

test('read for one payment, of no use for another; an altered amount is nobody’s yes', async () => {
  const [one, other] = [await people.ask({ amount: 700 }), await people.ask({ amount: 700 })]
  const first = await claim(needs, one.link, 'sim')
  const second = await claim(needs, other.link, 'sim')
  const read = await callBridge(line, 'pay', {
    sim: sim.id,
    content: { ...first.content, presentment: 'sim' },
    choice: { default: true },
    with_digits: false,
  })
  const kind = 'sim' as const
  const terminal = createTerminal(needs)
  const present = async (payment: Id<'pay'>, body: object) => {
    const request = await terminal.prepare('presentCard', {
      params: { id: payment },
      // What a thief sends need not fit the types.
      body: body as never,
    })
    return JSON.parse((await terminal.send(request)).text).error?.code
  }
  const { statement, ...rest } = read
  const moved = { ...statement, content: { ...second.content, presentment: kind } }
  assert.equal(
    await present(first.payment, { kind, statement, ...rest }),
    'user_verification_required',
  )
  assert.equal(await present(second.payment, { kind, statement: moved, ...rest }), 'sim_replayed')
  const cheaper = { ...statement, content: { ...statement.content, amount: 1 } }
  assert.equal(await present(first.payment, { kind, statement: cheaper, ...rest }), 'sim_replayed')
  assert.equal((await people.show(one.id)).status, 'requires_action')
  assert.equal((await people.show(other.id)).status, 'requires_action')
})

test('the same card’s record in another SIM, in the same bridge: that SIM is another', async () => {
  const other = await admitSim(maker, { iccid: newIccid(), card })
  pressSim(fileOf(other), other, codes)
  const slot = simulatedSlot(fileOf(other))
  await personaliseSim(maker, slot, other, [card])
  await slot.close()
  const port = Number(new URL(bridge.url).port)
  await bridge.stop()
  const swapped = await startBridge({ folder: house.folder, keeper: processes, port }, where(other))
  try {
    const { link } = await people.ask({ amount: 800 })
    const paying = pay(link)
    await swapped.answer(codes.pin)
    await assert.rejects(paying, { code: 'sim_other' })
  } finally {
    await swapped.stop()
    bridge = await startBridge({ folder: house.folder, keeper: processes, port }, where(admitted))
  }
})

test('a bridge that this terminal has not linked is nobody', async () => {
  const strange = await startBridge({ folder: house.folder, keeper: processes }, where(admitted))
  try {
    const pairing = pairBridge(needs, strange.line)
    await strange.answer()
    const there = await pairing
    const { link } = await people.ask({ amount: 800 })
    const claimed = await claim(needs, link, 'sim')
    const paying = presentSim(needs, there, claimed, { sim: sim.id, ...byDefault })
    await strange.answer(codes.pin)
    await assert.rejects(paying, { code: 'bridge_invalid' })
  } finally {
    await strange.stop()
  }
})

test('a new phone with the old SIM: in at once, the card moves, the old phone’s dies', async () => {
  const phone = softwareNeeds({ ...people.api, origin: house.walletOrigin, keeper })
  const terminal = createTerminal(phone)
  await terminal.logIn()
  assert.equal((await terminal.enrol()).status, 'waiting')
  const pairing = pairBridge(phone, bridge.line)
  await bridge.answer()
  const there = await pairing
  const linking = linkSim(phone, there, card)
  await bridge.answer(codes.pin)
  const moved = await linking
  assert.equal(moved.linked, true)
  const old = createTerminal(needs)
  const { link } = await people.ask({ amount: 700 })
  const claimed = await old.claim(link)
  await assert.rejects(old.present(claimed, card, { verifyUser: true }), { code: 'card_moved' })
  const next = await people.ask({ amount: 700 })
  const paid = await presentSim(phone, there, await claim(phone, next.link, 'sim'), {
    sim: sim.id,
    ...byDefault,
  })
  assert.equal(paid.status, 'authorized')
})

test('a SIM that its owner removed pays no more', async () => {
  const terminal = createTerminal(needs)
  const request = await terminal.prepare('removeDevice', { params: { id: sim.id } })
  assert.equal((await terminal.send(request)).status, 200)
  const { link } = await people.ask({ amount: 600 })
  await assert.rejects(pay(link), { code: 'sim_not_active' })
})
