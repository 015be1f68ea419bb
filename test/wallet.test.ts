/**
 * The wallet's page in a real Chromium.
 */

import { assertAccessible, assertFits, assertQuiet, openBrowser, picture } from './chromium.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'

testWith(['chromium'], 'opens quietly', async () => {
  await using house = await startHouse({ wallet: true })
  for (const scheme of ['light', 'dark'] as const) {
    await using browser = await openBrowser({ scheme })
    const page = await browser.open(house.walletOrigin)
    await page.getByRole('heading', { name: 'Warifu' }).waitFor()
    await assertAccessible(page, scheme)
    await assertFits(page, scheme)
    await picture(page, `start-${scheme}`)
    assertQuiet(browser)
  }
})
