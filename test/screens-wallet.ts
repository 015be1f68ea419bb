/** The wallet's pages, one after the other, as a person comes to them. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { labelOf } from '@warifu/cli/proximity-devices'
import { FIRST_READER, findReader } from '@warifu/cli/readers'
import { openPanel } from '@warifu/devices/entry-device'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import type { Browser } from './chromium.ts'
import type { Stage } from './screens-stage.ts'
import {
  applyFor,
  codeFor,
  fillApplication,
  heading,
  join as joinAs,
  press,
  proveThePhone,
} from './wallet-pages.ts'

const PHONE = '+81 90 1234 5678'

type Scene = Stage & {
  readonly browser: Browser
  readonly page: Page
  readonly shot: (name: string, page?: Page) => Promise<void>
  /** Opens a view of the wallet. */
  readonly at: (path: string) => Promise<unknown>
}

export async function shootWallet(stage: Stage): Promise<void> {
  const browser = await stage.browse()
  const page = await browser.open(stage.house.walletOrigin)
  const shot = (name: string, other = page) => stage.camera.shoot(other, `wallet-${name}`)
  const at = (path: string) => page.goto(`${stage.house.walletOrigin}${path}`)
  const scene = { ...stage, browser, page, shot, at }
  const [first, ...others] = [joining, views, paying, near, troubles, plastic, reader, ...last]
  await first(scene)
  for (const part of others) await stage.camera.part(part.name, () => part(scene))
}

async function joining({ house, page, shot, at }: Scene): Promise<void> {
  await heading(page, 'Two halves of one tally')
  await shot('join')
  await joinAs(page, 'Aiko')
  await shot('first-card')
  await press(page, 'Apply for a card')
  await page.getByLabel('Date of birth').waitFor()
  await shot('apply')
  await fillApplication(page)
  await page.getByLabel('Number with country code').waitFor()
  await shot('phone')
  await page.getByLabel('Number with country code').fill(PHONE)
  await press(page, 'Send the code')
  await page.getByLabel('Six digits').fill('000000')
  await press(page, 'Confirm')
  await page.getByText('That code is not right.').waitFor()
  await shot('code-wrong')
  await page.getByLabel('Six digits').fill(await codeFor(house, PHONE.replaceAll(' ', '')))
  await press(page, 'Confirm')
  await page.getByText('Ready to pay').waitFor()
  await shot('cards')
  await at('/history')
  await heading(page, 'History')
  await shot('history-empty')
}

/** What stands still: opened and taken. */
async function views({ page, shot, at }: Scene): Promise<void> {
  for (const [path, title, name] of [
    ['/scan', 'Scan', 'scan-denied'],
    ['/code', 'code', 'code'],
    ['/cards', 'Limits and cards', 'limits'],
    ['/plastic', 'PIN and plastic', 'plastic'],
    ['/devices', 'Your devices', 'devices-empty'],
    ['/settings', 'Settings', 'settings'],
    ['/sim', 'Card in the SIM', 'sim'],
  ] as const) {
    await at(path)
    await page.getByRole('heading', { level: 1, name: new RegExp(title, 'i') }).waitFor()
    await sleep(500)
    await shot(name)
  }
  await at('/devices')
  await press(page, 'Pair a device')
  await page.getByLabel('Or what its label says').fill('warifu:nothing')
  await page.getByText('This is not the label of a proximity device.').waitFor()
  await shot('pairing')
  await at('/code')
  await page.getByLabel('Pay up to').fill('5,000')
  await press(page, 'Approve a code up to this amount')
  await page.getByText('Pays without asking, up to').waitFor()
  await shot('code-capped')
}

const order = {
  amount: 1650,
  capture_method: 'automatic',
  lines: [
    { description: '深煎りブレンド', quantity: 2, amount: 1100 },
    { description: 'Thick toast', quantity: 1, amount: 550 },
  ],
} as const

async function paying({ page, people, shot, at, house }: Scene): Promise<void> {
  const { id, link } = await people.ask({ ...order, lines: [...order.lines] })
  await page.goto(link)
  await heading(page, /asks for/)
  await shot('question')
  await press(page, /^Approve/)
  await page.getByText('Paid', { exact: true }).waitFor()
  await shot('paid')
  await press(page, 'Done')
  const headers = { authorization: `Bearer ${house.seed.api_key}`, 'idempotency-key': 'consent' }
  const most = {
    cap: 3000,
    currency: 'jpy',
    period: 'month' as const,
    until: '2030-03-31T15:00:00.000Z',
  }
  const consent = { kind: 'recurring', ...most } as const
  const body = { source: { kind: 'payment', payment: id }, consent } as const
  await callApi(people.api, 'createToken', { body, headers })
  await page.getByText('asks for a standing yes').waitFor()
  await shot('consent')
  await press(page, 'Allow with the passkey')
  await page.getByText('asks for a standing yes').waitFor({ state: 'hidden' })
  await people.merchant.payments.create({
    ...{ amount: 550, currency: 'jpy', lines: [...order.lines.slice(1)] },
    presentment: { kind: 'phone', phone: PHONE.replaceAll(' ', '') },
  })
  await at('/')
  const approve = page.locator('dialog.asked').getByRole('button', { name: /^Approve/ })
  await approve.and(page.locator(':enabled')).waitFor()
  await shot('asked')
  await approve.click()
  await page.getByText('Paid', { exact: true }).waitFor()
  await press(page, 'Done')
}

/** A device in the car: paired by its label, heard, and its owner asked for the till's number. */
async function near({ page, people, shot, at, air }: Scene): Promise<void> {
  await using around = await air()
  const car = await around.make('car')
  await at('/devices')
  await press(page, 'Pair a device')
  await page.getByLabel('Or what its label says').fill(labelOf(car))
  await page.getByLabel('Name for it').fill('My car')
  await press(page, 'Pair')
  await page.getByText('My car').waitFor()
  await shot('devices')
  const code = await around.hearNew()
  const { match_number } = await people.merchant.payments.create({
    ...{ amount: 1650, currency: 'jpy', lines: [...order.lines] },
    presentment: { kind: 'beacon', code },
  })
  const sheet = page.locator('dialog.asked')
  await sheet.getByLabel('Number on the till').fill(match_number ?? '')
  const approve = sheet.getByRole('button', { name: /^Approve/ })
  await approve.and(page.locator(':enabled')).waitFor()
  await shot('asked-near')
  await approve.click()
  await page.getByText('Paid', { exact: true }).waitFor()
  await shot('paid-near')
  await press(page, 'Done')
}

async function troubles({ page, people, house, shot, at }: Scene): Promise<void> {
  const open = async (amount: number, more: { readonly expires_in?: number } = {}) => {
    await page.goto((await people.ask({ amount, ...more })).link)
    await heading(page, /asks for/)
  }
  await open(1200)
  await press(page, 'Refuse')
  await page.getByText('You refused').waitFor()
  await shot('denied')
  await leave(page)
  await open(1200, { expires_in: 4 })
  await page.getByText('The time is over').first().waitFor()
  await shot('expired')
  await leave(page)
  await open(10_000_000)
  await press(page, /^Approve/)
  await page.getByText('Not paid').waitFor()
  await shot('declined')
  await leave(page)
  await page.goto(`${house.walletOrigin}/pay#${'A'.repeat(43)}`)
  await page.getByText('This payment cannot be opened').waitFor()
  await shot('unknown-link')
  await leave(page)
  await unanswered({ page, open, shot })
  await at('/history')
  await page.locator('summary').first().click()
  await shot('history')
  await at('/')
  await press(page, 'Freeze')
  await page.getByText('Frozen').first().waitFor()
  await shot('frozen')
  await open(1200)
  await page.getByText('This card is frozen.').waitFor()
  await shot('card-frozen')
  await press(page, 'Unfreeze')
  await press(page, 'Refuse')
  await leave(page)
  await page.getByText('Ready to pay').waitFor()
}

/** What has ended is put away before the next is opened. */
async function leave(page: Page): Promise<void> {
  await press(page, 'Done')
  await heading(page, 'Your cards')
}

type Unanswered = Pick<Scene, 'page' | 'shot'> & { readonly open: (n: number) => Promise<void> }

/** The platform is asked, and its answers are lost until the picture is taken. */
async function unanswered({ page, open, shot }: Unanswered): Promise<void> {
  const cut = /\/present$/
  await page.route(cut, (route) => route.abort('connectionreset'))
  await open(1200)
  await press(page, /^Approve/)
  await page.getByText('Still finding out').waitFor()
  await shot('finding-out')
  await page.unroute(cut)
  await page.getByText('Paid', { exact: true }).waitFor()
  await leave(page)
}

async function plastic({ page, shot, at, sandbox }: Scene): Promise<void> {
  await at('/plastic')
  const type = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)
  await type('New PIN', '4827')
  await type('Once more', '4827')
  await press(page, 'Set the PIN')
  await page.getByText('A PIN is set.').waitFor()
  await type('Name on the card, in capital letters', 'AIKO MORI')
  await type('Name on the letter', 'Aiko Mori')
  await type('Address', '1-2-3 Nakagyo, Kyoto')
  await press(page, 'Order it')
  await page.getByText('At your door').waitFor({ timeout: 120_000 })
  await shot('plastic-ordered')
  const letters = join(sandbox.home, 'bureau', 'letters')
  const [letter = ''] = await readdir(letters)
  const { expiry, security_code } = JSON.parse(
    await readFile(join(letters, letter, 'card.json'), 'utf8'),
  )
  await type('Good thru, month and year', expiry.slice(2) + expiry.slice(0, 2))
  await type('Security code, on the back', security_code)
  await press(page, 'Activate it')
  await page.getByText('Active', { exact: true }).waitFor()
  await shot('plastic-alive')
}

async function reader({ page, shot, at, sandbox }: Scene): Promise<void> {
  await at('/reader')
  await page.getByText('A reader is plugged in').waitFor()
  await shot('reader')
  await press(page, 'Pair')
  await page.getByLabel('Six digits on its display').waitFor()
  await shot('reader-pairing')
  const made = await findReader(sandbox.home, FIRST_READER)
  if (made === undefined) throw new Error('the sandbox has no reader')
  const panel = await openPanel(made.panel_port)
  const { display } = await panel.look()
  panel.close()
  await page.getByLabel('Six digits on its display').fill(/[0-9]{6}$/.exec(display)?.[0] ?? '')
  await press(page, 'Pair')
  await page.getByText('Plugged in and paired').waitFor()
  await shot('reader-paired')
}

async function anotherPhone({ browser, browse, page, house, shot, at }: Scene): Promise<void> {
  const second = await browse({ passkeys: await browser.passkeys() })
  const other = await second.open(house.walletOrigin)
  await press(other, 'I have a wallet already')
  await heading(other, 'This phone is new here')
  await shot('new-phone', other)
  await press(other, 'Move my cards here')
  await other.getByText('Open the wallet on your other phone').waitFor()
  await shot('arriving', other)
  await at('/')
  await page.getByText('Another phone wants your cards').waitFor()
  await shot('old-phone-asked')
  await press(page, 'That is not me')
  await page.getByText('Another phone wants your cards').waitFor({ state: 'detached' })
  await press(other, 'Add as one more phone')
  await at('/')
  await press(page, 'It is mine, let it in')
  await press(other, 'Bring my cards here')
  await heading(other, 'Your first card')
  await phoneRemoved({ page, other, shot, at })
}

type TwoPhones = Pick<Scene, 'page' | 'shot' | 'at'> & { readonly other: Page }

async function phoneRemoved({ page, other, shot, at }: TwoPhones): Promise<void> {
  await at('/devices')
  const phones = page.getByRole('region', { name: 'Phones' })
  await phones.getByRole('button', { name: 'Remove' }).click()
  await phones.getByText('It stops at once').waitFor()
  await shot('phones')
  await press(page, 'Remove with the passkey')
  await phones.getByText('Removed', { exact: true }).waitFor()
  await heading(other, 'This phone was removed')
  await shot('removed', other)
}

/** Other people: refused with a reason; looked at by a person; asked who they are. */
async function applicants({ browse, house, shot }: Scene): Promise<void> {
  const page = await (await browse()).open(house.walletOrigin)
  await joinAs(page, 'Ken')
  await applyFor(page, { birth: '2020-01-01' })
  await proveThePhone(page, house, '+81 90 9999 0001')
  await page.getByText('You are under the age for this card.').waitFor()
  await shot('refused', page)
  await press(page, 'Apply again')
  await fillApplication(page, { income: '500000' })
  await proveThePhone(page, house, '+81 90 9999 0002')
  await page.getByText('A person is looking at it').waitFor()
  await shot('in-review', page)
  const mei = await (await browse()).open(house.walletOrigin)
  await joinAs(mei, 'Mei')
  await press(mei, 'Apply for a card')
  await mei.getByLabel('Card', { exact: true }).selectOption({ label: 'Warifu Transit' })
  await fillApplication(mei)
  await heading(mei, 'Show who you are')
  await shot('identity', mei)
}

async function offline({ browser, page, people, shot, at }: Scene): Promise<void> {
  await at('/')
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await browser.context.setOffline(true)
  await page.getByText('You are offline').waitFor()
  await shot('offline')
  await page.goto((await people.ask({ amount: 1200 })).link)
  await page.getByText('The connection is missing').waitFor()
  await shot('unheard')
  await browser.context.setOffline(false)
}

/** The number of a card that this phone can read, and time stands still while it is shown. */
async function reveal({ browse, house, shot }: Scene): Promise<void> {
  const page = await (await browse()).open(house.walletOrigin)
  await joinAs(page, 'Rin')
  await press(page, 'Apply for a card')
  await page.getByLabel('How the card is kept').selectOption({ label: 'This phone alone' })
  await fillApplication(page)
  await proveThePhone(page, house, '+81 90 9999 0003')
  await page.getByText('Ready to pay').waitFor()
  await press(page, 'Show the number')
  await page.locator('.reveal').waitFor()
  await page.clock.setFixedTime(Date.now())
  await shot('reveal', page)
}

const last = [anotherPhone, applicants, reveal, offline]
