/**
 * Goal: a person joins, gets a card and pays, through the wallet's real pages; what they read is
 * what they sign; every page is usable by everybody, at 360 px, in both themes.
 * Method: a whole house, a real Chromium with a virtual passkey. What leaves the browser is read on
 * its way and compared with the text of the page. axe judges every view; the console stays quiet.
 */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Body } from '@warifu/protocol/contract'
import { formatMoney } from '@warifu/protocol/money'
import type { OrderLine } from '@warifu/protocol/sealed'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, assertQuiet, openBrowser, picture } from './chromium.ts'
import { assertClosed, assertHoldsNoCard } from './closed.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { peopleOf } from './people.ts'
import { applyFor, codeFor, heading, join, press } from './wallet-pages.ts'

const order: Partial<Body<'createPayment'>> & { readonly lines: OrderLine[] } = {
  amount: 1650,
  capture_method: 'automatic',
  lines: [
    { description: '深煎りブレンド', quantity: 2, amount: 1100 },
    { description: 'Cheese <b>cake</b>', quantity: 1, amount: 550 },
  ],
}

/** Judged and pictured as it stands, in both themes. */
async function look(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await assertFits(page, name)
    await assertAccessible(page, `${name}, ${scheme}`)
    await picture(page, `${name}-${scheme}`)
  }
}

/** The body of the next request whose path ends so. */
const nextBody = async (page: Page, path: RegExp): Promise<Record<string, unknown>> => {
  const request = await page.waitForRequest(
    (each) => each.method() === 'POST' && path.test(each.url()),
  )
  return request.postDataJSON()
}

testWith(['chromium'], 'join, apply, install, pay by link, history', async () => {
  await using house = await startHouse({ balanced: true, wallet: true })
  await using browser = await openBrowser({ width: 360 })
  const page = await browser.open(house.walletOrigin)
  await heading(page, 'Two halves of one tally')
  await assertBuilt(house.walletOrigin.replace('wallet.localhost', '127.0.0.1'))
  await assertInstallable(page)
  await assertClosed(page, [house.url.replace('127.0.0.1', 'api.localhost')])
  await look(page, 'join')
  await join(page, 'AIKO')
  await look(page, 'first-card')
  await applyFor(page)
  await page.getByLabel('Number with country code').waitFor()
  await look(page, 'phone')
  await page.getByLabel('Number with country code').fill('12345')
  await press(page, 'Send the code')
  await page.getByText('Begin with + and the country code').waitFor()
  await page.getByLabel('Number with country code').fill('+81 90 1234 5678')
  await press(page, 'Send the code')
  await page.getByLabel('Six digits').fill('000000')
  await press(page, 'Confirm')
  await page.getByText('That code is not right.').waitFor()
  await look(page, 'code')
  await page.getByLabel('Six digits').fill(await codeFor(house, '+819012345678'))
  await press(page, 'Confirm')
  await heading(page, 'Your cards')
  await page.getByText('Ready to pay').waitFor()
  await look(page, 'cards')
  await assertHoldsNoCard(page)

  const { ask, show } = peopleOf(house)
  const asked = await ask(order)
  await page.goto(asked.link)
  await heading(page, /asks for/)
  assert.equal(await page.evaluate(() => location.href), `${house.walletOrigin}/pay`)
  await look(page, 'question')
  await assertSignsWhatIsShown(page)
  await page.getByText('Paid', { exact: true }).waitFor()
  await look(page, 'paid')
  const { status } = await show(asked.id)
  assert.ok(status === 'authorized' || status === 'captured', status)
  await press(page, 'Done')
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByText('Paid', { exact: true }).waitFor()
  await page.locator('summary').first().click()
  await look(page, 'history')
  await page.getByRole('link', { name: 'Settings' }).click()
  await heading(page, 'Settings')
  await look(page, 'settings')
  assertQuiet(browser)
})

/** Reads the page as a person does, says yes, and holds what was signed against it. */
async function assertSignsWhatIsShown(page: Page): Promise<void> {
  const text = (selector: string) => page.locator(selector).innerText()
  const shown = {
    amount: await text('.pay-amount'),
    shop: await text('.pay-shop'),
    place: await text('.pay-place'),
    deadline: await page.locator('.countdown time').getAttribute('datetime'),
    lines: await page
      .locator('.order tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))),
  }
  const body = nextBody(page, /\/present$/)
  await tabTo(page, `Approve ${shown.amount}`)
  await page.keyboard.press('Enter')
  const { statement, assertion } = await body
  const signed = JSON.parse(JSON.stringify(statement)).content
  const money = (amount: number) => formatMoney({ amount, currency: signed.currency }, 'en')
  assert.equal(shown.amount, money(signed.amount))
  assert.equal(shown.shop, `${signed.payee.name} asks for`)
  assert.equal(shown.place, signed.payee.place)
  assert.equal(shown.deadline, signed.deadline_at)
  assert.deepEqual(
    shown.lines,
    order.lines.map((line) => [`${line.quantity} ×`, line.description, money(line.amount)]),
  )
  assert.notEqual(assertion, undefined, 'the person is verified for every payment')
}

/** By the keyboard alone, in the order in which the page leads. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let patience = 20; patience > 0; patience -= 1) {
    await page.keyboard.press('Tab')
    if ((await page.locator(':focus').innerText()) === name) return
  }
  assert.fail(`the keyboard does not reach: ${name}`)
}

/** What the browser wants of a page that is to be installed. */
async function assertInstallable(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { errors, data } = await session.send('Page.getAppManifest')
  assert.deepEqual(errors, [])
  const { icons, display, start_url } = JSON.parse(data ?? '')
  assert.deepEqual([display, start_url], ['standalone', '/'])
  for (const { src } of icons)
    assert.equal((await page.request.get(local(page, src))).status(), 200)
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  assert.deepEqual(installabilityErrors, [])
}

/** Node does not resolve names below localhost. */
const local = (page: Page, path: string): string => {
  const url = new URL(path, page.url())
  url.hostname = '127.0.0.1'
  return url.href
}

/** Views beside the cards and a payment are loaded when somebody goes there (app.tsx). */
const FIRST_LOAD_BYTES = 200_000

/** Every script and style carries its digest, as files.json has it; the scripts are small. */
async function assertBuilt(origin: string): Promise<void> {
  const list: Record<string, string> = await (await fetch(`${origin}/files.json`)).json()
  const html = await (await fetch(origin)).text()
  const tags = html.match(/<(?:script|link)[^>]*\/assets\/[^>]*>/g) ?? []
  assert.ok(tags.length >= 2)
  let bytes = 0
  for (const tag of tags) {
    const [, path = ''] = /(?:src|href)="([^"]+)"/.exec(tag) ?? []
    assert.equal(/integrity="([^"]+)"/.exec(tag)?.[1], list[path], path)
    const file = await (await fetch(origin + path)).arrayBuffer()
    if (path.endsWith('.js')) bytes += gzipSync(Buffer.from(file)).length
  }
  assert.ok(bytes <= FIRST_LOAD_BYTES, `${bytes} bytes, zipped, before anything is shown`)
}
