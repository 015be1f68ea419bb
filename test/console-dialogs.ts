/**
 * Whatever opens on a page of the console, as everybody may have it: words that are folded away,
 * and dialogs, also those above another. They are found by what the page says of its buttons and
 * rows, so that a new one is judged without being named here.
 */
import assert from 'node:assert/strict'
import { type Language, languages } from '@warifu/protocol/language'
import type { Locator, Page } from 'playwright-core'
import { assertAccessible, assertReadable, picture } from './chromium.ts'
import { settled } from './console-desk.ts'

const FOLDED = 'button[aria-expanded=false], details:not([open]) > summary'

/** What is folded away on this page lies open afterwards: menu, filters, figures, hops. */
export async function unfold(page: Page): Promise<void> {
  const folded = page.locator(FOLDED).filter({ visible: true })
  for (let most = 99; most > 0 && (await folded.count()) > 0; most -= 1)
    await folded.first().click()
}

/** Buttons and rows say that they open a dialog. */
const OPENERS = '[aria-haspopup=dialog], [data-opens=dialog]'

type Walk = {
  readonly page: Page
  readonly where: string
  /** What was judged on another page: the same button opens the same dialog. */
  readonly seen: Set<string>
  readonly widths: readonly { readonly width: number; readonly height: number }[]
}

/** Opens each in turn, judges it, opens what it holds, and closes it as its reader would. */
export async function everyDialog(walk: Walk, within: Locator): Promise<void> {
  const { page, where, seen } = walk
  const openers = within.locator(OPENERS).filter({ visible: true })
  const count = await openers.count()
  for (let at = 0; at < count; at += 1) {
    const opener = openers.nth(at)
    const name = await nameOf(opener, where)
    if (seen.has(name)) continue
    seen.add(name)
    // Itself, not what stands in its place later: lists grow, and rows that are not seen are gone.
    const itself = await opener.elementHandle()
    await opener.click()
    const dialog = page.getByRole('dialog').last()
    await dialog.waitFor()
    await settled(page)
    await judge(walk, dialog, `${where}, ${name}`)
    await everyDialog(walk, dialog)
    await dialog.getByRole('button', { name: 'Close', exact: true }).click()
    const isLost = await itself?.evaluate(
      (one) => one.isConnected && one !== document.activeElement,
    )
    assert.equal(isLost, false, `${where}: after ${name} the focus is back where it was`)
  }
}

/** A button's, anywhere; of a table's rows one of each state, or of each kind, counts. */
async function nameOf(opener: Locator, where: string): Promise<string> {
  if ((await opener.getAttribute('aria-haspopup')) !== null) return await opener.innerText()
  const [kind = ''] = [
    ...(await opener.locator('.standing').allInnerTexts()),
    ...(await opener.locator('[data-label=Kind]').allInnerTexts()),
  ]
  return `a row of ${where}: ${kind}`
}

/** Whole at both widths, each in another theme; the other theme has other colours only. */
async function judge({ page, widths }: Walk, dialog: Locator, what: string): Promise<void> {
  const before = page.viewportSize()
  for (const [at, size] of widths.entries()) {
    const [first, second] = at === 0 ? (['light', 'dark'] as const) : (['dark', 'light'] as const)
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme: first, reducedMotion: 'reduce' })
    await picture(page, `dialog-${what.replaceAll(/\W+/g, '-')}-${size.width}-${first}`)
    await assertAccessible(page, `${what}, ${size.width} px, ${first}`, 'dialog[open]')
    await page.emulateMedia({ colorScheme: second })
    await assertReadable(page, `${what}, ${size.width} px, ${second}`, 'dialog[open]')
    for (const language of languages) await assertHolds(page, dialog, language)
    await speak(page, 'en')
  }
  if (before !== null) await page.setViewportSize(before)
}

/** As another tab would tell it (kit/language-provider.tsx): the page's own choice lies behind. */
async function speak(page: Page, language: Language): Promise<void> {
  await page.evaluate((newValue) => {
    dispatchEvent(new StorageEvent('storage', { key: 'warifu-language', newValue }))
  }, language)
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' })
}

async function assertHolds(page: Page, dialog: Locator, language: Language): Promise<void> {
  await speak(page, language)
  const [wide = 0, room = 0] = await dialog.evaluate((one) => [one.scrollWidth, one.clientWidth])
  const title = await dialog.getByRole('heading').first().innerText()
  assert(wide <= room, `${title}, ${language}: ${wide} px in ${room} px`)
}
