// Goal: a web shop's customer gets to the wallet and back, and sees what is true, also when the tab
//   was closed in between; the shop's pages reach neither the till nor the wallet's storage.
// Method: the real pages in a real Chromium; the customer pays by a software terminal and comes
//   back by exactly the address that the wallet is given.
import assert from 'node:assert/strict'
import { after, before, suite } from 'node:test'
import type { Page } from 'playwright-core'
import {
  assertAccessible,
  assertFits,
  assertQuiet,
  type Browser,
  openBrowser,
  picture,
} from './chromium.ts'
import { assertClosed } from './closed.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type Holder, pay, peopleOf } from './people.ts'

suite('the web shop', () => {
  let house: House
  let aiko: Holder
  let browser: Browser

  before(async () => {
    house = await startHouse({ balanced: true, pos: true, wallet: true })
    aiko = await peopleOf(house).become('Aiko')
    browser = await openBrowser({ width: 360 })
  })
  after(async () => {
    await browser?.close()
    await house?.stop()
  })

  const payButton = (page: Page) => page.getByRole('link', { name: 'Pay with your wallet' })

  /** Opens the shop by the till's name, and orders a toast. */
  async function order() {
    const page = await browser.open(`${house.tillOrigin}/shop`)
    assert.equal(new URL(page.url()).origin, house.shopOrigin)
    await page.getByRole('button', { name: /^Thick toast/ }).click()
    await page.getByRole('button', { name: 'Order and pay ¥450' }).click()
    await payButton(page).waitFor()
    const link = (await payButton(page).getAttribute('href')) ?? ''
    return { page, link }
  }

  testWith(['chromium'], 'a customer pays and comes back to the order', async () => {
    const { page, link } = await order()
    assert.equal(new URL(link).origin, house.walletOrigin)
    await assertAccessible(page, 'to pay')
    await assertClosed(page)
    await assertFits(page, 'to pay')
    await picture(page, 'shop-to-pay')
    const claim = await aiko.terminal.claim(link)
    assert.equal(claim.return_url, page.url())
    await page.goto(link)
    await aiko.terminal.present(claim, aiko.card, { verifyUser: true })
    await page.goto(claim.return_url ?? '')
    await page.getByText('Thank you!').waitFor()
    await page.getByText('Approved', { exact: true }).waitFor()
    await assertAccessible(page, 'paid')
    await assertFits(page, 'paid')
    await picture(page, 'shop-paid')
    await page.close()
  })

  testWith(['chromium'], 'whoever stays on the page sees it by itself', async () => {
    const { page, link } = await order()
    await pay(aiko, link)
    await page.getByText('Thank you!').waitFor()
    await page.close()
  })

  testWith(['chromium'], 'the tab closed in between: the shop knows the order again', async () => {
    const { page, link } = await order()
    await page.close()
    const { return_url } = await aiko.terminal.claim(link)
    await pay(aiko, link)
    const again = await browser.open(`${house.shopOrigin}/shop`)
    await again.getByRole('link', { name: 'Show order' }).click()
    await again.getByText('Thank you!').waitFor()
    assert.equal(again.url(), return_url)
    await again.close()
    await using other = await openBrowser({ locale: 'ja', scheme: 'dark', width: 1200 })
    const elsewhere = await other.open(return_url ?? '')
    await elsewhere.getByText('お支払いを確認しました').waitFor()
    await assertAccessible(elsewhere, 'paid, in Japanese')
    await picture(elsewhere, 'shop-paid-ja-dark')
    assertQuiet(other)
  })

  testWith(['chromium'], 'a customer who says no is told that nothing was charged', async () => {
    const { page, link } = await order()
    await aiko.terminal.deny(await aiko.terminal.claim(link))
    await page.getByText('Nothing was charged.').waitFor()
    await page.close()
  })

  testWith(
    ['chromium'],
    'a wrong key shows nothing, and no page of the shop reaches the till',
    async () => {
      const page = await browser.open(`${house.shopOrigin}/shop/orders/${'A'.repeat(43)}`)
      await page.getByText('There is no such order.').waitFor()
      const asks = ['/api/catalogue', '/api/days/2026-01-01', '/api/orders/1', '/api/stream']
      for (const path of asks)
        assert.equal(await page.evaluate(async (to) => (await fetch(to)).status, path), 404)
      const refund = await page.evaluate(async () => {
        const headers = { 'content-type': 'application/json' }
        return (await fetch('/api/orders/1/refunds', { method: 'POST', headers, body: '{}' }))
          .status
      })
      assert.equal(refund, 404)
      await page.close()
    },
  )

  testWith(['chromium'], 'neither page reaches the wallet’s origin or storage', async () => {
    const wallet = await browser.open(house.walletOrigin)
    await wallet.evaluate(() => localStorage.setItem('secret-of-the-wallet', 'x'))
    for (const origin of [house.tillOrigin, `${house.shopOrigin}/shop`]) {
      const page = await browser.open(origin)
      const seen = await page.evaluate(() => Object.keys(localStorage).join())
      assert.ok(!seen.includes('secret-of-the-wallet'))
      const reach = (to: string) =>
        fetch(to, { mode: 'no-cors' }).then(
          () => 'reached',
          () => 'no',
        )
      assert.equal(await page.evaluate(reach, house.walletOrigin), 'no')
      assert.equal(await page.evaluate(reach, house.url), 'no')
      const framed = await page.evaluate((to) => {
        const frame = document.createElement('iframe')
        frame.src = to
        document.body.append(frame)
        return new Promise((resolve) => {
          frame.onload = () => resolve(frame.contentDocument === null ? 'closed' : 'empty')
        })
      }, house.walletOrigin)
      assert.equal(framed, 'closed')
      await page.close()
    }
    await wallet.close()
  })
})
