// Goal: somebody who knows nothing gets from the start page to an approved payment and its record,
//   by what the page says and by its links alone.
// Method: one real browser; wallet and till are opened from the start page, the code is read in the
//   inbox page, the payment's link is copied from till to wallet. Two servers behind a balancer.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { assertQuiet, openBrowser } from './chromium.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { linkOn, sell } from './till.ts'
import { applyFor, heading, join, press } from './wallet-pages.ts'

testWith(['chromium'], 'the start page leads a newcomer through one payment', async () => {
  await using house = await startHouse({ balanced: true, wallet: true, pos: true, console: true })
  await using browser = await openBrowser({ locale: 'en', width: 1000 })
  const follow = async (name: string): Promise<Page> => {
    const page = await browser.open(`http://api.localhost:${new URL(house.url).port}/`)
    await heading(page, 'Your first payment')
    await page.getByRole('link', { name, exact: true }).click()
    return page
  }

  const wallet = await follow('Open the wallet')
  await join(wallet, 'AIKO')
  await applyFor(wallet)
  await wallet.getByLabel('Number with country code').fill('+81 90 1234 5678')
  await press(wallet, 'Send the code')

  const inbox = await follow('Open the inbox')
  const text = await inbox.getByText(/\b[0-9]{6}\b/).innerText()
  await wallet.bringToFront()
  await wallet.getByLabel('Six digits').fill(/\b[0-9]{6}\b/.exec(text)?.[0] ?? '')
  await press(wallet, 'Confirm')
  await wallet.getByText('Ready to pay').waitFor()

  const till = await follow('Open the till')
  await sell(till)
  await wallet.goto(await linkOn(till))
  await press(wallet, /^Approve ¥1,650/)
  await wallet.getByText('Paid', { exact: true }).waitFor()
  await till.getByText('Approved', { exact: true }).waitFor()

  const payments = await follow('Open the payments')
  await payments.getByRole('button', { name: 'Enter as The shop’s owner', exact: true }).click()
  await payments.getByRole('row', { name: /¥1,650/ }).click()
  await heading(payments, 'Who could read what')
  const reader = payments.getByText('● reads the card number')
  await reader.waitFor()
  assert.equal(await reader.count(), 1)
  assertQuiet(browser)
})
