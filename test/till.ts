/** People at a till: what a shop does on its page, and what its back end has written down. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright-core'
import type { House } from './house.ts'

/** Taps articles until the order stands, and asks for it. Two coffees and a toast are ¥1,650. */
export async function sell(page: Page, articles = ['Blend coffee', 'Blend coffee', 'Thick toast']) {
  for (const name of articles)
    await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
  await page.getByRole('button', { name: /^Ask for/ }).click()
  await page.getByRole('heading', { name: /^Order [0-9]+$/ }).waitFor()
}

/** The payment link as the page shows it beside the QR code. */
export const linkOn = async (page: Page): Promise<string> =>
  (await page.locator('.link-address').textContent()) ?? ''

/** Every byte that the page is sent from now on: scripts, answers, and the messages of streams. */
export async function everythingToldTo(page: Page): Promise<() => Promise<string>> {
  const told: Promise<string>[] = []
  page.on('response', (response) => {
    const isStream = response.headers()['content-type']?.startsWith('text/event-stream')
    if (!isStream) told.push(response.text().catch(() => ''))
  })
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.eventSourceMessageReceived', ({ data }) => told.push(Promise.resolve(data)))
  return async () => (await Promise.all(told)).join('\n')
}

/** What the back end's file has: read beside the running process, as SQLite allows. */
export function bookOf({ folder }: House, sql: string): Record<string, unknown>[] {
  using db = new DatabaseSync(join(folder, 'pos', 'till.db'), { readOnly: true })
  return db.prepare(sql).all()
}
