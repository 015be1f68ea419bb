/** What a shop's people do at the console: their money, keys, devices, webhooks and comparisons. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import { assertAccessible, assertQuiet, picture } from './chromium.ts'
import type { Desk } from './console-desk.ts'
import { testWith } from './needs.ts'
import { availableOf, pay } from './people.ts'

type At = () => Desk

export function shopJourneys(desk: At): void {
  moneyOfShop(desk)
  listsOfShop(desk)
  testWith(
    ['chromium'],
    'an API key is made, rolled and revoked; each time it counts',
    async () => {
      await keysOfShop(desk())
    },
  )
  testWith(['chromium'], 'a device is added; without keys it is not put to use', () =>
    moveDevice(desk()),
  )
  testWith(['chromium'], 'an order file is compared, and its suggested fix applied', () =>
    reconcile(desk()),
  )
  testWith(['chromium'], 'an endpoint is added, and a delivery sent to it again', () =>
    webhooksOfShop(desk()),
  )
}

function moneyOfShop(desk: At): void {
  testWith(['chromium'], 'a shop owner finds a payment and gives money back', async () => {
    const { people, holder, page, house } = desk()
    await page.goto(house.consoleOrigin)
    await enterBeforeAnySale(desk())
    const asked = await people.ask({ merchant_reference: 'A-17', capture_method: 'automatic' })
    const funds = await availableOf(holder)
    await pay(holder, asked.link)
    await page.getByRole('navigation', { name: 'Pages' }).getByText('Payments').click()
    await page.getByRole('row', { name: /A-17/ }).click()
    await page.getByRole('heading', { level: 1, name: 'A-17' }).waitFor()
    const hops = await stepAndFollow(page)
    await desk().fill('Refund', { Amount: '200' })
    await picture(page, 'console-refund')
    await desk().send('Refund ¥200')
    await page.getByText('Partly refunded').waitFor()
    await grownAndSaved(desk(), hops)
    const { amount, amount_refunded } = await people.show(asked.id)
    assert.equal(amount_refunded, 200)
    assert.equal(await availableOf(holder), funds - amount + 200)
    assert.equal(page.url(), `${house.consoleOrigin}/payments/${asked.id}`)
    await picture(page, 'console-payment')
    await assertAccessible(page, 'a payment')
  })

  testWith(['chromium'], 'an auditor reads and does nothing; the API says so too', async () => {
    const { page, enter, browser } = desk()
    await enter('auditor', '/payments')
    await page.getByRole('row', { name: /A-17/ }).click()
    await page.getByRole('heading', { level: 1, name: 'A-17' }).waitFor()
    const legs = page.getByRole('grid', { name: 'Legs in the ledger' })
    await legs
      .getByRole('row', { name: /Capture/ })
      .first()
      .waitFor()
    assert.equal(await page.getByRole('button', { name: 'Refund' }).count(), 0)
    const answers = await page.evaluate(async () => {
      const id = location.pathname.split('/').at(-1)
      const send = async (path: string, headers: Record<string, string>) => {
        const given = { 'content-type': 'application/json', 'idempotency-key': 'x', ...headers }
        const answer = await fetch(path, { method: 'POST', headers: given, body: '{}' })
        const { error } = await answer.json()
        return `${answer.status} ${error.code}`
      }
      return [
        await send(`/v1/payments/${id}/refunds`, { 'warifu-console': '1' }),
        await send(`/v1/payments/${id}/refunds`, {}),
        await send('/v1/operator/acts/req_00000000000000000000000000/approve', {
          'warifu-console': '1',
        }),
      ]
    })
    for (const answer of answers) assert.match(answer, /^40[0134] /, answers.join(', '))
    assertQuiet(browser)
  })
}

/** Words stand where nothing can be drawn, and no empty axes. */
async function enterBeforeAnySale({ page }: Desk): Promise<void> {
  await page.getByRole('button', { name: 'Enter as The shop’s owner' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).getByText('Overview').click()
  await page.getByText('No payment was approved in this time.').waitFor()
  await page.getByText('Nothing was decided in this time.').waitFor()
  assert.equal(await page.locator('.chart [role=img]').count(), 0)
  assert.equal(await page.getByText('Time to decide').count(), 0, 'no shop’s business')
}

const hopsIn = (page: Page): Promise<number> => page.locator('.xray [data-hop]').count()

/** One message by a key, then all of them; answers with how many there are. */
async function stepAndFollow(page: Page): Promise<number> {
  const all = await hopsIn(page)
  await page.getByRole('region', { name: /^X-ray of a payment/ }).focus()
  await page.keyboard.press('ArrowRight')
  assert.equal(await hopsIn(page), 1)
  await page.getByRole('button', { name: 'Follow' }).click()
  assert.equal(await hopsIn(page), all)
  return all
}

/** Who follows sees what came after, and saves what is seen. */
async function grownAndSaved({ page }: Desk, before: number): Promise<void> {
  await page.waitForFunction(
    (count) => document.querySelectorAll('.xray [data-hop]').length > count,
    before,
  )
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as SVG' }).click(),
  ])
  assert.match(download.suggestedFilename(), /^xray-pay_\w+\.svg$/)
  const drawing = await readFile(await download.path(), 'utf8')
  assert.match(drawing, /^<svg xmlns=/)
  assert.equal(drawing.match(/data-hop=/g)?.length, await hopsIn(page))
  assert.doesNotMatch(drawing, /(?<![.\d])\d{13,19}\b/, 'no card number')
}

function listsOfShop(desk: At): void {
  testWith(
    ['chromium'],
    'a list is filtered, kept under a name, sorted, and leaves as CSV',
    async () => {
      const { page, people, enter, fill, send } = desk()
      for (const amount of [990, 12_000, 700])
        await people.ask({ amount, merchant_reference: `list ${amount}` })
      await enter('merchant_admin', '/payments')
      await page.getByLabel('Status').selectOption('requires_action')
      await page.getByRole('row', { name: /A-17/ }).waitFor({ state: 'detached' })
      const sort = page.getByRole('columnheader', { name: 'Amount' })
      await sort.getByRole('button').click()
      await page.locator('[aria-sort=ascending]').waitFor()
      const first = page.locator('[data-index="0"]')
      assert.match(await first.innerText(), /¥700/)
      await sort.getByRole('button').click()
      await page.locator('[aria-sort=descending]').waitFor()
      assert.match(await first.innerText(), /¥12,000/)
      assert.match(page.url(), /[?&]sort=-amount/)
      await fill('Save this filter', { Name: 'Open ones' })
      await send('Save')
      const saved = page.getByRole('link', { name: 'Open ones' })
      await saved.waitFor()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV' }).click(),
      ])
      const text = await readFile(await download.path(), 'utf8')
      const [head = '', ...rows] = text.trim().split('\r\n')
      assert.match(head, /^id,.*merchant_reference/)
      assert.ok(rows.some((row) => row.includes('list 990')))
      assert.ok(!text.includes('A-17'), 'as it is filtered')
      await page.getByRole('button', { name: 'Clear all' }).click()
      await page.getByRole('row', { name: /A-17/ }).waitFor()
      await page.goto(page.url().replace(/\?.*$/, ''))
      await page.getByRole('row', { name: /A-17/ }).waitFor()
      await saved.click()
      await page.getByRole('row', { name: /A-17/ }).waitFor({ state: 'detached' })
      await page.locator('[aria-sort=descending]').waitFor()
      assert.match(await first.innerText(), /¥12,000/, 'in the order that was kept')
      await page.getByRole('button', { name: /Open ones/ }).click()
      await saved.waitFor({ state: 'detached' })
    },
  )
}

async function keysOfShop({ page, people, dialog, goTo, fill }: Desk): Promise<void> {
  const answers = async (secret: string) => {
    const headers = { authorization: `Bearer ${secret}` }
    const { api } = people
    return (await api.fetch(`${api.apiUrl}/v1/payments?limit=1`, { headers })).status
  }
  const shown = async () => await dialog.getByText(/^w[kr]_test_[\w-]{40,}$/).innerText()
  await goTo('/api-keys')
  await fill('New API key', { Name: 'Night shift' })
  await dialog.getByLabel('payments:read').check()
  await dialog.getByRole('button', { name: 'Make the key' }).click()
  const first = await shown()
  assert.equal(await answers(first), 200)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page
    .getByRole('row', { name: /Night shift/ })
    .first()
    .click()
  await dialog.getByRole('button', { name: 'Roll' }).click()
  await dialog.last().getByRole('button', { name: 'Roll' }).click()
  const second = await shown()
  assert.notEqual(second, first)
  assert.equal(await answers(second), 200)
  await dialog.last().getByRole('button', { name: 'Close' }).click()
  const last4 = new RegExp(`…${second.slice(-4)}`)
  await page.getByRole('row', { name: last4 }).click()
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await dialog.last().getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('row', { name: last4 }).filter({ hasText: 'Revoked' }).waitFor()
  assert.equal(await answers(second), 401)
}

async function moveDevice(desk: Desk): Promise<void> {
  const { page, people, house, dialog, goTo, fill, send } = desk
  await goTo('/devices')
  const made = { Name: 'Till 9', 'Serial number': 'WD-9', 'Held by': 'Kyoto shop' }
  await fill('New device', made)
  await send('Add the device')
  await page.getByRole('row', { name: /Till 9/ }).click()
  await fill('Set to: Active', { Why: 'in its place' })
  await dialog.getByRole('button', { name: 'Set to: Active' }).click()
  // It has no keys yet: that is said, and nothing has changed.
  await dialog.getByText('device_unknown').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await fill('Set to: Retired', { Why: 'broken in the post' })
  await send('Set to: Retired')
  await page.getByText('broken in the post').waitFor()
  const id = page.url().split('/').at(-1) ?? ''
  assert.ok(isId('edv', id))
  const headers = { authorization: `Bearer ${house.seed.api_key}` }
  const { status } = await callApi(people.api, 'getEntryDevice', { params: { id }, headers })
  assert.equal(status, 'retired')
}

async function reconcile({ page, people, holder, dialog, goTo }: Desk): Promise<void> {
  const { id, link } = await people.ask({ amount: 830, merchant_reference: 'order 1' })
  await pay(holder, link)
  const dayOf = (ahead: number) =>
    new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
  await goTo('/reconciliation')
  await page.getByRole('button', { name: 'Compare an order file' }).click()
  const buffer = Buffer.from('order,amount,currency\norder 1,830,jpy\nA-17,1000,jpy\n')
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'orders.csv',
    mimeType: 'text/csv',
    buffer,
  })
  for (const [at, day] of [dayOf(0), dayOf(1)].entries())
    await dialog.locator('input[type=date]').nth(at).fill(day)
  await dialog.getByRole('button', { name: 'Send and compare' }).click()
  await page.getByRole('row', { name: /order 1/ }).click()
  await dialog.getByText('Not captured').first().waitFor()
  await picture(page, 'console-difference')
  await dialog
    .getByRole('button', { name: /Capture/ })
    .first()
    .click()
  await dialog
    .last()
    .getByRole('button', { name: /Capture/ })
    .last()
    .click()
  await page
    .getByRole('row', { name: /order 1/ })
    .filter({ hasText: 'Fixed' })
    .waitFor()
  assert.equal((await people.show(id)).amount_captured, 830)
}

async function webhooksOfShop(desk: Desk): Promise<void> {
  const { page, people, dialog, goTo } = desk
  await using shop = await listenForPosts()
  await goTo('/webhooks')
  await page.getByRole('button', { name: 'New endpoint' }).click()
  await dialog.getByLabel('Address').fill(shop.url)
  await dialog.getByRole('button', { name: 'Add the endpoint' }).click()
  await dialog.getByText(/^whsec_/).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await people.ask({ merchant_reference: 'A-18' })
  await shop.until(1)
  await page.getByRole('row', { name: new RegExp(shop.url) }).click()
  await page.getByRole('row', { name: /payment\.created/ }).click()
  await dialog.getByText('Delivered').waitFor()
  const before = shop.count()
  await dialog.getByRole('button', { name: 'Send again' }).click()
  await shop.until(before + 1)
  await dialog.getByText('Sent again').waitFor()
  await picture(page, 'console-delivery')
  await assertAccessible(page, 'a delivery')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await turnAndRecover(desk)
}

/** Off, on, another secret, and what failed or was never heard again. */
async function turnAndRecover({ page, dialog }: Desk): Promise<void> {
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const secret = async () => {
    await press('Show the secret')
    const text = await dialog.getByText(/^whsec_/).innerText()
    await dialog.getByRole('button', { name: 'Close' }).click()
    return text
  }
  const first = await secret()
  await press('Turn off')
  await page.getByText('Disabled').first().waitFor()
  await press('Turn on')
  await page.getByText('Enabled').first().waitFor()
  await press('Rotate the secret')
  await dialog.getByRole('button', { name: 'Rotate the secret' }).click()
  await page.getByText('A new secret signs now').waitFor()
  assert.notEqual(await secret(), first)
  await press('Send failed ones again')
  await page.getByText('0 sent').waitFor()
  // Whatever happened before this endpoint was added, it never heard.
  await press('Send what it never heard')
  await page.getByText(/^[1-9][0-9]* sent$/).waitFor()
}

/** A shop's server that takes whatever is posted to it. */
async function listenForPosts() {
  let posts = 0
  let told = () => {}
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(204).end()
      posts += 1
      told()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}/hook`,
    count: () => posts,
    until: async (count: number) => {
      while (posts < count)
        await new Promise<void>((resolve) => {
          told = resolve
        })
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
