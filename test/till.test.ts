// Goal: a shop sells, gives back and counts at its till's page; what a customer decides shows
//   within a second; whatever ends an order is told as what it is; no page holds the API key.
// Method: the real page in a real Chromium, its back end and the house as real processes; the
//   customer is a software terminal. All traffic to the page is kept and searched.
import assert from 'node:assert/strict'
import { after, before, suite } from 'node:test'
import type { Page } from 'playwright-core'
import postgres from 'postgres'
import {
  assertAccessible,
  assertFits,
  assertQuiet,
  type Browser,
  openBrowser,
  picture,
} from './chromium.ts'
import { assertClosed, assertHoldsNoCard } from './closed.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { availableOf, type Holder, type People, pay, peopleOf } from './people.ts'
import { everythingToldTo, linkOn, sell } from './till.ts'

suite('the till', () => {
  let house: House
  let people: People
  let aiko: Holder
  let browser: Browser
  let page: Page
  let told: () => Promise<string>

  before(async () => {
    house = await startHouse({ balanced: true, pos: true })
    people = peopleOf(house)
    aiko = await people.become('Aiko')
    browser = await openBrowser({ width: 1200 })
    page = await browser.open('about:blank')
    told = await everythingToldTo(page)
    await page.goto(house.tillOrigin)
  })
  after(async () => {
    await browser?.close()
    await house?.stop()
  })

  testWith(['chromium'], 'sells, is paid within a second, gives back, and counts', async () => {
    const funds = await availableOf(aiko)
    await page.getByRole('heading', { name: 'Articles' }).waitFor()
    await picture(page, 'till-empty')
    await assertClosed(page)
    await sell(page)
    await page.getByRole('img', { name: 'QR code of the payment link' }).waitFor()
    await picture(page, 'till-waiting')
    await assertAccessible(page, 'waiting')
    const claim = await aiko.terminal.claim(await linkOn(page))
    await page.getByText('Opened on a phone').waitFor()
    const shown = page
      .getByText('Approved', { exact: true })
      .waitFor()
      .then(() => performance.now())
    const presented = await aiko.terminal.present(claim, aiko.card, { verifyUser: true })
    const began = performance.now()
    assert.equal(presented.status, 'authorized')
    const tookMs = (await shown) - began
    assert.ok(tookMs < 1000, `approved shown after ${tookMs} ms`)
    await page.getByText('Give money back').click()
    await page.getByLabel('Amount').fill('450')
    await picture(page, 'till-approved')
    await assertAccessible(page, 'approved')
    await assertHoldsNoCard(page)
    await page.getByRole('button', { name: 'Refund ¥450' }).click()
    await page.getByText(/^Refunded ¥450/).waitFor()
    assert.equal(await availableOf(aiko), funds - 1200)
    await page.getByRole('button', { name: 'Refund ¥1,200' }).click()
    await page.getByText(/^Refunded ¥1,650/).waitFor()
    assert.equal(await page.getByText('Give money back').count(), 0)
    assert.equal(await availableOf(aiko), funds)
    await page.getByRole('link', { name: 'Sales' }).click()
    await page.getByText('Payments: 1').waitFor()
    await page.getByText('Refunds: 1').waitFor()
    await assertAccessible(page, 'sales')
  })

  testWith(['chromium'], 'a customer who says no was not charged, and is told so', async () => {
    const funds = await availableOf(aiko)
    await page.getByRole('link', { name: 'New order' }).click()
    await sell(page)
    await aiko.terminal.deny(await aiko.terminal.claim(await linkOn(page)))
    await page.getByText('Nothing was charged. The cardholder refused.').waitFor()
    await picture(page, 'till-denied')
    assert.equal(await availableOf(aiko), funds)
  })

  testWith(['chromium'], 'an order can be cancelled; its link is dead then', async () => {
    await page.getByRole('button', { name: 'New order' }).click()
    await sell(page)
    const link = await linkOn(page)
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy link' }).click()
    await page.getByText('Copied').waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('This order was cancelled. Nothing was charged.').waitFor()
    await assert.rejects(pay(aiko, link), { code: 'payment_state' })
  })

  testWith(['chromium'], 'when the time is over, the page says so by itself', async () => {
    await page.getByRole('button', { name: 'New order' }).click()
    await sell(page)
    await page.getByText(/^[45]:[0-9]{2} left$/).waitFor()
    await using sql = lastingSql(house)
    await sql.run`
      update payments.payment set action_deadline_ms = 1 where status = 'requires_action'`
    await page.getByText('Nobody paid in time. Nothing was charged.').waitFor()
  })

  testWith(['chromium'], 'a card that may not pay is no sale, and the reason is told', async () => {
    await aiko.terminal.suspend(aiko.card)
    await page.getByRole('button', { name: 'New order' }).click()
    await sell(page)
    await assert.rejects(pay(aiko, await linkOn(page)), { code: 'card_not_active' })
    await page.getByText('Nothing was charged. The card is not active.').waitFor()
    await aiko.terminal.resume(aiko.card)
  })

  testWith(['chromium'], 'a line that no list has; a mistake is told, and kept', async () => {
    await page.getByRole('button', { name: 'New order' }).click()
    await page.getByLabel('Description').fill('Old cup')
    await page.getByLabel('Price').fill('12.5')
    await page.getByRole('button', { name: 'Add line' }).click()
    await page.getByText('A description, and a price of at least 1.').waitFor()
    await page.getByLabel('Price').fill('1250')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'One Old cup more' }).press('Enter')
    await page.reload()
    await page.getByRole('button', { name: 'Ask for ¥2,500' }).press('Enter')
    await page.getByText('2 × Old cup').waitFor()
    const claim = await aiko.terminal.claim(await linkOn(page))
    assert.deepEqual(claim.lines, [{ description: 'Old cup', quantity: 2, amount: 2500 }])
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('This order was cancelled').waitFor()
  })

  testWith(['chromium'], 'the page never holds the API key', async () => {
    const { api_key } = house.seed
    const text = await told()
    assert.ok(text.includes('pay_') && text.includes('Old cup'), 'the traffic was really kept')
    assert.ok(!text.includes(api_key))
    assert.ok(!text.includes('wk_test_'))
    const held = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    assert.ok(!held.includes('wk_'))
    const databases = await page.evaluate(async () => (await indexedDB.databases()).length)
    assert.equal(databases, 0)
  })

  for (const [locale, scheme, width] of [
    ['ja', 'dark', 360],
    ['ko', 'light', 360],
    ['en', 'dark', 1200],
    ['ja', 'light', 1200],
  ] as const)
    testWith(['chromium'], `is usable in ${locale}, ${scheme}, at ${width} px`, async () => {
      await using other = await openBrowser({ locale, scheme, width })
      const its = await other.open(house.tillOrigin)
      await its.locator('.article').first().click()
      await its.locator('.article').nth(3).click()
      const look = async (what: string) => {
        await assertFits(its, what)
        await assertAccessible(its, what)
        await picture(its, `till-${locale}-${scheme}-${width}-${what}`)
      }
      await look('order')
      await its.locator('.slip-foot button').click()
      await its.locator('.qr').waitFor()
      await look('waiting')
      await pay(aiko, await linkOn(its))
      await its.locator('.receipt').waitFor()
      await its.locator('summary').click()
      await look('paid')
      await its.goto(`${house.tillOrigin}/sales`)
      await its.locator('.order-row').first().waitFor()
      await look('sales')
      assertQuiet(other)
    })

  testWith(['chromium'], 'the browser had nothing to complain about', async () => {
    assertQuiet(browser)
  })
})

function lastingSql({ serverDatabase }: House) {
  const run = postgres(serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  return { run, [Symbol.asyncDispose]: () => run.end() }
}
