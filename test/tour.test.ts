/**
 * Goal: a newcomer presses five buttons, and five systems pay on this very sandbox, each with its
 *   X-ray from the payment’s own record; in three languages, both themes, narrow, and by keys.
 *   Phones and devices keep the platform's time: here its clock was set two days ahead.
 * Method: a house, the tour's own process beside it, and a real Chromium.
 */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { after } from 'node:test'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { buildPage, tourProgram } from '@warifu/cli/programs'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import {
  assertAccessible,
  assertFits,
  assertQuiet,
  type Browser,
  openBrowser,
  picture,
} from './chromium.ts'
import { assertClosed, assertHoldsNoCard } from './closed.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'

async function startTour({ folder, url, walletOrigin, operator, serverDatabase, seed }: House) {
  const stack = new AsyncDisposableStack()
  const logs = join(folder, 'logs')
  for (const name of ['logs', 'secrets']) await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, 'sandbox.json'), JSON.stringify(seed))
  await buildPage('tour')
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const port = await choosePort()
  const program = await tourProgram({
    ...{ ...operator, port, apiUrl: url, walletOrigin, stateFolder: folder, logs },
    serverDatabaseUrl: serverDatabase.url,
    seedFile: join(folder, 'sandbox.json'),
  })
  const child = await startChild(program, join(logs, 'tour.log'), keeper)
  stack.defer(child.stop)
  await untilReady(child, saidReady(child))
  const origin = `http://tour.localhost:${port}`
  return { origin, port, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** Seconds where the machine is idle; a run makes a person, a card and devices. */
const RUN_MS = 120_000

const press = async (page: Page, system: string): Promise<void> => {
  const row = page.locator(`[data-system="${system}"]`)
  await row.getByRole('button', { name: 'Run it live' }).click()
  await page
    .locator(`[data-system="${system}"]:is([data-state=done], [data-state=failed])`)
    .waitFor({ timeout: RUN_MS })
  assert.equal(await row.getAttribute('data-state'), 'done', await row.innerText())
}

/** Who is drawn as reading the card's number, by their place. */
const readersIn = (page: Page, system: string): Promise<string[]> =>
  page
    .locator(`[data-system="${system}"] [data-seen="reads"]`)
    .evaluateAll((found) => found.map((one) => one.getAttribute('data-place') ?? ''))

const titles = { ja: '5分でわかる5つのしくみ', ko: '5분에 보는 다섯 시스템' } as const

// biome-ignore format: a table
const readers: Readonly<Record<string, readonly string[]>> = {
  S0: ['vault'],
  S1: [],
  S2: ['sim', 'vault'],
  S3: ['cardholder', 'reader', 'vault'],
  S4: ['cardholder', 'entry_device', 'vault'],
}

let house: House
let tour: Awaited<ReturnType<typeof startTour>>
let browser: Browser
let page: Page | undefined

/** Put up by the first test that runs: where there is no Chromium, none does. */
async function stage(): Promise<Page> {
  if (page !== undefined) return page
  house = await startHouse()
  tour = await startTour(house)
  const body = { seconds: 2 * 86_400 }
  await callApi({ fetch, apiUrl: house.url }, 'advanceTestClock', { body })
  browser = await openBrowser({ locale: 'en', width: 1400 })
  page = await browser.open(tour.origin)
  return page
}
after(async () => {
  await browser?.close()
  await tour?.[Symbol.asyncDispose]()
  await house?.stop()
})

for (const [system, reads] of Object.entries(readers))
  testWith(['chromium'], `${system}: a button, a payment, its X-ray`, async () => {
    const page = await stage()
    await press(page, system)
    assert.deepEqual(await readersIn(page, system), reads)
    await picture(page, `tour-${system}`)
  })

testWith(['chromium'], 'message by message, by keys: only what was sent so far', async () => {
  const page = await stage()
  const start = page.getByRole('link', { name: 'Your first payment, step by step' })
  const { port } = new URL(house.url)
  assert.equal(await start.getAttribute('href'), `http://api.localhost:${port}/?lang=en`)
  const row = page.locator('[data-system="S0"]')
  const drawn = () => row.locator('[data-hop]').count()
  const all = await drawn()
  await row.getByRole('region', { name: /^X-ray of a payment/ }).focus()
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight')
  assert.equal(await drawn(), 3)
  assert.match(await row.locator('.xray-step-title').innerText(), /^Message 3 of \d+/)
  await assertAccessible(page, 'a step')
  await page.keyboard.press('End')
  assert.equal(await drawn(), all)
  const saved = page.waitForEvent('download')
  await row.getByRole('button', { name: 'Save as SVG' }).click()
  assert.match((await saved).suggestedFilename(), /^xray-pay_\w+\.svg$/)
})

testWith(['chromium'], 'three languages, both themes, 360 px', async () => {
  const page = await stage()
  for (const [language, title] of Object.entries(titles)) {
    await page.getByRole('combobox').selectOption(language)
    await page.getByRole('heading', { name: title }).waitFor()
    const steps = await page.locator('.steps').allInnerTexts()
    assert.doesNotMatch(steps.join(), /\b(?:the|card|phone)\b/, 'a step in English')
    await picture(page, `tour-${language}`)
  }
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await assertAccessible(page, colorScheme)
    await picture(page, `tour-${colorScheme}`)
  }
  await page.setViewportSize({ width: 360, height: 800 })
  await assertFits(page, 'the tour at 360 px')
  await picture(page, 'tour-360')
  await assertHoldsNoCard(page)
  await assertClosed(page)
  assertQuiet(browser)
})

testWith(['chromium'], 'nobody else’s page begins anything, nor by another name', async () => {
  await stage()
  const { host } = new URL(tour.origin)
  const ask = (headers: Record<string, string>) =>
    new Promise((done) => {
      const place = { host: '127.0.0.1', port: tour.port, path: '/runs/S0', method: 'POST' }
      request({ ...place, headers }, ({ statusCode }) => done(statusCode)).end()
    })
  assert.equal(await ask({ origin: tour.origin }), 403)
  assert.equal(await ask({ host }), 403)
  assert.equal(await ask({ host, origin: 'http://evil.example' }), 403)
})
