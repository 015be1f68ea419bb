/**
 * Goal: in the wallet's real pages a person chooses a kind of card, shows who they are in the ways
 * that it asks for, reads in their own language why they were refused, sets limits that hold, and
 * has a lost card replaced. Every new view is usable by everybody, at 360 px, in both themes.
 * Method: a whole house with a real vault, a real Chromium with a virtual passkey, axe.
 */
import assert from 'node:assert/strict'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import postgres from 'postgres'
import { assertAccessible, assertFits, assertQuiet, openBrowser, picture } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { passportOf } from './mrz.ts'
import { testWith } from './needs.ts'
import { peopleOf } from './people.ts'
import { fillApplication, heading, join, press } from './wallet-pages.ts'

async function look(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await assertFits(page, name)
    await assertAccessible(page, `${name}, ${scheme}`)
    await picture(page, `${name}-${scheme}`)
  }
}

async function choose(page: Page, program: string): Promise<void> {
  await page.getByLabel('Card', { exact: true }).selectOption({ label: program })
}

testWith(['chromium'], 'kinds of card, identity, limits, a lost card', async () => {
  await using house = await startHouse({ wallet: true })
  await using browser = await openBrowser({ width: 360 })
  const page = await browser.open(house.walletOrigin)
  await join(page, 'AIKO')

  await press(page, 'Apply for a card')
  await choose(page, 'Warifu Transit')
  await fillApplication(page)
  await heading(page, 'Show who you are')
  await look(page, 'identity')
  await press(page, 'This phone')
  await press(page, 'Show it')
  await heading(page, 'Your cards')
  await page.getByText('Ready to pay').waitFor()

  await press(page, 'Limits and cards')
  await heading(page, 'Limits and cards')
  await page.getByLabel('For one payment').fill('one')
  await press(page, 'Save the limits')
  await page.getByText('Write whole numbers only.').waitFor()
  await page.getByLabel('For one payment').fill('500')
  await press(page, 'Save the limits')
  await page.getByText('In force with the next payment.').waitFor()
  // Judged as a whole: what the bar at the foot covers now is a matter of scrolling.
  await page.setViewportSize({ width: 360, height: 2400 })
  await look(page, 'limits')
  await page.setViewportSize({ width: 360, height: 840 })
  await assertLimitHolds(page, house)

  await page.goto(`${house.walletOrigin}/cards`)
  await press(page, 'I lost it')
  await press(page, 'Replace this card')
  await heading(page, 'Your cards')
  await page.getByText('Ready to pay').first().waitFor()
  await page.goto(`${house.walletOrigin}/cards`)
  await page.getByText('in_its_place').or(page.getByText('lost')).first().waitFor()

  await page.goto(`${house.walletOrigin}/apply`)
  await choose(page, 'Warifu Corporate')
  await fillApplication(page)
  await showPassport(page)
  const review = await waiting(house)
  await callApi({ fetch, apiUrl: house.url }, 'judgeDocumentAlone', {
    params: { id: review.verification },
    body: { result: 'accept' },
  })
  await page.getByText('1 done.').waitFor()
  await press(page, 'Code by call')
  await page.getByLabel('Number with country code').fill('+81 90 1234 5679')
  await press(page, 'Send the code')
  await page.getByLabel('Six digits').waitFor()
  await page.getByLabel('Six digits').fill(await spokenTo(house, '+819012345679'))
  await press(page, 'Confirm')
  await page.getByText('A person is looking at it').waitFor()
  await callApi({ fetch, apiUrl: house.url }, 'decideApplication', {
    params: { id: review.application },
    body: { result: 'refuse', reason: 'too_much_debt' },
  })
  await page.getByText('What you owe elsewhere is more than this card allows for.').waitFor()
  await speakKorean(page, house)
  await page.getByText('다른 곳의 채무가 이 카드의 기준을 넘습니다.').waitFor()
  await look(page, 'refused-ko')
  assertQuiet(browser)
})

async function assertLimitHolds(page: Page, house: House): Promise<void> {
  const { ask, api } = peopleOf(house)
  const card = await newest(house)
  await callApi(api, 'fundCardAlone', {
    params: { id: card },
    body: { amount: 5000, currency: 'jpy', reference: 'counter 1' },
  })
  const { link } = await ask({ amount: 501 })
  await page.goto(link)
  await heading(page, /asks for/)
  await press(page, /^(?:Pay|Approve)/)
  await page.getByText('This is above a limit of your card.').waitFor()
}

async function showPassport(page: Page): Promise<void> {
  const bearer = { surname: 'WARIFU', given: 'AIKO', birth: '1990-04-01', expiry: '2035-01-01' }
  const [first = '', second = ''] = passportOf(bearer)
  await heading(page, 'Show who you are')
  await press(page, 'Passport or identity card')
  await page.getByLabel('The lines').fill(`${first}\n${second.replace('TR1', 'TR2')}`)
  await press(page, 'Show it')
  await page.getByText('A sign in these lines is not right.').waitFor()
  await look(page, 'document')
  await page.getByLabel('The lines').fill(`${first}\n${second}`)
  await press(page, 'Show it')
  await page.getByText('A person is looking at it').waitFor()
}

/** What the house's own database says, for what no page tells. */
async function lookUp<T>(house: House, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(house.serverDatabase.url, { max: 1 })
  try {
    return await ask(sql)
  } finally {
    await sql.end()
  }
}

const newest = (house: House) =>
  lookUp(house, async (sql) => {
    const [row] = await sql<{ id: Id<'crd'> }[]>`
      select id from issuing.card order by id desc limit 1`
    assert(row)
    return row.id
  })

const waiting = (house: House) =>
  lookUp(house, async (sql) => {
    const [row] = await sql<{ verification: Id<'ver'>; application: Id<'app'> }[]>`
      select id as verification, application from issuing.verification
       where state = 'in_review'`
    assert(row)
    return row
  })

async function spokenTo({ url: apiUrl }: House, to: string): Promise<string> {
  const { data } = await callApi({ fetch, apiUrl }, 'listInbox', { query: { to, limit: 1 } })
  return /([0-9](?:, )?){6}/.exec(data[0]?.text ?? '')?.[0].replaceAll(', ', '') ?? ''
}

async function speakKorean(page: Page, house: House): Promise<void> {
  await page.goto(`${house.walletOrigin}/settings`)
  await page.getByLabel('Language').selectOption('ko')
  await page.goto(`${house.walletOrigin}/apply`)
}
