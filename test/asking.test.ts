/**
 * Goal: at a till with a customer's phone before it or at the other end of a telephone line: the
 *   till reads the phone's code, or rings its number; the sheet on the phone shows what is signed,
 *   and both screens count down to one instant; "not me" mutes, and the till is not told.
 * Method: a whole house, two real Chromiums: the till's camera films what the wallet draws. What
 *   leaves the wallet is read on its way and compared with the sheet's text. axe judges the views.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { findCardsInMemory, sandboxBins } from '@warifu/cli/card-scan'
import { formatMoney } from '@warifu/protocol/money'
import { orderLine } from '@warifu/protocol/sealed'
import type { Page } from 'playwright-core'
import { Type } from 'typebox'
import { Parse } from 'typebox/value'
import {
  assertAccessible,
  assertFits,
  assertQuiet,
  type Browser,
  filmOf,
  filmOfScreen,
  openBrowser,
  picture,
} from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { peopleOf } from './people.ts'
import { bookOf } from './till.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

const AIKO = '+81 90 1234 5678'

async function look(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await assertFits(page, name)
    await assertAccessible(page, `${name}, ${scheme}`)
    await picture(page, `${name}-${scheme}`)
  }
}

/** Taps what is bought; how it is paid is chosen after. */
async function order(till: Page, articles = ['Blend coffee', 'Thick toast']): Promise<void> {
  await till.getByRole('link', { name: 'New order' }).click()
  for (const name of articles)
    await till.getByRole('button', { name: new RegExp(`^${name}`) }).click()
}

const deadlineOn = (page: Page, within: string) =>
  page.locator(`${within} .countdown time`).getAttribute('datetime')

/** The sheet as a person reads it, and what was signed by the yes: the same. */
async function approveWhatIsShown(wallet: Page, till: Page): Promise<void> {
  const sheet = wallet.locator('dialog.asked')
  await sheet.waitFor()
  await look(wallet, 'asked')
  const text = (selector: string) => sheet.locator(selector).innerText()
  const shown = {
    amount: await text('.pay-amount'),
    shop: await text('.pay-shop'),
    place: await text('.pay-place'),
    deadline: await deadlineOn(wallet, 'dialog.asked'),
    lines: await sheet
      .locator('.order tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))),
  }
  assert.equal(await deadlineOn(till, '.waiting'), shown.deadline, 'one instant on both screens')
  const sent = wallet.waitForRequest((each) => /\/present$/.test(each.url()))
  const asked = wallet.waitForResponse((each) => /\/approvals\?/.test(each.url()))
  await sheet.getByRole('button', { name: `Approve ${shown.amount}` }).click()
  const { content } = JSON.parse((await sent).postData() ?? '').statement
  const money = (amount: number) => formatMoney({ amount, currency: content.currency }, 'en')
  assert.equal(shown.amount, money(content.amount))
  assert.equal(shown.shop, `${content.payee.name} asks for`)
  assert.equal(shown.place, content.payee.place)
  assert.equal(shown.deadline, content.deadline_at)
  const { data } = await (await asked).json()
  const { lines } = data.find(({ id }: { id: string }) => id === content.approval)
  assert.deepEqual(
    shown.lines,
    Parse(Type.Array(orderLine), lines).map((line) => [
      `${line.quantity} ×`,
      line.description,
      money(line.amount),
    ]),
  )
  await sheet.getByText('Paid', { exact: true }).waitFor()
  await sheet.getByRole('button', { name: 'Done' }).click()
  await till.getByText('Approved', { exact: true }).waitFor()
}

testWith(['chromium'], 'a till rings a number, reads a code, and is turned away', async () => {
  await using house = await startHouse({ balanced: true, wallet: true, pos: true })
  await using phone = await openBrowser({ width: 360 })
  const wallet = await phone.open(house.walletOrigin)
  await becomeHolder(wallet, house)
  const film = await filmOf('nothing to see', join(house.folder, 'till.y4m'))
  await using shop = await openBrowser({ width: 1200, camera: film })
  const till = await shop.open(house.tillOrigin)
  await till.getByRole('heading', { name: 'Articles' }).waitFor()
  await assertRings(wallet, till)
  await press(wallet, 'Show a code')
  await wallet.getByRole('img', { name: 'Code for the till' }).waitFor()
  await look(wallet, 'code-shown')
  await filmOfScreen(wallet, '.shown-code svg', film)
  await assertReads(wallet, till)
  await assertCapped(wallet, till, film)
  await assertCancelled(house, wallet)
  await assertDisowned(house, { wallet, till, phone })
  assertQuiet(shop)
  // What a merchant's machine has of it all (docs/scan.md).
  const held = findCardsInMemory(house.pid('pos'), { bins: sandboxBins, planted: [] })
  assert.deepEqual(held.slice(0, 3), [])
})

const askByNumber = async (till: Page) => {
  await order(till)
  await till.getByLabel('By telephone number').check()
  await till.getByLabel('Number with country code').fill(AIKO)
}

/** An order by telephone rings, and leaves a token: the next one does not ring. */
async function assertRings(wallet: Page, till: Page): Promise<void> {
  await order(till)
  await till.getByLabel('By telephone number').check()
  await till.getByLabel('Number with country code').fill('0901 2345')
  await look(till, 'till-phone')
  await till.getByLabel('Number with country code').fill(AIKO)
  await till.getByRole('button', { name: /^Ask for/ }).click()
  await till.getByText('The customer’s phone rings').waitFor()
  await approveWhatIsShown(wallet, till)
  await till.getByText('Kept for next time').waitFor()
  await picture(till, 'till-kept')
  await askByNumber(till)
  await till.getByLabel(/^Charge the card kept/).check()
  await till.getByRole('button', { name: /^Ask for/ }).click()
  await till.getByText('Approved', { exact: true }).waitFor()
  assert.equal(await wallet.locator('dialog.asked').count(), 0)
}

/** The till's camera reads the code that the phone shows; the person is asked then. */
async function assertReads(wallet: Page, till: Page): Promise<void> {
  await order(till)
  await till.getByLabel('I scan the customer’s code').check()
  await till.getByText('Code read. Ask now.').waitFor()
  await look(till, 'till-code')
  await till.getByRole('button', { name: /^Ask for/ }).click()
  await till.getByText('Asked on the customer’s phone').waitFor()
  await approveWhatIsShown(wallet, till)
}

/** A code with a cap: approved on the phone before, paid when the till asks, with no question. */
async function assertCapped(wallet: Page, till: Page, film: string): Promise<void> {
  await wallet.getByLabel('Pay up to').fill('5,000')
  await wallet.getByRole('button', { name: 'Approve a code up to this amount' }).click()
  await wallet.getByText('Pays without asking, up to').waitFor()
  await look(wallet, 'code-capped')
  await filmOfScreen(wallet, '.shown-code svg', film)
  await order(till)
  await till.getByLabel('I scan the customer’s code').check()
  await till.getByText('Code read. Ask now.').waitFor()
  await till.getByRole('button', { name: /^Ask for/ }).click()
  await till.getByText('Approved', { exact: true }).waitFor()
  assert.equal(await wallet.locator('dialog.asked').count(), 0)
}

/** A question that the shop takes back is told as that, on the sheet itself. */
async function assertCancelled(house: House, wallet: Page): Promise<void> {
  const { merchant } = peopleOf(house)
  const { id } = await merchant.payments.create({
    amount: 300,
    currency: 'jpy',
    presentment: { kind: 'phone', phone: AIKO.replaceAll(' ', '') },
  })
  const sheet = wallet.locator('dialog.asked')
  await sheet.getByText('¥300', { exact: true }).waitFor()
  await merchant.payments.cancel(id)
  await sheet.getByRole('button', { name: 'Done' }).click()
  await sheet.waitFor({ state: 'detached' })
}

type Screens = { readonly wallet: Page; readonly till: Page; readonly phone: Browser }

async function assertDisowned(house: House, { wallet, till, phone }: Screens): Promise<void> {
  await askByNumber(till)
  await till.getByRole('button', { name: /^Ask for/ }).click()
  const sheet = wallet.locator('dialog.asked')
  await sheet.getByRole('button', { name: 'This was not me' }).click()
  await look(wallet, 'not-me')
  await sheet.getByLabel('Freeze my cards too').check()
  await sheet.getByRole('button', { name: 'It was not me' }).click()
  await sheet.getByText('Turned away').waitFor()
  await look(wallet, 'turned-away')
  await sheet.getByRole('button', { name: 'Done' }).click()
  await till.getByText('The customer’s phone rings').waitFor()
  assert.equal(
    bookOf(house, 'select status from purchase order by number desc limit 1')[0]?.['status'],
    'requires_action',
  )
  await wallet.getByRole('link', { name: 'Cards' }).click()
  await wallet.getByText('Frozen', { exact: false }).first().waitFor()
  await wallet.getByRole('link', { name: 'Settings' }).click()
  await heading(wallet, 'Shops that may not ask you')
  await look(wallet, 'muted')
  await press(wallet, 'Let it ask again')
  await wallet.getByText('Shops that may not ask you').waitFor({ state: 'detached' })
  assertQuiet(phone)
}
