// Goal: in the wallets' pages a person whose old phone is not at hand comes in by two proofs and a
// waiting time; the old phone's page says so and calls it back, before or after; where it does not,
// the card moves, and the old one's next payment says why it fails.
// Method: two real Chromiums that share one passkey, as a synced one does; a real waiting time of
// seconds; the SMS from the inbox, the other code from an operator; axe judges every new view.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { operateServer } from '@warifu/cli/operators'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, openBrowser, picture } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { testWith } from './needs.ts'
import { type People, peopleOf } from './people.ts'
import { becomeHolder, heading, press } from './wallet-pages.ts'

type Scene = {
  readonly house: House
  readonly people: People
  /** An operator's, at the counter. */
  readonly token: string
  readonly old: Page
  readonly page: Page
}

const WAIT_S = '12'
const env = {
  vault: { VAULT_RECOVERY_WAIT_S: '1' },
  server: { RECOVERY_WAIT_S: WAIT_S, RECOVERY_LIMIT: '1000' },
}

testWith(['chromium'], 'a lost phone: called back, let in, called back once more', async () => {
  await using house = await startHouse({ wallet: true, env })
  const added = await operateServer(house.serverDatabase.url, ['add', 'Counter', 'operator'])
  const { token } = JSON.parse(added)
  await using first = await openBrowser({})
  const old = await first.open(house.walletOrigin)
  await becomeHolder(old, house)
  await using second = await openBrowser({ passkeys: await first.passkeys() })
  const page = await second.open(house.walletOrigin)
  const scene = { house, people: peopleOf(house), token, old, page }
  await press(page, 'I have a wallet already')
  await calledBack(scene)
  await press(page, 'Register this phone anew')
  await letIn(scene)
  await calledBackLate(scene)
})

async function look(page: Page, name: string): Promise<void> {
  await assertFits(page, name)
  await assertAccessible(page, name)
  await picture(page, name)
}

async function calledBack(scene: Scene): Promise<void> {
  const { old, page } = scene
  await begin(scene)
  await look(page, 'two proofs')
  await old.getByText('Another phone wants your cards').waitFor()
  await look(old, 'a phone comes')
  await prove(scene)
  await press(old, 'That is not me')
  await page.getByText('Your old phone called this one back').waitFor()
  await page.getByText('This phone is out.').waitFor()
  await look(page, 'called back')
  await old.getByText('Another phone wants your cards').waitFor({ state: 'detached' })
  assert.equal(await paysOn(old, scene), 'Paid')
}

async function letIn(scene: Scene): Promise<void> {
  const { house, old, page } = scene
  await begin(scene)
  await prove(scene)
  await look(page, 'waiting')
  await page.reload()
  await press(page, 'I no longer have my old phone')
  await page.getByText('Now some time must pass').waitFor()
  await page.getByText('This phone is in').waitFor()
  await page.getByText('small amounts only').waitFor()
  await look(page, 'in')
  await press(page, 'Bring my cards here')
  await heading(page, 'Your cards')
  await page.getByText('Ready to pay').waitFor()
  assert.match(await paysOn(old, scene), /Another phone of yours has taken the place of this one/)
  await old.goto(house.walletOrigin)
  await old.getByText('Another phone of yours has taken').waitFor()
  assert.equal(await old.getByText('Ready to pay').count(), 0)
  assert.equal(await paysOn(page, scene), 'Paid')
}

/** Opened after all was over: it is told even so, and it is not too late. */
async function calledBackLate(scene: Scene): Promise<void> {
  const { house, old, page } = scene
  await look(old, 'its place was taken')
  await press(old, 'That is not me')
  await old.getByText('Another phone wants your cards').waitFor({ state: 'detached' })
  assert.equal(await paysOn(old, scene), 'Paid')
  await page.goto(house.walletOrigin)
  await heading(page, 'This phone was removed')
}

async function begin({ page }: Scene): Promise<void> {
  await heading(page, 'This phone is new here')
  await press(page, 'I no longer have my old phone')
  await page.getByText('Done so far: 0 of 2').waitFor()
}

/** A code by SMS, then one from the counter; half a code and a wrong one are told to be so. */
async function prove(scene: Scene): Promise<void> {
  const { house, page } = scene
  const proof = (name: string) => page.getByRole('form', { name })
  const type = async (name: string, code: string) => {
    await proof(name).getByLabel('Eight digits').fill(code)
    await proof(name).getByRole('button', { name: 'Confirm' }).click()
  }
  const before = await lettersOf(house)
  const sms = 'A code by SMS'
  await proof(sms).getByRole('button', { name: 'Send the code' }).click()
  await proof(sms).getByText('The code is on its way').waitFor()
  await type(sms, '1234')
  await proof(sms).getByText('A code has eight digits').waitFor()
  await type(sms, await freshCode(house, before))
  await page.getByText('Done so far: 1 of 2').waitFor()
  await type('A code from our counter', await counterCode(scene))
  await page.getByText('Now some time must pass').waitFor()
}

async function lettersOf({ url: apiUrl }: House): Promise<string[]> {
  const { data } = await callApi({ fetch, apiUrl }, 'listInbox', { query: { limit: 20 } })
  return data.flatMap(({ text }) => /([0-9]{8}) lets a NEW PHONE in/.exec(text)?.[1] ?? [])
}

async function freshCode(house: House, before: readonly string[]): Promise<string> {
  for (let patience = 600; patience > 0; patience -= 1) {
    const fresh = (await lettersOf(house)).find((code) => !before.includes(code))
    if (fresh !== undefined) return fresh
    await sleep(50)
  }
  throw new Error('no code in the inbox')
}

/** An operator has seen the papers, and reads from the page which phone it is. */
async function counterCode({ house: { url: apiUrl }, page, token }: Scene): Promise<string> {
  const id = await page.locator('form code').innerText()
  assert(isId('trm', id), id)
  const headers = { authorization: `Bearer ${token}` }
  return (await callApi({ fetch, apiUrl }, 'createArrivalCode', { params: { id }, headers })).code
}

/** Opens a new link there and says yes; how that ended, in the page's words. */
async function paysOn(page: Page, { people }: Scene): Promise<string> {
  const { link } = await people.ask({ amount: 500 })
  await page.goto(link)
  const yes = page.getByRole('button', { name: /Approve/ })
  const trouble = page.getByRole('alert')
  await yes.or(trouble).first().waitFor()
  if (await yes.isVisible()) await yes.click()
  const paid = page.getByText('Paid', { exact: true })
  await paid.or(trouble).first().waitFor()
  if (!(await paid.isVisible())) return trouble.first().innerText()
  await press(page, 'Done')
  return 'Paid'
}
