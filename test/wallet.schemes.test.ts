/**
 * Goal: a person who is offered a choice takes a card of each scheme through the wallet's pages,
 * sees how it is kept, and pays with it.
 * Method: one person in a real Chromium, five cards, one payment each; what leaves the browser is
 * read on its way: it names the scheme chosen and carries what that scheme shows.
 */
import assert from 'node:assert/strict'
import { type Scheme, schemes } from '@warifu/protocol/schemes'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, assertQuiet, openBrowser, picture } from './chromium.ts'
import { assertHoldsNoCard } from './closed.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type People, peopleOf } from './people.ts'
import { fillApplication, heading, join, press, proveThePhone } from './wallet-pages.ts'

const names: { readonly [S in Scheme]: string } = {
  terminal_sealed: 'This phone alone',
  server_sealed: 'Sealed by the vault',
  double_sealed: 'Sealed twice',
  payment_key: 'Sealed for each payment',
  activation_number: 'With a one-time number',
}

testWith(['chromium'], 'a card of each scheme: chosen, installed, paid with', async () => {
  await using house = await startHouse({ wallet: true })
  await using browser = await openBrowser({ width: 360 })
  const page = await browser.open(house.walletOrigin)
  const people = peopleOf(house)
  await join(page, 'AIKO')
  const shown = new Set<string>()
  for (const [at, scheme] of schemes.entries()) {
    await press(page, 'Apply for a card')
    await page.getByLabel('How the card is kept').selectOption({ label: names[scheme] })
    if (at === 0) await look(page, 'scheme-choice')
    await fillApplication(page)
    await proveThePhone(page, house, `+81 90 1234 560${at}`)
    await heading(page, 'Your cards')
    const panel = page.locator('.card-panel', { hasText: `${names[scheme]}:` })
    await panel.getByText('Ready to pay').waitFor()
    shown.add(await payWith(page, people, { scheme, digits: await digitsIn(panel.innerText()) }))
  }
  assert.equal(shown.size, schemes.length, 'five cards, five references')
  await look(page, 'cards-of-each-scheme')
  await assertReveals(page)
  assertQuiet(browser)
})

/** The number is on the page after the passkey, where the phone can read it, and goes again. */
async function assertReveals(page: Page): Promise<void> {
  await assertHoldsNoCard(page)
  const button = page.getByRole('button', { name: 'Show the number' })
  assert.equal(await button.count(), 1, 'one of five schemes lets the phone read it')
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')))
  const numberOf = async () => {
    await button.click()
    const text = await page.locator('.reveal-number').innerText()
    assert.match(text, /^(?:[0-9]{4} ){4}[0-9]{2}\/[0-9]{2}$/)
    return text.replace(/ /g, '').slice(0, 16)
  }
  const number = await numberOf()
  assert.match(number, /^9900[0-9]{12}$/)
  await look(page, 'reveal')
  await page.evaluate(() => dispatchEvent(new Event('blur')))
  await page.locator('.reveal').waitFor({ state: 'detached' })
  await assertHoldsNoCard(page)
  await page.clock.install()
  assert.equal(await numberOf(), number)
  await page.clock.fastForward(21_000)
  await page.locator('.reveal').waitFor({ state: 'detached' })
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, document.cookie]))
  assert.ok(![...sent, kept].join().includes(number), 'it went nowhere')
  await page.evaluate(() => {
    const denied = new DOMException('not verified', 'NotAllowedError')
    CredentialsContainer.prototype.get = () => Promise.reject(denied)
  })
  await button.click()
  await page.getByRole('alert').waitFor()
  assert.equal(await page.locator('.reveal').count(), 0, 'no passkey, no number')
}

/** The last four digits of a card's face. */
async function digitsIn(text: Promise<string>): Promise<string> {
  const [, digits = ''] = /([0-9]{4})\s+[0-9]{2}\/[0-9]{2}/.exec(await text) ?? []
  assert.match(digits, /^[0-9]{4}$/)
  return digits
}

type Paying = { readonly scheme: Scheme; readonly digits: string }

/** Pays with this card; answers with the reference by which the shop knows it. */
async function payWith(page: Page, people: People, { scheme, digits }: Paying): Promise<string> {
  const { id, link } = await people.ask()
  const presented = page.waitForRequest((each) => each.url().endsWith('/present'))
  await page.goto(link)
  await heading(page, /asks for/)
  const choice = page.getByRole('radio', { name: new RegExp(digits) })
  if (scheme !== schemes[0]) await choice.check()
  await press(page, /^Approve/)
  const { statement, blob } = (await presented).postDataJSON()
  assert.equal(statement.scheme, scheme)
  const travels = Buffer.from(blob, 'base64url').toString('utf8')
  const isSealedAnew = !['server_sealed', 'double_sealed'].includes(scheme)
  assert.equal(JSON.parse(travels).header.purpose, isSealedAnew ? 'card-pay' : 'card')
  await page.getByText('Paid', { exact: true }).waitFor()
  const { card, status } = await people.show(id)
  assert.equal(status, 'authorized')
  assert.equal(card?.last4, digits)
  await press(page, 'Done')
  await heading(page, 'Your cards')
  return card?.reference ?? ''
}

async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await assertFits(page, name)
    await assertAccessible(page, `${name}, ${colorScheme}`)
    await picture(page, `${name}-${colorScheme}`)
  }
}
