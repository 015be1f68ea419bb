// Goal: at the console everybody sees and does what their role allows and no more; what is done
//   there is done (money goes back, a second person agrees, a delivery arrives again), and every
//   page can be read by all, in both themes, at 360 px and a desk's width, in three languages.
// Method: the real page from a real server in a real Chromium, one house and one tab for all; the
//   shop's customers are software terminals; what the page leaves out is tried all the same.
import assert from 'node:assert/strict'
import { after, before, suite } from 'node:test'
import { operateServer } from '@warifu/cli/operators'
import { assertAccessible, assertQuiet, picture } from './chromium.ts'
import { assertClosed } from './closed.ts'
import { type Desk, openDesk } from './console-desk.ts'
import { howItIsServed } from './console-served.ts'
import { shopJourneys } from './console-shop.ts'
import { type Subjects, subjectsOf } from './console-subjects.ts'
import { everyPage, tenThousandRows } from './console-sweep.ts'
import { platformJourneys } from './console-two.ts'
import { testWith } from './needs.ts'

suite('the console', () => {
  let desk: Desk
  let subjects: Promise<Subjects>
  before(async () => {
    desk = await openDesk()
    subjects = subjectsOf(desk)
    // Whoever needs them hears of a failure.
    subjects.catch(() => {})
  })
  after(async () => await desk?.close())
  const at = () => desk

  howItIsServed(at)
  shopJourneys(at)

  testWith(['chromium'], 'an invited auditor makes a passkey, and comes back with it', async () => {
    const { page, house } = desk
    const made = await operateServer(house.serverDatabase.url, ['add', 'Mori', 'auditor'])
    const { invitation } = JSON.parse(made) as { invitation: string }
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    await assertAccessible(page, 'signing in')
    await assertClosed(page)
    await picture(page, 'console-entrance')
    await page.goto('about:blank')
    await page.goto(`${house.consoleOrigin}/#${invitation}`)
    await page.getByRole('button', { name: 'Make a passkey' }).click()
    await page.getByText('Mori').waitFor()
    assert.doesNotMatch(page.url(), /wi_/, 'the invitation left the address')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('Mori').waitFor()
    assertQuiet(desk.browser)
  })

  platformJourneys(at, () => subjects)
  everyPage(at)
  tenThousandRows(at)
})
