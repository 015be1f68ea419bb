/** The console's pages, as the shop's owner, as issuer and operator, and before the door. */

import { setTimeout as sleep } from 'node:timers/promises'
import { runSystem } from '@warifu/cli/demo'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import { pay } from './people.ts'
import { keysInHsm } from './screens-hsm.ts'
import type { Stage } from './screens-stage.ts'

type Scene = Stage & {
  readonly page: Page
  readonly origin: string
  readonly shot: (name: string) => Promise<void>
  readonly open: (path: string) => Promise<void>
}

export async function shootConsole(stage: Stage): Promise<void> {
  const { sandbox, camera } = stage
  const origin = `http://console.localhost:${sandbox.ports.api}`
  const page = await (await stage.browse({ width: 1280 })).open(origin)
  const scene: Scene = {
    ...{ ...stage, page, origin },
    shot: (name) => camera.shoot(page, `console-${name}`),
    open: async (path) => {
      await page.goto(origin + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settled(page)
    },
  }
  for (const part of [fill, atTheDoor, asShop, asPlatform, settle, asMoney, keysInHsm])
    await camera.part(part.name, () => part(scene))
}

/** Nothing on the page is still asked for. */
const settled = (page: Page) =>
  page.waitForFunction(() => document.querySelector('.mark[data-state=waiting]') === null)

/** Sales of every kind, and a file of orders that does not agree with them. */
async function fill({ sandbox, people }: Scene): Promise<void> {
  await runSystem(sandbox, 'S4.reconciliation')
  await runSystem(sandbox, 'S2')
  const aiko = await people.become('Aiko')
  await aiko.terminal.orderPlastic(aiko.card, {
    name: 'AIKO MORI',
    ship_to: { name: '森 愛子', lines: ['京都市中京区 1-2-3'], country: 'JP' },
  })
  for (const [at, amount] of [480, 1200, 3600, 900].entries()) {
    const asked = { amount, merchant_reference: `A-${at}`, capture_method: 'automatic' } as const
    await pay(aiko, (await people.ask(asked)).link)
  }
  const denied = await people.ask({ amount: 700, merchant_reference: 'A-9' })
  await aiko.terminal.deny(await aiko.terminal.claim(denied.link))
  const { link } = await people.ask({ amount: 9_000_000, merchant_reference: 'A-10' })
  await pay(aiko, link).catch(() => undefined)
}

/** The next day but one: what was sold is settled, and paid out. */
async function settle({ people: { api }, sandbox }: Scene): Promise<void> {
  await callApi(api, 'advanceTestClock', { body: { seconds: 2 * 24 * 60 * 60 } })
  for (let patience = 100; patience > 0; patience -= 1) {
    const headers = { authorization: `Bearer ${sandbox.seed.api_key}` }
    if ((await callApi(api, 'listSettlements', { headers })).data.length > 0) return
    await sleep(500)
  }
  throw new Error('nothing was settled')
}

async function atTheDoor({ page, shot, open }: Scene): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  await shot('sign-in')
  await open('/xray')
  await shot('xray-link-dead')
}

async function enter({ page, origin }: Scene, name: string): Promise<void> {
  const out = page.getByRole('button', { name: 'Sign out' })
  await page.goto(origin)
  await page.getByRole('heading').first().waitFor()
  if (await out.isVisible()) await out.click()
  await page.getByRole('button', { name: `Enter as ${name}` }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
}

async function asShop(scene: Scene): Promise<void> {
  const { page, shot, open, camera } = scene
  await enter(scene, 'The shop’s owner')
  for (const [path, name] of [
    ['/overview', 'shop-overview'],
    ['/payments', 'shop-payments'],
    ['/sales', 'sales'],
    ['/reconciliation', 'reconciliations'],
    ['/tokens', 'tokens'],
    ['/webhooks', 'webhooks'],
    ['/api-keys', 'api-keys'],
    ['/requests', 'requests'],
    ['/sales/nothing', 'no-such-page'],
  ] as const)
    await camera.part(name, async () => {
      await open(path)
      await shot(name)
    })
  await camera.part('one comparison', async () => {
    await open('/reconciliation')
    await page.getByRole('row').nth(1).click()
    await page.waitForURL(/reconciliation\/rcn_/)
    await settled(page)
    await shot('reconciliation')
  })
  await camera.part('one payment', async () => {
    await open('/payments')
    await page.getByRole('row', { name: /A-3/ }).first().click()
    await page.waitForURL(/payments\/pay_/)
    await settled(page)
    await shot('payment')
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    await page.getByLabel('Amount').fill('200')
    await shot('refund')
  })
  await camera.part('one endpoint', async () => {
    await open('/webhooks')
    await page.getByRole('button', { name: 'New endpoint' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Address').fill('https://shop.example/hook')
    await shot('webhook')
  })
}

/** The same shop, two days later; whoever was signed in is not any more. */
async function asMoney(scene: Scene): Promise<void> {
  const { page, shot, open } = scene
  await enter(scene, 'The shop’s owner')
  await open('/settlements')
  await shot('settlements')
  await page.getByRole('row').nth(1).click()
  await page.waitForURL(/settlements\/stl_/)
  await settled(page)
  await shot('settlement')
  await open('/payouts')
  await shot('payouts')
}

/** More money than one person may put on a card: another must agree. */
async function askForTwo(scene: Scene): Promise<void> {
  const { page, shot, open } = scene
  await open(`/cards/${await transitCard(scene)}`)
  await page.getByRole('button', { name: 'Add money' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Amount').fill('60000')
  await dialog.getByLabel('Reference').fill('cash 2')
  await dialog.getByRole('button', { name: 'Add money' }).click()
  await dialog.getByText('a second person must agree').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await open('/acts')
  await shot('acts')
  await page.getByRole('row', { name: /Add money/ }).click()
  await dialog.getByText('somebody else must agree').waitFor()
  await shot('act')
}

/** A debit card with nothing on it. */
async function transitCard({ people: { api, join } }: Scene): Promise<string> {
  const terminal = await join('TETSU')
  const { data } = await callApi(api, 'listPrograms', {})
  const program = data.find(({ name }) => name === 'Warifu Transit')
  if (program === undefined) throw new Error('the seed has no transit card')
  const born = { name: 'TETSU', birth_date: '1990-04-01' } as const
  const earns = { annual_income: 5_000_000, employment: 'employed' } as const
  const { id } = await terminal.apply(program.id, { ...born, ...earns })
  await terminal.show(id, { method: 'registered_terminal' })
  return (await terminal.install(id)).id
}

async function asPlatform(scene: Scene): Promise<void> {
  const { page, shot, open, camera } = scene
  await enter(scene, 'Aoi, issuer and operator')
  await camera.part('an act of two', () => askForTwo(scene))
  for (const [path, name] of [
    ['/overview', 'overview'],
    ['/payments', 'payments'],
    ['/ledger', 'ledger'],
    ['/applications', 'applications'],
    ['/cards', 'cards'],
    ['/plastics', 'plastics'],
    ['/sims', 'sims'],
    ['/rules', 'rules'],
    ['/merchants', 'merchants'],
    ['/devices', 'devices'],
    ['/people', 'people'],
    ['/keys', 'keys'],
    ['/audit', 'audit'],
  ] as const)
    await camera.part(name, async () => {
      await open(path)
      await shot(name)
    })
  for (const [list, name, to] of [
    ['/payments', 'payment-xray', /payments\/pay_/],
    ['/cards', 'card', /cards\/crd_/],
    ['/plastics', 'plastic', /plastics\/pls_/],
    ['/sims', 'sim-of', /sims\/sim_/],
    ['/rules', 'program', /rules\/prg_/],
    ['/merchants', 'merchant', /merchants\/mer_/],
  ] as const)
    await camera.part(name, async () => {
      await open(list)
      await page.getByRole('row').nth(1).click()
      await page.waitForURL(to)
      await settled(page)
      await shot(name)
    })
}
