// Goal: in the wallets' pages a new phone asks the old one, the old one says yes, the card moves,
// and the old one's page pays no more.
// Method: two real Chromiums that share one passkey, as a synced one does; axe judges both views.
import { assertAccessible, openBrowser } from './chromium.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

testWith(['chromium'], 'a new phone, at the old phone’s word', async () => {
  await using house = await startHouse({ wallet: true })
  await using first = await openBrowser({})
  const old = await first.open(house.walletOrigin)
  await becomeHolder(old, house)
  await using second = await openBrowser({ passkeys: await first.passkeys() })
  const page = await second.open(house.walletOrigin)
  await press(page, 'I have a wallet already')
  await heading(page, 'This phone is new here')
  await assertAccessible(page, 'a new phone')
  await press(page, 'Ask my old phone; move my cards here')
  await page.getByText('Open the wallet on your other phone').waitFor()
  await old.goto(house.walletOrigin)
  await old.getByText('Another phone wants your cards').waitFor()
  await assertAccessible(old, 'asked for a new phone')
  await press(old, 'It is mine, let it in')
  await press(page, 'Bring my cards here')
  await heading(page, 'Your cards')
})
