/**
 * Goal: whatever becomes of a payment, the person is told the truth in words: whether money moved,
 * why not, what next; and is taken back to the shop. An answer that got lost is found again, once.
 * Method: one holder in a real Chromium, one payment after the other; the merchant's own record is
 * held against what the page says. The lost answer is cut off in the browser, after it was given.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { operateServer } from '@warifu/cli/operators'
import { choosePort } from '@warifu/cli/ports'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import { assertAccessible, assertQuiet, type Browser, openBrowser, picture } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type People, peopleOf } from './people.ts'
import {
  applyFor,
  becomeHolder,
  fillApplication,
  heading,
  join,
  press,
  proveThePhone,
} from './wallet-pages.ts'

type Scene = {
  readonly house: House
  readonly browser: Browser
  readonly page: Page
  readonly people: People
}

const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

testWith(
  ['chromium'],
  'denied, expired, frozen, too much, lost, offline, back to the shop',
  async () => {
    await using house = await startHouse({ balanced: true, wallet: true })
    await using browser = await openBrowser()
    const page = await browser.open(house.walletOrigin)
    const scene = { house, browser, page, people: peopleOf(house) }
    await becomeHolder(page, house)
    await denied(scene)
    await expired(scene)
    await tooMuch(scene)
    await frozen(scene)
    await unknownLink(scene)
    assertQuiet(browser)
    await offline(scene)
    const paid = await lostAnswer(scene)
    await standingYes(scene, paid)
    await askedForMore(scene, paid)
    await monthOfTheCard(scene, paid)
    await backToTheShop(scene)
    await refusedAndReviewed(scene)
  },
)

async function denied({ page, people }: Scene): Promise<void> {
  const { id, link } = await people.ask()
  await page.goto(link)
  await press(page, 'Refuse')
  await says(page, 'You refused')
  await says(page, /No money has moved/)
  await assertAccessible(page, 'denied')
  assert.equal((await people.show(id)).declined_because, 'approval_denied')
  await press(page, 'Done')
}

async function expired({ page, people }: Scene): Promise<void> {
  const { id, link } = await people.ask({ expires_in: 8 })
  await page.goto(link)
  await heading(page, /asks for/)
  await says(page, 'The time is over')
  await says(page, /No money has moved/)
  await picture(page, 'expired')
  await press(page, 'Done')
  assert.notEqual((await people.show(id)).status, 'authorized')
}

async function tooMuch({ page, people }: Scene): Promise<void> {
  const { id, link } = await people.ask({ amount: 10_000_000 })
  await page.goto(link)
  await press(page, 'Approve ¥10,000,000')
  await says(page, 'Not paid')
  await says(page, /limit of your card|not enough left/)
  await assertAccessible(page, 'declined')
  await picture(page, 'declined')
  assert.equal((await people.show(id)).status, 'declined')
  await press(page, 'Done')
}

async function frozen({ page, people }: Scene): Promise<void> {
  await press(page, 'Freeze')
  await says(page, 'Frozen')
  await assertAccessible(page, 'frozen')
  await picture(page, 'frozen')
  const { id, link } = await people.ask()
  await page.goto(link)
  await says(page, 'This card is frozen. Unfreeze it to pay with it.')
  const approve = page.getByRole('button', { name: /Approve/ })
  assert.equal(await approve.isDisabled(), true)
  await press(page, 'Unfreeze')
  await approve.and(page.locator(':enabled')).waitFor()
  await press(page, 'Refuse')
  await press(page, 'Done')
  await says(page, 'Ready to pay')
  assert.equal((await people.show(id)).status, 'declined')
}

async function unknownLink({ page, house }: Scene): Promise<void> {
  await page.goto(`${house.walletOrigin}/pay#${'A'.repeat(43)}`)
  await says(page, 'This payment cannot be opened')
  await press(page, 'Done')
}

/** The platform decides, and the answer never arrives: the same bytes are sent until it does. */
async function lostAnswer({ page, people }: Scene): Promise<Id<'pay'>> {
  const { id, link } = await people.ask()
  const sent: (string | null)[] = []
  await page.route(/\/present$/, async (route) => {
    sent.push(route.request().postData())
    if (sent.length > 2) return route.continue()
    // Node does not resolve *.localhost; the signature is over path and body, not the host.
    await route.fetch({ url: route.request().url().replace('api.localhost', '127.0.0.1') })
    return route.abort('connectionreset')
  })
  await page.goto(link)
  await press(page, /Approve/)
  await says(page, 'Still finding out')
  await picture(page, 'unknown')
  await says(page, /^Paid$/)
  await page.unroute(/\/present$/)
  assert.equal(sent.length, 3)
  assert.equal(new Set(sent).size, 1, 'the same bytes each time')
  const { status, amount_capturable } = await people.show(id)
  assert.deepEqual([status, amount_capturable], ['authorized', 1200], 'paid once')
  await press(page, 'Done')
  return id
}

/** The shop asks to charge that card later: shown with its most, its period and its end. */
async function standingYes({ page, people, house }: Scene, payment: Id<'pay'>): Promise<void> {
  const headers = { authorization: `Bearer ${house.seed.api_key}`, 'idempotency-key': 'token-1' }
  const until = '2030-03-31T15:00:00.000Z'
  const most = { cap: 3000, currency: 'jpy', period: 'month', until } as const
  const body = {
    source: { kind: 'payment', payment },
    consent: { kind: 'recurring', ...most },
  } as const
  const { id } = await callApi(people.api, 'createToken', { body, headers })
  await says(page, '喫茶ワリフ asks for a standing yes')
  await says(page, '¥3,000')
  await says(page, /each month · until (?:March 31|April 1), 2030/)
  await picture(page, 'consent')
  // At its end the bar at the bottom lies over nothing.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await assertAccessible(page, 'consent')
  await press(page, 'Allow with the passkey')
  await page.getByText('asks for a standing yes').waitFor({ state: 'hidden' })
  const { consent } = await callApi(people.api, 'getToken', { params: { id }, headers })
  assert.equal('status' in consent ? consent.status : '', 'given')
}

/** More than was approved is asked for on its own, and held only after that yes. */
async function askedForMore({ page, people }: Scene, payment: Id<'pay'>): Promise<void> {
  const { payments } = people.merchant
  await page.setViewportSize({ width: 360, height: 840 })
  await payments.increment(payment, { amount: 300 })
  await heading(page, '喫茶ワリフ asks for more')
  await says(page, /In all, at most ¥1,500/)
  await assertAccessible(page, 'asked-for-more')
  await picture(page, 'asked-for-more')
  await press(page, 'Approve ¥300 more')
  await says(page, 'Approved')
  await press(page, 'Done')
  assert.equal((await payments.get(payment)).amount_capturable, 1500)
  await payments.increment(payment, { amount: 90 })
  await press(page, 'Refuse')
  await says(page, 'Nothing is added. What you approved before stays as it was.')
  await press(page, 'Done')
  assert.equal((await payments.capture(payment)).amount_captured, 1500)
}

/** What was spent and paid in, what is owed; in a narrow window nothing is cut off. */
async function monthOfTheCard({ page, people, house }: Scene, payment: Id<'pay'>): Promise<void> {
  await people.merchant.payments.refund(payment, { amount: 200 })
  const told = await operateServer(house.serverDatabase.url, ['add', 'Sato', 'issuer'])
  const headers = { authorization: `Bearer ${JSON.parse(told).token}` }
  await press(page, 'Limits')
  const [card] = (await callApi(people.api, 'findCards', { query: {}, headers })).data
  assert(card)
  const body = { amount: 400, currency: 'jpy', reference: 'transfer-1' } as const
  await callApi(people.api, 'repayCard', { params: { id: card.id }, body, headers })
  await press(page, 'Show the statement')
  const statement = page.getByRole('region', { name: 'Statement' })
  for (const text of ['¥1,500', '¥200', '¥400', '¥900'])
    await statement.getByText(text).first().waitFor()
  await statement.getByText('Repayment', { exact: true }).waitFor()
  await assertAccessible(page, 'statement')
  await picture(page, 'statement')
  await page.setViewportSize({ width: 400, height: 840 })
  await page.getByRole('link', { name: 'Your cards' }).click()
}

/** Said plainly while there is no connection; and the page opens when its own server is gone. */
async function offline({ page, browser, house, people }: Scene): Promise<void> {
  await page.goto(house.walletOrigin)
  await says(page, 'Ready to pay')
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await browser.context.setOffline(true)
  await says(page, 'You are offline')
  await says(page, 'Ready to pay')
  await assertAccessible(page, 'offline')
  await picture(page, 'offline')
  // A link that is opened now goes on by itself.
  const { link } = await people.ask()
  await page.goto(link)
  await says(page, 'The connection is missing')
  await assertAccessible(page, 'a payment without a connection')
  await picture(page, 'a payment without a connection')
  await browser.context.setOffline(false)
  await heading(page, /asks for/)
  await page.getByText('You are offline').waitFor({ state: 'hidden' })
  await press(page, 'Refuse')
  await press(page, 'Done')
  // At its own start again, before that is opened without a server.
  await says(page, 'Ready to pay')
  await house.kill('wallet')
  await page.reload()
  await says(page, 'Ready to pay')
  await house.restart('wallet')
}

/** Its page waits for the customer, who closes the tab in between and comes back. */
async function backToTheShop({ page, people, browser, house }: Scene): Promise<void> {
  const shop = createServer((_, answer) => answer.end('<h1>Thank you for your order</h1>'))
  const port = await choosePort()
  shop.listen(port, '127.0.0.1')
  try {
    const return_url = `http://127.0.0.1:${port}/orders/7?state=x`
    const { id, link } = await people.ask({ return_url })
    const tab = await browser.open(link)
    await heading(tab, /asks for/)
    await tab.close()
    await page.goto(house.walletOrigin)
    await says(page, 'A payment waits for your answer')
    await press(page, 'Look at it')
    await press(page, /Approve/)
    await says(page, /^Paid$/)
    await press(page, /^Back to/)
    await heading(page, 'Thank you for your order')
    assert.equal(page.url(), return_url)
    assert.equal((await people.show(id)).status, 'authorized')
  } finally {
    shop.close()
  }
}

/** Another person: refused with a reason, then looked at, and told in their language. */
async function refusedAndReviewed({ house, people: { api } }: Scene): Promise<void> {
  await using browser = await openBrowser()
  const page = await browser.open(house.walletOrigin)
  await join(page, 'Ken')
  await applyFor(page, { birth: '2020-01-01' })
  await proveThePhone(page, house, '+81 90 9999 0001')
  await says(page, 'You are under the age for this card.')
  await assertAccessible(page, 'refused')
  await press(page, 'Apply again')
  const applied = page.waitForResponse(/\/v1\/applications$/)
  await fillApplication(page, { income: '500000' })
  const { id } = await (await applied).json()
  await proveThePhone(page, house, '+81 90 9999 0002')
  await says(page, 'A person is looking at it')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Language').selectOption('ja')
  await page.getByRole('link', { name: 'カード', exact: true }).click()
  await press(page, 'カードを申し込む')
  await says(page, '担当者が確認しています')
  await picture(page, 'review-ja')
  await callApi(api, 'decideApplication', {
    params: { id },
    body: { result: 'approve', limit: 50_000 },
  })
  await says(page, '支払えます')
  await picture(page, 'cards-ja')
  assertQuiet(browser)
}
