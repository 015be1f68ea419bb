// Goal: at a telephone desk and a counter: a card is keyed on the entry device and its number is
//   nowhere else; kept cards are charged and deleted; money goes back in parts, with reasons, and
//   on the receipt; cash and transfers stand in one list and one sum with the rest; a cut cable is
//   “still finding out”, then the truth, once.
// Method: the real page in a real Chromium, its back end, the device and the house as processes; a
//   relay cuts between back end and platform. Page, files, logs and traffic are searched.
import assert from 'node:assert/strict'
import { after, afterEach, before, suite } from 'node:test'
import { createCardScanner, findCardsInMemory, sandboxBins } from '@warifu/cli/card-scan'
import { equipMerchant, plasticOf } from '@warifu/cli/entry-device-keys'
import { choosePort } from '@warifu/cli/ports'
import { findNumbers, scanFolder } from '@warifu/cli/scan'
import type { Panel } from '@warifu/devices/entry-device'
import type { Page } from 'playwright-core'
import {
  assertAccessible,
  assertFits,
  assertQuiet,
  type Browser,
  openBrowser,
  picture,
} from './chromium.ts'
import { type Bench, keyCard, type Plastic, setUpDevice } from './entry-device.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { availableOf, type Holder, type People, peopleOf } from './people.ts'
import { cutAt, type Frame } from './relay.ts'
import { bookOf, everythingToldTo } from './till.ts'

const PHONE = '+81 90 5555 0101'

suite('the telephone desk and the counter', () => {
  let house: House
  let people: People
  let aiko: Holder
  let bench: Bench
  let panel: Panel
  let plastic: Plastic
  let browser: Browser
  let page: Page
  let told: () => Promise<string>

  before(async () => {
    const port = await choosePort()
    house = await startHouse({ pos: { devicePorts: [port] }, relays: ['pos'] })
    people = peopleOf(house)
    aiko = await people.become('Aiko')
    const { folder, operator, seed } = house
    const place = { api: people.api, apiKey: seed.api_key, operator, folder }
    const { device, kbpk, key_block } = await equipMerchant(place, 'Desk 1')
    const admitted = { device, kbpk: Uint8Array.from(Buffer.from(kbpk, 'hex')) }
    bench = await setUpDevice({ admitted, port })
    await bench.start()
    panel = await bench.panel()
    await panel.loadKey(key_block)
    const { pan, expiry, security_code: code } = await plasticOf(place, aiko.card)
    plastic = { pan, code, expiry: expiry.slice(2) + expiry.slice(0, 2) }
    browser = await openBrowser({ width: 1200 })
    page = await browser.open('about:blank')
    told = await everythingToldTo(page)
    await page.goto(house.tillOrigin)
  })
  after(async () => {
    panel?.close()
    await browser?.close()
    await bench?.[Symbol.asyncDispose]()
    await house?.stop()
  })
  afterEach(() => {
    house.relay('pos').hook()
    assertHoldsNothing()
  })

  /** The back end's memory and all it said and heard: no card number, told or untold. */
  function assertHoldsNothing(): void {
    const wanted = { bins: sandboxBins, planted: [plastic.pan] }
    const held = findCardsInMemory(house.pid('pos'), wanted)
    assert.deepEqual(held.slice(0, 3), [], 'its memory')
    for (const direction of ['up', 'down'] as const) {
      const { feed, end } = createCardScanner(wanted)
      const found = [...feed(house.relay('pos').captured(direction), 0), ...end()]
      assert.deepEqual(found.slice(0, 3), [], `what went ${direction}`)
    }
  }

  const say = (text: string | RegExp) => page.getByText(text).first().waitFor()
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const kind = (name: string) => page.getByLabel(name, { exact: true }).check()

  /** Two coffees and a toast are ¥1,650. */
  async function order(at: 'New order' | 'Phone order', way: string): Promise<void> {
    await page.getByRole('link', { name: at }).first().click()
    for (const name of ['Blend coffee', 'Blend coffee', 'Thick toast'])
      await press(new RegExp(`^${name}`))
    await kind(way)
  }
  const numberOn = async () =>
    Number(/[0-9]+/.exec((await page.locator('.one-order h1').textContent()) ?? '')?.[0])
  const paymentsOf = async (number: number) => {
    const all = await people.merchant.payments.list().take(100)
    return all.filter(({ merchant_reference }) => merchant_reference === `order ${number}`)
  }
  const saleOf = async (number: number) => {
    const reference = { merchant_reference: `order ${number}` }
    const [sale] = await people.merchant.sales.list(reference).take(1)
    return sale
  }
  async function look(what: string): Promise<void> {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await assertFits(page, what)
      await assertAccessible(page, `${what}, ${scheme}`)
      await picture(page, `desk-${what}-${scheme}`)
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  }
  async function keyedOrder(card: Plastic = plastic): Promise<void> {
    await order('Phone order', 'I key the card the customer reads out')
    await say('The entry device is ready')
    await press('Ask for ¥1,650')
    await say('Key number, expiry and code on the entry device.')
    await keyCard(panel, card)
    assertHoldsNothing()
  }

  testWith(['chromium'], 'a card is keyed by telephone, pays, and is kept', async () => {
    const funds = await availableOf(aiko)
    await order('Phone order', 'I key the card the customer reads out')
    await say('The entry device is ready')
    await page.getByLabel(/^Keep the card/).fill(PHONE)
    await look('moto')
    await press('Ask for ¥1,650')
    await say('Phone order ¥1,650 Card number')
    await look('keying')
    await keyCard(panel, plastic)
    await page.getByText('Approved', { exact: true }).waitFor()
    await say('Kept for next time')
    const [paid] = await paymentsOf(await numberOn())
    assert.deepEqual([paid?.presentment, paid?.amount], ['moto', 1650])
    assert.equal(await availableOf(aiko), funds - 1650)
  })

  testWith(['chromium'], 'the kept card is charged, then deleted; nobody is rung', async () => {
    await page.getByRole('link', { name: 'Saved cards' }).click()
    await page.getByText('+819055550101').waitFor()
    await look('saved')
    await page.getByRole('button', { name: /^Charge the card of/ }).click()
    for (const name of ['Blend coffee', 'Thick toast']) await press(new RegExp(`^${name}`))
    await page.getByRole('button', { name: 'Ask for ¥1,050' }).click()
    await page.getByText('Approved', { exact: true }).waitFor()
    assert.equal((await aiko.terminal.questions()).length, 0)
    await page.getByRole('link', { name: 'Saved cards' }).click()
    await press(/^Delete the card of/)
    await say('This shop will not be able to charge')
    await look('deleting')
    await press('Delete this card')
    await say('No card is kept here yet.')
    const tokens = await people.merchant.tokens.list().take(10)
    assert.ok(tokens.length > 0 && tokens.every(({ deleted_at }) => deleted_at !== null))
  })

  testWith(['chromium'], 'money goes back in parts, with reasons, and on the receipt', async () => {
    await keyedOrder()
    await page.getByText('Approved', { exact: true }).waitFor()
    const number = await numberOn()
    await page.getByText('Give money back').click()
    for (const [amount, reason] of [
      ['450', 'Wrong order'],
      ['200', 'Cold coffee'],
    ] as const) {
      await page.getByLabel('Amount').fill(amount)
      await page.getByLabel('Reason (optional)').fill(reason)
      await press(`Refund ¥${amount}`)
      await page.locator('.receipt').getByText(reason).waitFor()
    }
    await page.getByLabel('Amount').fill('1001')
    await say('A whole amount from 1 to ¥1,000.')
    assert.equal(await page.getByRole('button', { name: /^Refund/ }).isDisabled(), true)
    await page.getByLabel('Amount').fill('')
    await look('refunded')
    const [paid] = await paymentsOf(number)
    assert.deepEqual([paid?.amount_captured, paid?.amount_refunded], [1650, 650])
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    assert.deepEqual(
      await page
        .locator('.one-order > *:visible')
        .evaluateAll((all) => all.map((one) => one.className)),
      ['receipt'],
    )
    await picture(page, 'desk-printed')
    const paper = await page.locator('.receipt').innerText()
    for (const words of ['喫茶ワリフ', '2 × Blend coffee', 'Cold coffee', '-¥450', '¥1,000'])
      assert.ok(paper.includes(words), `${words} in ${paper}`)
    assert.deepEqual(
      paper.match(/[0-9]{5,}/g)?.filter((run) => plastic.pan.includes(run)) ?? [],
      [],
    )
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
  })

  testWith(['chromium'], 'cash: received, change, given back; the platform lists it', async () => {
    await order('New order', 'Cash')
    await page.getByLabel('Received').fill('1000')
    await say('At least ¥1,650.')
    await page.getByLabel('Received').fill('2000')
    await page.locator('.change').getByText('¥350').waitFor()
    await look('cash')
    await press('Take ¥1,650 in cash')
    await say('Paid in cash')
    await look('cash-paid')
    const number = await numberOn()
    await page.getByText('Give money back').click()
    await page.getByLabel('Amount').fill('450')
    await press('Refund ¥450')
    await say('Given back in cash.')
    const sale = await saleOf(number)
    assert.deepEqual(
      [sale?.kind, sale?.amount_captured, sale?.amount_refunded],
      ['cash', 1650, 450],
    )
    assert.equal(sale?.order.lines.length, 2)
  })

  testWith(['chromium'], 'a transfer is expected, then arrives; another never does', async () => {
    await order('New order', 'Bank transfer')
    await press('Expect a transfer of ¥1,650')
    await say('Nothing has come yet.')
    await look('expected')
    const number = await numberOn()
    assert.equal(await saleOf(number), undefined, 'it is no sale before it came')
    await page.getByLabel(/^Reference on the bank/).fill('FT 7781')
    await press('The money has arrived')
    await say('Paid by bank transfer.')
    await page.locator('.receipt').getByText('FT 7781').waitFor()
    const sale = await saleOf(number)
    assert.deepEqual([sale?.kind, sale?.transfer_reference], ['transfer', 'FT 7781'])
    await order('New order', 'Bank transfer')
    await press('Expect a transfer of ¥1,650')
    await press('Cancel')
    await say('This order was cancelled.')
  })

  testWith(['chromium'], 'a day is one list and one sum, by kind of money', async () => {
    await page.getByRole('link', { name: 'Sales' }).click()
    await page.getByRole('row', { name: /^Cash ¥1,650 ¥450 ¥1,200$/ }).waitFor()
    await page.getByRole('row', { name: /^Transfers ¥1,650 ¥0 ¥1,650$/ }).waitFor()
    await page.getByRole('row', { name: /^Cards ¥4,350 ¥650 ¥3,700$/ }).waitFor()
    await look('sales')
    const totals = await people.merchant.sales.totals()
    const net = totals.reduce((sum, one) => sum + one.net, 0)
    assert.equal(net, 1200 + 1650 + 3700, 'and the platform comes to the same')
  })

  testWith(['chromium'], 'a wrong code is told as that; a cancelled entry as nothing', async () => {
    await keyedOrder({ ...plastic, code: plastic.code === '123' ? '124' : '123' })
    await say('Not paid')
    await say(/^Nothing was charged\..*code/)
    await order('New order', 'Card at the entry device')
    await press('Ask for ¥1,650')
    await say('Insert, swipe or key the card at the entry device.')
    await press('Cancel')
    await say('This order was cancelled. Nothing was charged.')
    assert.equal((await panel.look()).state, 'ready')
  })

  testWith(['chromium'], 'the browser had nothing to complain about', async () => {
    assertQuiet(browser)
  })

  const createAnswer = () => {
    let connection: number | undefined
    return (frame: Frame) => {
      const head = frame.bytes.subarray(0, 200).toString()
      if (frame.direction === 'up' && /^POST \/v1\/payments HTTP/.test(head))
        connection = frame.connection
      return frame.direction === 'down' && frame.connection === connection
    }
  }

  testWith(
    ['chromium'],
    'the cable is cut at the answer: finding out, then the truth',
    async () => {
      const funds = await availableOf(aiko)
      let isCut = true
      const wanted = createAnswer()
      house.relay('pos').hook((frame) => (isCut && wanted(frame) ? 'cut' : 'pass'))
      await keyedOrder()
      await say('Still finding out')
      await look('finding-out')
      isCut = false
      await page.getByText('Approved', { exact: true }).waitFor()
      assert.equal((await paymentsOf(await numberOn())).length, 1)
      assert.equal(await availableOf(aiko), funds - 1650)
    },
  )

  testWith(['chromium'], 'so is a refund: unknown, held, then done once', async () => {
    const funds = await availableOf(aiko)
    await page.getByText('Give money back').click()
    await page.getByLabel('Amount').fill('650')
    house.relay('pos').hook(() => 'cut')
    house.relay('pos').cut()
    await press('Refund ¥650')
    await say('Refund: still finding out')
    assert.equal(await page.getByRole('button', { name: /^Refund/ }).isDisabled(), true)
    house.relay('pos').hook()
    await say(/^Refunded ¥650/)
    assert.equal(await availableOf(aiko), funds + 650)
  })

  testWith(['chromium'], 'the back end dies at the answer: the truth after its start', async () => {
    const funds = await availableOf(aiko)
    const died = Promise.withResolvers<void>()
    const wanted = createAnswer()
    const kill = async () => {
      await house.kill('pos')
      died.resolve()
    }
    let isOver = false
    const once = (frame: Frame) => !isOver && wanted(frame)
    house.relay('pos').hook(
      cutAt(once, async () => {
        isOver = true
        await kill()
      }),
    )
    await keyedOrder()
    await died.promise
    await house.restart('pos')
    await page.getByText('Approved', { exact: true }).waitFor()
    assert.equal((await paymentsOf(await numberOn())).length, 1)
    assert.equal(await availableOf(aiko), funds - 1650)
  })

  testWith(['chromium'], 'without a device nothing is asked for, and that is told', async () => {
    await (await bench.start()).stop()
    await order('Phone order', 'I key the card the customer reads out')
    await say('No entry device answers')
    assert.equal(await page.getByRole('button', { name: /^Ask for/ }).isDisabled(), true)
  })

  testWith(['chromium'], 'the number was nowhere but in the device', async () => {
    const { pan } = plastic
    const sent = Buffer.from(await told())
    assert.ok(sent.includes('Cold coffee'), 'the traffic was really kept')
    assert.equal(findNumbers(sent, [pan]).length, 0, 'what the page was told')
    assert.equal(findNumbers(Buffer.from(await page.content()), [pan]).length, 0)
    assert.equal((await scanFolder(house.folder, [pan])).length, 0, 'files and logs')
    assert.ok(bookOf(house, `select 1 from purchase where asked = 'moto'`).length > 2)
  })

  /** At 360 px, by keyboard alone. */
  async function small(locale: 'ja' | 'ko', scheme: 'light' | 'dark', path: string) {
    const other = await openBrowser({ locale, scheme, width: 360 })
    const its = await other.open(`${house.tillOrigin}${path}`)
    await its.locator('.article').first().press('Enter')
    const at = async (what: string) => {
      await assertFits(its, what)
      await assertAccessible(its, what)
      await picture(its, `desk-${locale}-${scheme}-${what}`)
    }
    const choose = (nth: number) => its.locator('.pay-tiles input').nth(nth).press('Space')
    return { its, at, choose, other, [Symbol.asyncDispose]: () => other.close() }
  }

  testWith(['chromium'], 'the phone desk in ja, light, at 360 px, by keyboard', async () => {
    await using desk = await small('ja', 'light', '/phone')
    await desk.choose(1)
    await desk.at('moto')
    await desk.choose(2)
    await desk.at('saved')
    await desk.its.goto(`${house.tillOrigin}/customers`)
    await desk.its.locator('.customers').waitFor()
    await desk.at('customers')
    assertQuiet(desk.other)
  })

  testWith(['chromium'], 'the counter in ko, dark, at 360 px, by keyboard', async () => {
    await using desk = await small('ko', 'dark', '/')
    await desk.choose(7)
    await desk.at('cash')
    await desk.its.locator('.slip-foot button').press('Enter')
    await desk.its.locator('.receipt').waitFor()
    await desk.at('receipt')
    await desk.its.goto(`${house.tillOrigin}/sales`)
    await desk.its.locator('.kinds').waitFor()
    await desk.at('sales')
    assertQuiet(desk.other)
  })
})
