// Goal: a person connects the SIM reader, takes their SIM into use and pays with one key, in the
// wallet's real page; the SIM's PIN is typed in the bridge's own window and in no other. The SIM
// was written by the vault through PC/SC, and its PIN digits follow the card's PIN.
// Method: a whole house, Chromium with a virtual passkey, the bridge a process of its own, the SIM
// a card in a virtual reader behind pcscd: page ↔ bridge ↔ pcscd ↔ card. All that the page sends
// is read on its way.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeProgram } from '@warifu/cli/child'
import { newIccid } from '@warifu/cli/iccid'
import { createKeeper } from '@warifu/cli/keeper'
import { operateServer } from '@warifu/cli/operators'
import { choosePort } from '@warifu/cli/ports'
import { operateVault } from '@warifu/cli/programs'
import { startBridge } from '@warifu/cli/sim-bridges'
import { admitSim, personaliseSim, pressSim } from '@warifu/cli/sims'
import { root } from '@warifu/cli/state-folder'
import { readerNeeds, startVirtualReader } from '@warifu/cli/virtual-reader'
import { pcscSlot } from '@warifu/devices/pcsc'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Page } from 'playwright-core'
import postgres from 'postgres'
import { assertAccessible, assertFits, assertQuiet, openBrowser } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { peopleOf } from './people.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

const codes = { pin: '2580', puk: '12345678' }
const CARD_PIN = '4719'
const binding = 'node_modules/smartcard/build/Release/smartcard_napi.node'

testWith(['chromium', ...readerNeeds, binding], 'a SIM behind pcscd pays in the page', async () => {
  await using stack = new AsyncDisposableStack()
  const port = await choosePort()
  const deviceOrigins = { sim: `http://127.0.0.1:${port}` }
  const house = stack.use(await startHouse({ wallet: { deviceOrigins } }))
  const browser = stack.use(await openBrowser({ width: 360 }))
  const page = await browser.open(house.walletOrigin)
  await becomeHolder(page, house)
  const reader = await startReader(stack, house, port)

  const sent: string[] = []
  page.on('request', (request) => void sent.push(request.postData() ?? ''))
  await page.goto(`${house.walletOrigin}/sim`)
  await heading(page, 'Card in the SIM')
  await assertFits(page, 'sim')
  await assertAccessible(page, 'sim')
  const window_ = await page.context().newPage()
  await window_.goto(deviceOrigins.sim)
  await press(page, 'Connect the SIM reader')
  await inWindow(window_, 'Allow')
  await press(page, 'Use this SIM on this phone')
  await inWindow(window_, 'Enter', codes.pin)
  await page.getByText(/In use: SIM …[0-9]{4}/).waitFor()
  await assertAccessible(page, 'sim in use')

  const { ask, show } = peopleOf(house)
  const small = await ask({ amount: 900 })
  await page.goto(small.link)
  await heading(page, /asks for/)
  await page.getByRole('button', { name: /Pay with the SIM/ }).waitFor()
  await page.keyboard.press('s')
  await page.getByText('Paid', { exact: true }).waitFor()
  assert.equal((await show(small.id)).presentment, 'sim')
  await press(page, 'Done')
  await heading(page, 'Your cards')
  const large = await ask({ amount: 12_000 })
  await page.goto(large.link)
  await press(page, /Pay with the SIM/)
  await page.getByText('Paid', { exact: true }).waitFor()
  assert.equal((await show(large.id)).status, 'authorized')
  await press(page, 'Done')
  await heading(page, 'Your cards')
  assertQuiet(browser)
  await changePin({ page, window_, house, reader })
  const said = sent.join('\n')
  assert.ok(said.includes('"kind":"sim"'), 'what the page sent was seen')
  assert.ok(!said.includes(codes.pin), 'the page never had the PIN')
  // The bridge was away once, and Chromium says so.
  const refused = 'net::ERR_CONNECTION_REFUSED'
  const { complaints } = browser
  assert.deepEqual(
    complaints.filter((one) => !one.includes(refused)),
    [],
  )
})

type Changing = {
  readonly page: Page
  readonly window_: Page
  readonly house: House
  readonly reader: Reader
}

/** The SIM's two digits follow the card's PIN: at once, or later where the bridge was away. */
async function changePin({ page, window_, house, reader }: Changing): Promise<void> {
  const { ask } = peopleOf(house)
  const pays = async () => {
    await page.goto((await ask({ amount: 12_000 })).link)
    await press(page, /Pay with the SIM/)
    await page.getByText('Paid', { exact: true }).waitFor()
    await press(page, 'Done')
    await heading(page, 'Your cards')
  }
  const set = async (pin: string) => {
    await page.goto(`${house.walletOrigin}/plastic`)
    await page.getByLabel('New PIN').fill(pin)
    await page.getByLabel('Once more').fill(pin)
    await press(page, 'Set the PIN')
  }
  await set('8362')
  await page.getByText('The SIM has the first two digits of the new PIN.').waitFor()
  await pays()
  await reader.unplug()
  await set('5917')
  await page.getByText('The SIM still has the old PIN’s digits').waitFor()
  await reader.plug()
  await page.getByRole('link', { name: 'Write them later' }).click()
  await page.getByLabel('First two digits of the new PIN').fill('59')
  await assertAccessible(page, 'digits to write')
  await press(page, 'Write them into the SIM')
  await window_.reload()
  await inWindow(window_, 'Enter', codes.pin)
  await page.getByLabel('First two digits of the new PIN').waitFor({ state: 'detached' })
  await pays()
}

type Reader = { readonly unplug: () => Promise<void>; readonly plug: () => Promise<void> }

/** A SIM written by the vault with the cardholder's card, in a reader, and the bridge to it. */
async function startReader(
  stack: AsyncDisposableStack,
  house: House,
  port: number,
): Promise<Reader> {
  const { folder, operator } = house
  const card = await onlyCard(house)
  await writeFile(join(folder, 'pin'), CARD_PIN, { mode: 0o600 })
  const files = ['--pin-file', join(folder, 'pin'), '--out', join(folder, 'plastic')]
  await operateVault(operator, ['personalise-card', '--card', card, ...files])
  const added = await operateServer(house.serverDatabase.url, ['add', 'SIM maker', 'issuer'])
  const { token } = JSON.parse(added)
  const maker = { api: { fetch, apiUrl: house.url }, token, vault: operator, folder }
  const admitted = await admitSim(maker, { iccid: newIccid(), card })
  const memoryFile = join(folder, 'sim')
  pressSim(memoryFile, admitted, codes)
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const reader = await startVirtualReader({ folder, keeper })
  stack.defer(reader.stop)
  const main = join(root, 'devices', 'sim-card', 'main.ts')
  const chip = await reader.insert(await nodeProgram('The SIM', main, { MEMORY_FILE: memoryFile }))
  stack.defer(chip.stop)
  process.env['PCSCLITE_CSOCK_NAME'] = reader.env.PCSCLITE_CSOCK_NAME
  const slot = await pcscSlot({ reader: reader.name, waitMs: 2_000 })
  const { commands } = await personaliseSim(maker, slot, admitted, [card])
  assert.ok(commands > 10, 'the vault wrote it through PC/SC')
  await slot.close()
  const at = { reader: reader.name, env: reader.env }
  const { walletOrigin } = house
  const start = () => startBridge({ folder, keeper, port }, { walletOrigin, card: at })
  let bridge = await start()
  stack.defer(() => bridge.stop())
  return {
    unplug: () => bridge.stop(),
    plug: async () => {
      bridge = await start()
    },
  }
}

async function onlyCard({ serverDatabase }: House): Promise<Id<'crd'>> {
  const sql = postgres(serverDatabase.url, { max: 1 })
  const [row] = await sql<{ id: string }[]>`select id from issuing.card`
  await sql.end()
  assert.ok(row !== undefined && isId('crd', row.id))
  return row.id
}

/** The person in the bridge's window, which looks by itself whether something is asked. */
async function inWindow(page: Page, name: string, typed?: string): Promise<void> {
  if (typed !== undefined) await page.getByLabel('SIM PIN', { exact: true }).fill(typed)
  await page.getByRole('button', { name }).click()
}
