/**
 * One desk at the console: a house, its people, and one tab of one browser for all journeys. Who
 * sits there changes by a new session; pages change as the page changes them, without a load. The
 * house's root key is in an HSM (its test double), wherever there is one.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Persona } from '@warifu/protocol/console-roles'
import type { Locator, Page } from 'playwright-core'
import { type Browser, openBrowser } from './chromium.ts'
import { type House, startHouse } from './house.ts'
import { hsmNeeds, openHsm } from './hsm.ts'
import { has } from './needs.ts'
import { type Holder, type People, peopleOf } from './people.ts'

export type Desk = {
  readonly house: House
  readonly people: People
  readonly holder: Holder
  readonly browser: Browser
  readonly page: Page
  readonly dialog: Locator
  /** Somebody else sits down, and looks at this. */
  readonly enter: (as: Persona, path: string) => Promise<void>
  readonly goTo: (path: string) => Promise<void>
  /** Presses a button of the page that opens a dialog, and fills its form in. */
  readonly fill: (button: string, fields?: Readonly<Record<string, string>>) => Promise<void>
  /** The dialog's own button; afterwards the dialog is gone. */
  readonly send: (button: string) => Promise<void>
  /** The same where a second person must agree: the dialog says so, and is closed. */
  readonly ask: (button: string) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openDesk(): Promise<Desk> {
  await using stack = new AsyncDisposableStack()
  const env = {
    server: { WEBHOOK_ALLOW: '127.0.0.1/32', REQUESTS_PER_SECOND: '5000' },
    vault: has(hsmNeeds) ? await rootInHsm(stack) : {},
  }
  const house = stack.use(await startHouse({ balanced: true, console: true, env }))
  const people = peopleOf(house)
  const holder = await people.become('Aiko')
  const browser = stack.use(await openBrowser({ width: 1280 }))
  const page = await browser.open(house.consoleOrigin)
  const owned = stack.move()
  const close = async () => await owned.disposeAsync()
  return { house, people, holder, browser, page, ...handsAt(page, house.consoleOrigin), close }
}

/** A vault's settings: its root key is in an HSM, and in no file. */
export async function rootInHsm(stack: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-hsm-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const { address, env } = await openHsm(folder)
  const noFile = { VAULT_MASTER_KEY_FILE: '', VAULT_PASSPHRASE_FILE: '' }
  return { ...env, ...noFile, VAULT_HSM: address('root') }
}

export function handsAt(page: Page, origin: string) {
  const dialog = page.getByRole('dialog')
  const headed = () => page.getByRole('heading', { level: 1 }).waitFor()
  const press = (button: string) =>
    dialog.getByRole('button', { name: button, exact: true }).last().click()
  return {
    dialog,
    enter: async (as: Persona, path: string) => {
      await page.evaluate(async (as) => {
        const headers = { 'content-type': 'application/json', 'warifu-console': '1' }
        const body = JSON.stringify({ as })
        await fetch('/v1/test/console/sessions', { method: 'POST', headers, body })
      }, as)
      await page.goto(origin + path)
      await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    },
    goTo: async (path: string) => {
      await page.evaluate((to) => {
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, path)
      await headed()
    },
    fill: async (button: string, fields: Readonly<Record<string, string>> = {}) => {
      await page.getByRole('button', { name: button, exact: true }).first().click()
      for (const [label, value] of Object.entries(fields))
        await dialog.getByLabel(label).last().fill(value)
    },
    send: async (button: string) => {
      await press(button)
      await dialog.waitFor({ state: 'detached' })
    },
    ask: async (button: string) => {
      await press(button)
      await dialog.getByText('a second person must agree', { exact: false }).last().waitFor()
      while ((await dialog.count()) > 0)
        await dialog.last().getByRole('button', { name: 'Close' }).last().click()
    },
  }
}

/** Nothing on the page is still asked for. */
export const settled = (page: Page) =>
  page.waitForFunction(() => document.querySelector('.mark[data-state=waiting]') === null)
