// Goal: a person pairs their reader with the wallet's page, and pays with it what a till asks for
// by their number: till, page and display tell the same story; every view is usable by everybody.
// Method: a whole house, a reader's own process, two real Chromium pages; hands at the panel.
import assert from 'node:assert/strict'
import { choosePort } from '@warifu/cli/ports'
import postgres from 'postgres'
import { assertAccessible, assertFits, assertQuiet, openBrowser } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { handsAt, PIN, plasticFor, startReader } from './reader-bench.ts'
import { sell } from './till.ts'
import { becomeHolder, press } from './wallet-pages.ts'

async function onlyCard(house: House): Promise<string> {
  const sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  try {
    const [row] = await sql<{ id: string }[]>`select id from issuing.card`
    return row?.id ?? ''
  } finally {
    await sql.end()
  }
}

testWith(
  ['chromium'],
  'pair a reader, be asked by number, read the card, key the PIN',
  async () => {
    const port = await choosePort()
    const deviceOrigins = { reader: `ws://127.0.0.1:${port}` }
    await using house = await startHouse({ wallet: { deviceOrigins }, pos: true })
    await using browser = await openBrowser({ width: 360 })
    const wallet = await browser.open(house.walletOrigin)
    await becomeHolder(wallet, house)
    const card = await plasticFor(house, await onlyCard(house), PIN)
    const reader = await startReader(house, 'phone-1', { port })
    try {
      await wallet.goto(`${house.walletOrigin}/reader`)
      await wallet.getByText('A reader is plugged in').waitFor()
      await press(wallet, 'Pair')
      const code = wallet.getByLabel('Six digits on its display')
      await code.waitFor()
      await assertFits(wallet, 'pairing')
      await assertAccessible(wallet, 'pairing')
      const { display } = await reader.panel.look()
      const [digits = ''] = /[0-9]{6}$/.exec(display) ?? []
      await code.fill(digits === '000000' ? '000001' : '000000')
      await press(wallet, 'Pair')
      await wallet.getByText('Those are not the digits').waitFor()
      await code.fill(digits)
      await press(wallet, 'Pair')
      await wallet.getByText('Plugged in and paired').waitFor()
      await assertAccessible(wallet, 'paired')

      const till = await browser.open(house.tillOrigin)
      await till.getByLabel('Card at the customer’s own reader').check()
      await till.getByLabel('Number with country code').fill('+81 90 1234 5678')
      await sell(till)
      await till.getByText('they read their card at their own reader').waitFor()

      const hands = handsAt(reader)
      const sheet = wallet.locator('dialog.asked')
      await sheet.getByText('You will read your card at your own reader.').waitFor()
      await sheet.getByRole('button', { name: /^Approve/ }).click()
      await sheet.getByText('insert or swipe your card').waitFor()
      assert.match((await reader.panel.look()).display, /¥1,650/)
      await assertAccessible(wallet, 'reading')
      await hands.insert(card)
      await sheet.getByText('Key your PIN at the reader').waitFor()
      await hands.key(PIN)
      await till.getByText('Approved', { exact: true }).waitFor()
      await sheet.getByText('Paid', { exact: true }).waitFor()
      assert.match((await reader.panel.look()).display, /Approved/)
      assertQuiet(browser)
    } finally {
      await reader.close()
    }
  },
)
