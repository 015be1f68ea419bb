// Goal: the journey of the first payment, through real pages only: a person joins, gets a card,
//   films the till's QR code and approves; the till says so and gives money back;
//   a web shop sends its customer to the wallet and gets them back.
// Method: till, shop and wallet in real browsers, one for the counter and one for the phone. What
//   the phone's camera films is the till's own drawing, pixel by pixel.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite } from 'node:test'
import type { Page } from 'playwright-core'
import { assertQuiet, type Browser, filmOfScreen, openBrowser, type Passkey } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { sell } from './till.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

suite('the first payment', () => {
  let house: House
  let folder: string
  let counter: Browser
  let till: Page
  let passkeys: readonly Passkey[]

  const profile = () => join(folder, 'phone')
  const film = () => join(folder, 'film.y4m')
  /** The phone in the cardholder's hand: the same profile and passkeys each time. */
  const phone = () =>
    openBrowser({ profile: profile(), passkeys, camera: film(), width: 360, locale: 'en' })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'warifu-first-'))
    house = await startHouse({ balanced: true, wallet: true, pos: true })
    counter = await openBrowser({ width: 1200 })
  })
  after(async () => {
    await counter?.close()
    await house?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  testWith(['chromium'], 'a person joins and gets a card', async () => {
    await using browser = await openBrowser({ profile: profile(), width: 360 })
    await becomeHolder(await browser.open(house.walletOrigin), house)
    passkeys = await browser.passkeys()
    assertQuiet(browser)
  })

  testWith(['chromium'], 'films the till’s code, approves, and the till says so', async () => {
    till = await counter.open(house.tillOrigin)
    await sell(till)
    await till.locator('.qr').waitFor()
    await filmOfScreen(till, '.qr', film())
    await using browser = await phone()
    const wallet = await browser.open(`${house.walletOrigin}/scan`)
    await heading(wallet, /asks for/)
    await till.getByText('Opened on a phone').waitFor()
    const seen = async (page: Page, text: string) => {
      await page.getByText(text, { exact: true }).waitFor()
      return performance.now()
    }
    await press(wallet, 'Approve ¥1,650')
    const [paid, approved] = await Promise.all([seen(wallet, 'Paid'), seen(till, 'Approved')])
    // At once, on a machine that has nothing else to do.
    assert.ok(approved - paid < 20_000, `the till said so ${approved - paid} ms after the phone`)
    assertQuiet(browser)
  })

  testWith(['chromium'], 'gets money back, and both sides show it', async () => {
    await till.getByText('Give money back').click()
    await till.getByLabel('Amount').fill('450')
    await till.getByRole('button', { name: 'Refund ¥450' }).click()
    await till.getByText(/^Refunded ¥450/).waitFor()
    await till.getByRole('link', { name: 'Sales' }).click()
    await till.getByText('Payments: 1').waitFor()
    await till.getByText('Refunds: 1').waitFor()
    await using browser = await phone()
    const wallet = await browser.open(`${house.walletOrigin}/history`)
    await wallet.locator('summary').first().click()
    await wallet.getByText('¥450 was refunded').waitFor()
    assertQuiet(counter)
  })

  testWith(
    ['chromium'],
    'orders at the web shop, pays, and is brought back to the order',
    async () => {
      await using browser = await phone()
      const page = await orderToast(browser)
      await page.getByRole('link', { name: 'Pay with your wallet' }).click()
      await heading(page, /asks for/)
      await press(page, 'Approve ¥450')
      await page.getByText('Paid', { exact: true }).waitFor()
      await page.waitForURL(`${house.shopOrigin}/shop/orders/*`)
      await page.getByText('Thank you!').waitFor()
      assertQuiet(browser)
    },
  )

  testWith(['chromium'], 'the wallet’s tab closed after the yes: the shop knows', async () => {
    await using browser = await phone()
    const page = await orderToast(browser)
    await page.getByRole('link', { name: 'Pay with your wallet' }).click()
    await heading(page, /asks for/)
    await press(page, 'Approve ¥450')
    await page.getByText('Paid', { exact: true }).waitFor()
    await page.close()
    const shop = await browser.open(`${house.shopOrigin}/shop`)
    await shop.getByRole('link', { name: 'Show order' }).click()
    await shop.getByText('Thank you!').waitFor()
  })

  async function orderToast(browser: Browser): Promise<Page> {
    const page = await browser.open(`${house.shopOrigin}/shop`)
    await page.getByRole('button', { name: /^Thick toast/ }).click()
    await page.getByRole('button', { name: 'Order and pay ¥450' }).click()
    await page.getByRole('link', { name: 'Pay with your wallet' }).waitFor()
    return page
  }

  testWith(['chromium'], 'both servers had their share of it', async () => {
    const given = house.given()
    assert.equal(given.length, 2)
    for (const connections of given) assert(connections > 0, given.join())
  })
})
