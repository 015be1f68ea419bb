// Goal: in the wallet's page a person sets a PIN, is told why a weak one is not taken, orders
// plastic and brings it to life with what stands on it.
// Method: a real Chromium with a virtual passkey, a whole house with a bureau; axe judges the view.
import { startBureau } from './bureau.ts'
import { assertAccessible, assertQuiet, openBrowser } from './chromium.ts'
import { startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

testWith(['chromium'], 'a PIN, and plastic from the order to the hand', async () => {
  await using house = await startHouse({ wallet: true })
  await using bureau = await startBureau(house)
  await using browser = await openBrowser({})
  const page = await browser.open(house.walletOrigin)
  await becomeHolder(page, house)
  await press(page, 'PIN and plastic')
  await heading(page, 'PIN and plastic')
  const type = async (label: string, text: string) =>
    page.getByLabel(label, { exact: true }).fill(text)
  await type('New PIN', '1234')
  await type('Once more', '1234')
  await press(page, 'Set the PIN')
  await page.getByText('Too easy to guess: digits in order.').waitFor()
  await type('New PIN', '4827')
  await type('Once more', '4827')
  await press(page, 'Set the PIN')
  await page.getByText('A PIN is set.').waitFor()
  await assertAccessible(page, 'PIN and plastic')
  await type('Name on the card, in capital letters', 'AIKO MORI')
  await type('Name on the letter', 'Aiko Mori')
  await type('Address', '1-2-3 Nakagyo, Kyoto')
  await press(page, 'Order it')
  await page.getByText('At your door').waitFor()
  const [plastic = ''] = await bureau.letters()
  const { expiry, security_code } = await bureau.letter(plastic)
  await type('Good thru, month and year', expiry.slice(2) + expiry.slice(0, 2))
  await type('Security code, on the back', security_code)
  await press(page, 'Activate it')
  await page.getByText('Active', { exact: true }).waitFor()
  assertQuiet(browser)
})
