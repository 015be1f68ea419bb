/**
 * Goal: a person pairs a device by its label and pays at a till that hears it: number on the till
 *   alone, entered on the phone; a wrong number ends it.
 * Method: a whole house, two real Chromiums, a real device's process between them; axe judges.
 */
import assert from 'node:assert/strict'
import { choosePort } from '@warifu/cli/ports'
import { airOf } from '@warifu/cli/proximity-air'
import { labelOf } from '@warifu/cli/proximity-devices'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, assertQuiet, openBrowser } from './chromium.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type Beacon, openAir } from './proximity.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

async function look(page: Page, name: string): Promise<void> {
  await assertFits(page, name)
  await assertAccessible(page, name)
}

async function pair(wallet: Page, car: Beacon): Promise<void> {
  await wallet.getByRole('link', { name: 'Settings' }).click()
  await wallet.getByRole('link', { name: 'Your devices' }).click()
  await heading(wallet, 'Your devices')
  await press(wallet, 'Pair a device')
  await wallet.getByLabel('Or what its label says').fill('warifu:nothing')
  await wallet.getByText('This is not the label of a proximity device.').waitFor()
  await wallet.getByLabel('Or what its label says').fill(labelOf(car))
  await wallet.getByLabel('Name for it').fill('My car')
  await look(wallet, 'pairing')
  await press(wallet, 'Pair')
  await wallet.getByText('My car').waitFor()
  await look(wallet, 'devices')
}

/** Asks the device that is near; answers with the number on the till. */
async function askNear(till: Page): Promise<string> {
  await till.getByRole('link', { name: 'New order' }).click()
  await till.getByRole('button', { name: /^Blend coffee/ }).click()
  await till.getByLabel('Nearby device').check()
  await till.getByLabel('Device 1').check()
  await look(till, 'nearby')
  await till.getByRole('button', { name: /^Ask for/ }).click()
  return await till.locator('.match-number strong').innerText()
}

const other = (number: string) => String((Number(number) + 1) % 100).padStart(2, '0')

async function answer(wallet: Page, number: string): Promise<void> {
  const sheet = wallet.locator('dialog.asked')
  await sheet.waitFor()
  await sheet.getByLabel('Number on the till').fill(number)
  await sheet.getByRole('button', { name: /^Approve/ }).click()
}

testWith(['chromium'], 'a device is paired, heard, and confirms on the phone', async () => {
  const ports = { air: await choosePort(), link: await choosePort() }
  await using house = await startHouse({
    wallet: { deviceOrigins: { proximity: `ws://127.0.0.1:${ports.link}` } },
    pos: { beaconAir: airOf(ports.air) },
  })
  await using air = await openAir(house, ports)
  const car = await air.make('car')
  await using phone = await openBrowser({ width: 360 })
  const wallet = await phone.open(house.walletOrigin)
  await becomeHolder(wallet, house)
  await pair(wallet, car)
  await using shop = await openBrowser({ width: 1200 })
  const till = await shop.open(house.tillOrigin)

  const number = await askNear(till)
  await wallet.locator('dialog.asked').waitFor()
  await look(wallet, 'asked-near')
  // As a number of its own: the digits of an amount or of the clock may be the same.
  const shown = await wallet.locator('dialog.asked').innerText()
  assert.doesNotMatch(shown, new RegExp(`(?<![0-9:,.])${number}(?![0-9:,.])`))
  await answer(wallet, number)
  await wallet.getByText('Paid', { exact: true }).waitFor()
  await press(wallet, 'Done')
  await till.getByText('Approved', { exact: true }).waitFor()

  await answer(wallet, other(await askNear(till)))
  await wallet.getByText('That is not the number the till shows.').waitFor()
  await press(wallet, 'Done')

  assertQuiet(shop)
})
