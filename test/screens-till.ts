/** The till's pages and the web shop's: a day at the counter. */

import { plasticOf } from '@warifu/cli/entry-device-keys'
import { FIRST_DEVICE, findEntryDevice } from '@warifu/cli/entry-devices'
import { openPanel } from '@warifu/devices/entry-device'
import type { Page } from 'playwright-core'
import { keyCard } from './entry-device.ts'
import { type Holder, pay } from './people.ts'
import type { Stage } from './screens-stage.ts'
import { linkOn, sell } from './till.ts'

const PHONE = '+81 90 5555 0101'

type Scene = Stage & {
  readonly page: Page
  readonly aiko: Holder
  readonly shot: (name: string, page?: Page) => Promise<void>
  readonly press: (name: string | RegExp) => Promise<void>
  readonly say: (text: string | RegExp) => Promise<void>
  /** Opens one of its pages by the navigation. */
  readonly go: (name: string) => Promise<void>
}

export async function shootTill(stage: Stage): Promise<void> {
  const browser = await stage.browse({ width: 1280 })
  const page = await browser.open(stage.sandbox.tillOrigin)
  const aiko = await stage.people.become('Aiko')
  const scene: Scene = {
    ...{ ...stage, page, aiko },
    shot: (name, other = page) => stage.camera.shoot(other, `till-${name}`),
    press: (name) => page.getByRole('button', { name }).first().click(),
    say: (text) => page.getByText(text).first().waitFor(),
    go: (name) => page.getByRole('link', { name }).first().click(),
  }
  for (const part of [empty, byPhone, otherMoney, nearby, telephoneDesk, shop, cut])
    await stage.camera.part(part.name, () => part(scene))
}

async function empty({ page, shot, go, say }: Scene): Promise<void> {
  await page.getByRole('heading', { name: 'Articles' }).waitFor()
  await shot('empty')
  await go('Sales')
  await say('No orders on this day.')
  await shot('sales-empty')
  await go('Saved cards')
  await say('No card is kept here yet.')
  await shot('customers-empty')
  await go('New order')
}

async function byPhone({ page, aiko, shot, go, press, say }: Scene): Promise<void> {
  const newOrder = () => go('New order')
  for (const name of ['Blend coffee', 'Blend coffee', 'Thick toast'])
    await press(new RegExp(`^${name}`))
  await shot('order')
  await page.getByLabel('I scan the customer’s code').check()
  await shot('scan')
  await page
    .getByLabel('I scan the customer’s code')
    .uncheck()
    .catch(() => undefined)
  await page.reload()
  await press(/^Ask for/)
  await page.getByRole('img', { name: 'QR code of the payment link' }).waitFor()
  await shot('waiting')
  const claim = await aiko.terminal.claim(await linkOn(page))
  await say('Opened on a phone')
  await shot('claimed')
  await aiko.terminal.present(claim, aiko.card, { verifyUser: true })
  await page.getByText('Approved', { exact: true }).waitFor()
  await shot('approved')
  await page.getByText('Give money back').click()
  await page.getByLabel('Amount').fill('450')
  await page.getByLabel('Reason (optional)').fill('Wrong order')
  await press('Refund ¥450')
  await say(/^Refunded ¥450/)
  await shot('refunded')
  await newOrder()
  await sell(page)
  await aiko.terminal.deny(await aiko.terminal.claim(await linkOn(page)))
  await say('The cardholder refused.')
  await shot('denied')
  await newOrder()
  await sell(page)
  await press('Cancel')
  await say('This order was cancelled.')
  await shot('cancelled')
}

async function ordered({ page, go, press }: Scene, at: string, way: string): Promise<void> {
  await go(at)
  for (const name of ['Blend coffee', 'Thick toast']) await press(new RegExp(`^${name}`))
  await page.getByLabel(way, { exact: true }).check()
}

async function otherMoney(scene: Scene): Promise<void> {
  const { page, shot, press, say } = scene
  await ordered(scene, 'New order', 'Cash')
  await page.getByLabel('Received').fill('2000')
  await shot('cash')
  await press(/^Take ¥/)
  await say('Paid in cash')
  await shot('paid-cash')
  await ordered(scene, 'New order', 'Bank transfer')
  await press(/^Expect a transfer/)
  await say('Nothing has come yet.')
  await shot('expected')
  await ordered(scene, 'New order', 'By telephone number')
  await page.getByLabel('Number with country code').fill('+81 90 1234 0000')
  await press(/^Ask for/)
  await say('The customer’s phone rings')
  await shot('ringing')
  await press('Cancel')
  await scene.go('Sales')
  await page.getByRole('row', { name: /^Cash/ }).waitFor()
  await shot('sales')
}

/** A device that nobody has paired: the till cannot tell, and the answer is the same. */
async function nearby(scene: Scene): Promise<void> {
  const { page, shot, press, say, air } = scene
  await ordered(scene, 'New order', 'Nearby device')
  await say('No device is near.')
  await shot('nearby-none')
  await using near = await air()
  await near.make('van')
  await page.getByLabel('Device 1').check()
  await shot('nearby')
  await press(/^Ask for/)
  await page.locator('.match-number').waitFor()
  await shot('nearby-asked')
  await press('Cancel')
}

async function telephoneDesk(scene: Scene): Promise<void> {
  const { page, aiko, sandbox, shot, press, say, go } = scene
  await ordered(scene, 'Phone order', 'I key the card the customer reads out')
  await say('The entry device is ready')
  await page.getByLabel(/^Keep the card/).fill(PHONE)
  await shot('phone')
  await press(/^Ask for/)
  await say('Key number, expiry and code on the entry device.')
  await shot('at-the-device')
  const device = await findEntryDevice(sandbox.home, FIRST_DEVICE)
  if (device === undefined) throw new Error('the sandbox has no entry device')
  const place = { operator: sandbox.operator, folder: sandbox.home }
  const { pan, expiry, security_code: code } = await plasticOf(place, aiko.card)
  const panel = await openPanel(device.panel_port)
  await keyCard(panel, { pan, code, expiry: expiry.slice(2) + expiry.slice(0, 2) })
  panel.close()
  await page.getByText('Approved', { exact: true }).waitFor()
  await shot('phone-keying')
  await go('Saved cards')
  await say('+819055550101')
  await shot('customers')
}

async function shop({ browse, sandbox, aiko, shot }: Scene): Promise<void> {
  const page = await (await browse()).open(`${sandbox.tillOrigin}/shop`)
  await page.getByRole('button', { name: /^Blend coffee/ }).click()
  await shot('shop', page)
  await page.getByRole('button', { name: /^(?:Order|Place)/ }).click()
  const link = page.getByRole('link', { name: /Pay with/ })
  await link.waitFor()
  await shot('shop-order', page)
  await pay(aiko, (await link.getAttribute('href')) ?? '')
  await page.getByText('Thank you!').waitFor()
  await shot('shop-paid', page)
}

/** The platform is silent for a while; then the page's own back end is not there. */
async function cut({ page, sandbox, shot, go, press, say }: Scene): Promise<void> {
  await go('New order')
  await press(/^Blend coffee/)
  sandbox.server.kill('SIGSTOP')
  try {
    await press(/^Ask for/)
    await say('Still finding out')
    await shot('finding-out')
  } finally {
    sandbox.server.kill('SIGCONT')
  }
  await page.getByRole('img', { name: 'QR code of the payment link' }).waitFor()
  await page.context().setOffline(true)
  await sandbox.till.stop()
  await say(/cut|connection/i)
  await shot('cut')
}
