// Goal: in the wallets' pages a second phone comes in at the first one's yes; the first one's page
// lists both and removes the second, whose page says so and what to do; it comes back as a new
// phone: the first one says yes, the card moves.
// Method: two real Chromiums that share one passkey, as a synced one does; axe judges each view.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, openBrowser, picture } from './chromium.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

testWith(['chromium'], 'a second phone, removed, and let in as a new one', async () => {
  await using house = await startHouse({ wallet: true })
  await using first = await openBrowser({})
  const old = await first.open(house.walletOrigin)
  await becomeHolder(old, house)
  await using second = await openBrowser({ passkeys: await first.passkeys() })
  const page = await second.open(house.walletOrigin)
  await press(page, 'I have a wallet already')
  await heading(page, 'This phone is new here')
  await assertAccessible(page, 'a new phone')
  await press(page, 'Add as one more phone')
  await letIn(old, house.walletOrigin)
  await press(page, 'Bring my cards here')
  await heading(page, 'Your first card')
  await removed(old, page, house.walletOrigin)
  await press(page, 'Register this phone anew')
  await heading(page, 'This phone is new here')
  await press(page, 'Move my cards here')
  await letIn(old, house.walletOrigin)
  await press(page, 'Bring my cards here')
  await heading(page, 'Your cards')
})

/** The old phone is asked, and says yes. */
async function letIn(old: Page, walletOrigin: string): Promise<void> {
  await old.goto(walletOrigin)
  await old.getByText('Another phone wants').waitFor()
  await assertAccessible(old, 'asked for a new phone')
  await press(old, 'It is mine, let it in')
  await old.getByText('Another phone wants').waitFor({ state: 'detached' })
}

async function removed(old: Page, page: Page, walletOrigin: string): Promise<void> {
  await old.goto(`${walletOrigin}/devices`)
  const phones = old.getByRole('region', { name: 'Phones' })
  await phones.getByText('This phone', { exact: true }).waitFor()
  assert.equal(await phones.getByRole('listitem').count(), 2)
  await phones.getByRole('button', { name: 'Remove' }).click()
  await phones.getByText('nobody can pay with it any more').waitFor()
  await look(old, 'a phone to remove')
  await press(old, 'Remove with the passkey')
  await phones.getByText('Removed', { exact: true }).waitFor()
  await phones.getByRole('listitem').nth(1).waitFor({ state: 'detached' })
  await look(old, 'a phone was removed')
  await heading(page, 'This phone was removed')
  await look(page, 'removed')
}

async function look(page: Page, name: string): Promise<void> {
  await assertFits(page, name)
  await assertAccessible(page, name)
  await picture(page, name)
}
