/** What the platform's people do at the console: alone, and where a second person must agree. */
import assert from 'node:assert/strict'
import { assertAccessible, picture } from './chromium.ts'
import { assertHoldsNoCard } from './closed.ts'
import type { Desk } from './console-desk.ts'
import { letFactoryIn } from './console-factory.ts'
import { enter as visit } from './console-people.ts'
import { leaveInClearing, payOut } from './console-settle.ts'
import type { Subjects } from './console-subjects.ts'
import { hsmNeeds } from './hsm.ts'
import { has, testWith } from './needs.ts'
import { pay } from './people.ts'

/** `made`: what is acted on, made while others sit at the desk. */
export function platformJourneys(desk: () => Desk, made: () => Promise<Subjects>): void {
  let about: Subjects
  testWith(['chromium'], 'what is dangerous is asked for by one …', async () => {
    about = await made()
    await askForAll(desk(), about)
  })
  testWith(['chromium'], 'what was asked for is taken back, and refused by another', async () => {
    await answerNo(desk())
    await desk().enter('aoi', '/acts')
  })
  testWith(['chromium'], '… cannot be agreed to by the same, is agreed to by another …', () =>
    agreeToAll(desk()),
  )
  testWith(['chromium'], '… and then it is done', () => assertDone(desk(), about))
  testWith(['chromium'], 'a card is stopped, pays nothing, goes on; a debt is repaid', () =>
    stopCard(desk(), about),
  )
  testWith(['chromium'], 'a card factory is let in by its key file', () => letFactoryIn(desk()))
  testWith(
    ['chromium'],
    'fees and the end of a day are set; both chains and the books are proven',
    () => setAndProve(desk()),
  )
  testWith(['chromium'], 'charts count a payment while they are looked at', () =>
    watchCharts(desk()),
  )
  testWith(['chromium'], 'whoever has the auditor’s link reads the payment, and nothing else', () =>
    openLink(desk()),
  )
  testWith(['chromium'], 'a day later it is settled, and what the bank did is said', () =>
    payOut(desk()),
  )
}

async function askForAll(desk: Desk, about: Subjects): Promise<void> {
  const { page, dialog, enter, goTo, fill, ask } = desk
  const { id, link } = await desk.people.ask({ merchant_reference: 'audited' })
  await pay(desk.holder, link)
  await enter('aoi', `/payments/${id}`)
  await page.getByRole('button', { name: 'Copy a read-only link' }).click()
  await page.getByText('A second person must ask for it too').waitFor()

  await goTo(`/cards/${about.debit}`)
  await fill('Add money', { Amount: '60000', Reference: 'cash 2' })
  await ask('Add money')
  await fill('Adjust the balance', { Amount: '500', Reason: 'goodwill', Reference: 'adj 1' })
  await ask('Adjust the balance')

  await goTo(`/merchants/${desk.house.seed.merchant}`)
  const adjusted = { Amount: '-120', Currency: 'jpy', Reason: 'a till too many' }
  await fill('Adjust the balance', { ...adjusted, Reference: 'adj 2' })
  await ask('Adjust the balance')
  await goTo(`/merchants/${about.merchant}`)
  await fill('Close the merchant')
  await ask('Close the merchant')

  await goTo('/people')
  await page.getByRole('row', { name: /Temp/ }).click()
  await dialog.getByRole('button', { name: 'End the access' }).click()
  await ask('End the access')

  await goTo(`/rules/${about.campus}`)
  await fill('Change the limits', { 'Per day': '150000' })
  await picture(page, 'console-bounds')
  await ask('Ask for this change')
  await goTo(`/rules/${about.transit}`)
  await fill('Change the rules')
  await dialog.getByRole('button', { name: 'Add a rule' }).click()
  const added = dialog.getByRole('group', { name: 'Rule 2' })
  await added.getByLabel('Value').fill('18')
  await added.getByLabel('Then').selectOption('refuse')
  await added.getByLabel('Reason').selectOption('under_age')
  await added.getByRole('button', { name: 'Rule 2 up' }).click()
  await picture(page, 'console-rules')
  await assertAccessible(page, 'rules that are changed')
  await ask('Ask for this change')

  await goTo('/applications')
  const queue = page.getByRole('grid', { name: 'Applications', exact: true })
  await queue.getByRole('row', { name: /RIKA/ }).click()
  await dialog.getByLabel('Credit limit').fill('20000')
  await ask('Approve')
  await queue.getByRole('row', { name: /SORA/ }).click()
  await dialog.getByText('TR1234567').waitFor()
  await dialog.getByRole('button', { name: 'Read the log' }).click()
  await dialog.last().getByText('In review', { exact: false }).first().waitFor()
  await dialog.last().getByRole('button', { name: 'Close' }).click()
  await picture(page, 'console-document')
  await desk.send('The document shows the applicant')
  await queue.getByRole('row', { name: /SORA/ }).waitFor({ state: 'detached' })
}

/** What is asked for may be taken back by who asked, and refused by somebody else. */
async function answerNo(desk: Desk): Promise<void> {
  const { page, dialog, goTo, fill, ask, enter, send, holder } = desk
  const adjusted = { Amount: '7', Reason: 'a mistake', Reference: 'adj 9' }
  const row = page
    .getByRole('row', { name: /Adjust a balance/ })
    .filter({ hasText: 'Waits' })
    .filter({ hasText: holder.card })
  for (const [answer, name] of [
    ['Take back', 'aoi'],
    ['Refuse', 'ren'],
  ] as const) {
    await goTo(`/cards/${holder.card}`)
    await fill('Adjust the balance', adjusted)
    await ask('Adjust the balance')
    if (name === 'aoi') await goTo('/acts')
    else await enter(name, '/acts')
    await row.click()
    await dialog.getByText(/¥7 is given to the account of card/).waitFor()
    await send(answer)
    await row.waitFor({ state: 'detached' })
  }
}

const asked = [
  'Link for an auditor',
  'Add money to an account',
  'Adjust a balance',
  'Adjust a balance',
  'Close a merchant',
  'End an operator',
  'Change a program',
  'Change a program',
  'Decide an application',
] as const

async function agreeToAll({ page, dialog, goTo, enter }: Desk): Promise<void> {
  const waiting = (act: string) =>
    page.getByRole('row', { name: new RegExp(act) }).filter({ hasText: 'Waits' })
  await goTo('/acts?status=waiting')
  await waiting('Add money').first().click()
  await dialog.getByText('somebody else must agree').waitFor()
  assert.equal(await dialog.getByRole('button', { name: 'Agree' }).count(), 0)
  await assertAccessible(page, 'an own act')
  await enter('ren', '/acts?status=waiting')
  for (const act of asked) {
    const rows = waiting(act)
    await rows.first().waitFor()
    const before = await page.getByRole('row').count()
    await rows.first().click()
    if (act === 'Add money to an account') {
      await dialog.getByText(/^¥60,000 is put on card ···· \d{4} \(Warifu Transit\)/).waitFor()
      await assertAccessible(page, 'an act that somebody else asked for')
      await picture(page, 'console-act')
    }
    await dialog.getByRole('button', { name: 'Agree' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.waitForFunction(
      (count) => document.querySelectorAll('[role=row]').length < count,
      before,
    )
  }
}

async function assertDone(desk: Desk, about: Subjects): Promise<void> {
  const { house, people, page, dialog, goTo, fill } = desk
  await goTo(`/cards/${about.debit}`)
  await page.getByText('¥60,500').waitFor()
  await picture(page, 'console-card')
  await assertHoldsNoCard(page)
  await goTo(`/merchants/${about.merchant}`)
  await page.getByText('Closed', { exact: true }).first().waitFor()
  await goTo(`/rules/${about.campus}`)
  await page.getByText('¥150,000').waitFor()
  await goTo(`/rules/${about.transit}`)
  const rules = page.locator('ol.rules li')
  assert.match(await rules.first().innerText(), /Age < 18 → Refuse \(Under age\)/)
  assert.equal(await rules.count(), 2)
  await goTo('/ledger')
  const row = page.getByRole('row', { name: /a till too many/ })
  await row.click()
  await dialog.getByText(house.seed.merchant).waitFor()
  await dialog.getByRole('button', { name: 'Take it back' }).click()
  await dialog.last().getByLabel('Reason').fill('it was right')
  await dialog.last().getByLabel('Reference').fill('adj 3')
  await desk.ask('Take it back')
  const { ask } = await visit(house, 'auditor')
  const found = await ask<'findApplications'>('/v1/operator/applications?status=approved')
  const decided = found.json.data.find(({ id }) => id === about.application)
  assert.equal(decided?.decision?.limit, 20_000)
  const bearer = { authorization: `Bearer ${about.temp.token}` }
  const refused = await fetch(`${people.api.apiUrl}/v1/operator`, { headers: bearer })
  assert.equal(refused.status, 401)
  const acts = await ask<'listActs'>('/v1/operator/acts?status=approved&limit=100')
  const byRen = acts.json.data.filter(({ ended_by }) => ended_by?.name === 'Ren (sandbox)')
  assert.ok(byRen.length >= asked.length)
  await goTo('/overview')
  await fill('Your sessions')
  await dialog.getByText('This one').waitFor()
  const ends = dialog.getByRole('button', { name: 'End', exact: true })
  const others = await ends.count()
  await ends.first().click()
  await page.waitForFunction(
    (left) => document.querySelectorAll('dialog li button').length === left,
    others - 1,
  )
  await dialog.getByRole('button', { name: 'Close' }).click()
}

async function stopCard(desk: Desk, { debit }: Subjects): Promise<void> {
  const { page, people, holder, dialog, goTo, fill, send } = desk
  const owed = await people.ask({ amount: 2_000, capture_method: 'automatic' })
  await pay(holder, owed.link)
  await goTo(`/cards/${holder.card}`)
  await fill('Stop the card')
  await dialog.getByRole('combobox').selectOption('lost')
  await send('Stop the card')
  await page.getByText('Suspended').first().waitFor()
  const { link } = await people.ask()
  await assert.rejects(pay(holder, link), { code: 'card_not_active' })
  await fill('Let it go on')
  await send('Let it go on')
  await page.getByText('Active').first().waitFor()
  const again = await people.ask()
  await pay(holder, again.link)
  await fill('Record a repayment', { Amount: '1500', Reference: 'bank 77' })
  await send('Record a repayment')
  await fill('A month’s statement', { Month: new Date().toISOString().slice(0, 7) })
  await dialog.getByText('¥1,500').first().waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await goTo(`/cards/${debit}`)
  await fill('Close the card')
  await dialog.getByRole('combobox').selectOption('fraud')
  await send('Close the card')
  await page.getByText('Fraud', { exact: false }).first().waitFor()
  assert.equal(await page.getByRole('button', { name: 'Let it go on' }).count(), 0, 'for ever')
  const { ask } = await visit(desk.house, 'auditor')
  assert.equal((await ask<'readCard'>(`/v1/operator/cards/${debit}`)).json.status, 'closed')
}

async function setAndProve(desk: Desk): Promise<void> {
  const { page, goTo, fill, send, house } = desk
  await leaveInClearing(house)
  await goTo(`/merchants/${house.seed.merchant}`)
  await fill('Fee terms', { Currency: 'jpy', 'Per cent of the amount': '2.5', 'Fixed, each': '10' })
  await send('Put in force')
  await fill('Set the time zone', { 'Time zone': 'Asia/Tokyo' })
  await send('Set the time zone')
  await goTo('/ledger')
  await page.getByRole('button', { name: 'Prove it now' }).click()
  await page.getByText(/Every law holds/).waitFor()
  const alert = page.getByRole('grid', { name: 'Ledger alerts' }).getByRole('row').nth(1)
  assert.match(await alert.innerText(), /Left in clearing[\s\S]*clearing:test[\s\S]*¥77/)
  await lookAtKeys(desk)
  await goTo('/audit')
  await page.getByRole('button', { name: 'Verify both chains' }).click()
  await page.getByText(/What people did: /).waitFor()
  const broken = page.locator('[role=alert]')
  assert.equal(await broken.count(), 0)
}

/** Of each key what it is for, and where the root lies that protects them all. */
async function lookAtKeys({ page, goTo }: Desk): Promise<void> {
  const [lies, shown] = has(hsmNeeds)
    ? (['in an HSM', 'HSM'] as const)
    : (['in a file, under a passphrase', 'File and passphrase'] as const)
  await goTo('/keys')
  await page.getByText(new RegExp(`^The root key [0-9A-F]{6} lies ${lies}$`)).waitFor()
  const keys = page.getByRole('grid', { name: 'Keys' })
  const root = keys.getByRole('row', { name: /^root\.1/ })
  assert.match(await root.innerText(), /wraps all others\s+[0-9A-F]{6}\s/)
  for (const purpose of await keys.locator('[data-label="What it is for"]').allInnerTexts())
    assert.match(purpose, /[a-z]{4}/, 'every key says what it is for')
  const protection = await keys.locator('[data-label="Protected by"]').allInnerTexts()
  assert.deepEqual([...new Set(protection)], [shown])
}

async function watchCharts({ page, people, holder, house, goTo }: Desk): Promise<void> {
  // The page may show for a moment what it knew before: how many there are, the API says.
  const { ask } = await visit(house, 'auditor')
  const asked = await ask<'readMetrics'>('/v1/operator/metrics?by=minute&last=60')
  const { approved: before } = asked.json.totals
  await goTo('/overview')
  await page.getByText(`captured in ${before} payments`).waitFor()
  const { link } = await people.ask({ capture_method: 'automatic' })
  await pay(holder, link)
  await page.getByText(`captured in ${before + 1} payments`).waitFor()
  await page.getByText(/^[0-9]+ declined/).waitFor()
  await page.getByText(/all but one in a hundred within/).waitFor()
}

/** In a tab where nobody is signed in. */
async function openLink({ page, house }: Desk): Promise<void> {
  const { ask } = await visit(house, 'auditor')
  const acts = await ask<'listActs'>('/v1/operator/acts?act=xray.link')
  const link = acts.json.data[0]?.link ?? assert.fail('no link')
  await page.context().clearCookies()
  await page.goto(`${house.consoleOrigin}/xray#${link}`)
  await page.getByText(/read-only, until/).waitFor()
  // In words: the API's own names of states have no capital letters.
  await page.locator('.standing', { hasText: /[A-Z]\w+/ }).waitFor()
  await assertAccessible(page, 'an auditor’s link')
  assert.equal(await page.evaluate(async () => (await fetch('/v1/console/me')).status), 401)
  for (const none of [`${link.slice(0, -43)}${'A'.repeat(43)}`, 'no link']) {
    await page.goto('about:blank')
    await page.goto(`${house.consoleOrigin}/xray#${none}`)
    await page.getByText('This link has ended, or is not one.').waitFor()
  }
}
