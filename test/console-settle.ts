/**
 * A day's end at the console: what is left in clearing, a run that is held and goes on, and what
 * the bank did with the payout.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '@warifu/protocol/contract'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { picture } from './chromium.ts'
import type { Desk } from './console-desk.ts'
import { enter as visit } from './console-people.ts'
import type { House } from './house.ts'
import { pay } from './people.ts'

/** What the clock would write, had a day ended with money left in clearing. */
export const leaveInClearing = (house: House) =>
  byHand(
    house,
    (sql) => sql`
      insert into settlement.alert (lane, id, kind, account, currency, amount, created_ms)
      values (1, 'clearing:test/jpy', 'clearing_left', 'clearing:test', 'jpy', 77, ${Date.now()})`,
  )

/** As a superuser of the database. */
async function byHand(house: House, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  stack.defer(() => sql.end())
  await work(sql)
}

/** Every run begins as if somebody had held it at once: the clock is faster than a hand. */
const beginHeld = (sql: postgres.Sql) =>
  sql.unsafe(`
    create function settlement.begin_held() returns trigger language plpgsql as
      'begin new.stopped := true; return new; end';
    create trigger begin_held before insert on settlement.settlement
      for each row execute function settlement.begin_held()`)

export async function payOut({
  page,
  people,
  holder,
  house,
  dialog,
  enter,
  goTo,
}: Desk): Promise<void> {
  const { link } = await people.ask({ amount: 4_000, capture_method: 'automatic' })
  await pay(holder, link)
  await byHand(house, beginHeld)
  const { ahead_s: ahead } = await callApi(people.api, 'advanceTestClock', {
    body: { seconds: 2 * 86_400 },
  })
  // A session of a server that has not heard of it yet would be over at the other.
  for (const apiUrl of house.urls)
    while ((await callApi({ fetch, apiUrl }, 'getTestClock', {})).ahead_s < ahead) await sleep(50)
  await enter('operator', '/settlements')
  await page.getByRole('row', { name: /Held/ }).first().click()
  for (const act of ['Hold the run', 'Let it go on']) {
    await page.getByRole('button', { name: act }).click()
    // Two that are under way at once come to two servers in any order.
    await page.locator('button[data-loading]').waitFor({ state: 'detached' })
  }
  await page.getByRole('button', { name: 'Hold the run' }).waitFor({ state: 'detached' })
  await page.getByText('Ready').first().waitFor()
  await goTo('/payouts')
  await page
    .getByRole('row', { name: /Pending|Waits/ })
    .first()
    .click()
  await dialog.getByLabel('What the bank says').fill('BANK 1')
  await picture(page, 'console-payout')
  await dialog.getByRole('button', { name: 'Paid', exact: true }).click()
  await page
    .getByRole('row', { name: /BANK 1/ })
    .filter({ hasText: 'Paid' })
    .waitFor()
  const { ask } = await visit(house, 'auditor')
  const found = await ask<'searchPayouts'>('/v1/operator/payouts')
  const [payout]: Reply<'searchPayouts'>['data'] = found.json.data
  assert.deepEqual([payout?.status, payout?.bank_reference], ['paid', 'BANK 1'])
  const settlements = '/v1/operator/settlements'
  const { json: settled } = await ask<'readSettlement'>(`${settlements}/${payout?.settlement}`)
  assert.deepEqual([settled.net, settled.payout], [payout?.amount, payout?.id])
  assert.equal((await ask(`${settlements}/stl_${'0'.repeat(26)}`)).code, 'not_found')
}
