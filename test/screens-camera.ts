/**
 * Takes a screen as it stands: each width, language and theme a picture, each looked over for what
 * no eye should have to find: sideways scrolling, words cut off, codes among words, and what axe
 * says. A page changes language and theme while it is open, so that a state is reached once.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Language, languages } from '@warifu/protocol/language'
import type { Page } from 'playwright-core'
import { assertAccessible } from './chromium.ts'
import { isWritten, readmePictures, type Screen, screenNamed } from './screens.ts'
import { lookOver } from './screens-faults.ts'

export const schemes = ['light', 'dark'] as const
export type Scheme = (typeof schemes)[number]

export type Camera = {
  readonly shoot: (page: Page, name: string) => Promise<void>
  /** A part of a scene; one that fails is told, and the others go on. */
  readonly part: (name: string, play: () => Promise<void>) => Promise<void>
  readonly taken: ReadonlySet<string>
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[]
}
export type CameraOptions = {
  readonly folder: string
  readonly axe: boolean
  /** Where the README's pictures are written anew, if they are. */
  readonly readme?: string
  readonly say: (line: string) => void
}

export const fileOf = (name: string, width: number, language: Language, scheme: Scheme): string =>
  `${name}-${width}-${language}-${scheme}.png`

export function createCamera({ folder, axe, readme, say }: CameraOptions): Camera {
  const taken = new Set<string>()
  const faults: string[] = []
  const found = (what: string) => {
    if (faults.includes(what)) return
    faults.push(what)
    say(`    ! ${what}`)
  }
  const shoot = async (page: Page, name: string) => {
    const screen = screenNamed(name)
    await mkdir(folder, { recursive: true })
    await page.mouse.move(0, 0) // What was pressed last is under it, and drawn so.
    for (const width of screen.widths)
      for (const language of languages) {
        await page.setViewportSize({ width, height: heightAt(width) })
        await speak(page, screen, language)
        await stretch(page, width)
        for (const scheme of schemes) {
          await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
          const file = fileOf(name, width, language, scheme)
          await page.screenshot({
            path: join(folder, file),
            animations: 'disabled',
          })
          for (const fault of await faultsOf(page, { screen, axe })) found(`${name}: ${fault}`)
        }
      }
    await page.setViewportSize({ width: screen.widths.at(-1) ?? 360, height: 900 })
    await speak(page, screen, 'en')
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    const file = readmePictures[name]
    if (readme !== undefined && file !== undefined) await shootForReadme(page, join(readme, file))
    taken.add(name)
    say(`  ${name}`)
  }
  const part = (name: string, play: () => Promise<void>) =>
    play().catch((fault: Error) => found(`${name} ended: ${fault.message.slice(0, 400)}`))
  return { shoot, part, taken, faults }
}

type Looking = { readonly screen: Screen; readonly axe: boolean }

async function faultsOf(page: Page, { screen, axe }: Looking): Promise<readonly string[]> {
  const seen = await lookOver(page, { codes: !isWritten(screen) })
  if (!axe) return seen
  const judged = await assertAccessible(page, screen.name).then(() => [], faultsOfAxe)
  return [...seen, ...judged]
}

function faultsOfAxe(error: unknown): string[] {
  const { actual } = { actual: undefined, ...Object(error) }
  if (!Array.isArray(actual)) throw error
  return actual.map(({ id, nodes }) => `axe, ${id}: ${String(nodes[0]).slice(0, 200)}`)
}

const heightAt = (width: number): number => (width < 600 ? 800 : 900)
/** Of a page that goes on and on, its beginning. */
const TALLEST = 4000

/** The whole page at once, what is fixed to its foot at its foot. */
async function stretch(page: Page, width: number): Promise<void> {
  await page.evaluate(() => new Promise(requestAnimationFrame))
  const wanted = await page.evaluate(() => {
    const open = document.querySelector('dialog[open]')
    return Math.max(document.documentElement.scrollHeight, open?.scrollHeight ?? 0)
  })
  const height = Math.min(TALLEST, Math.max(heightAt(width), wanted))
  await page.setViewportSize({ width, height })
  await page.evaluate(() => new Promise(requestAnimationFrame))
}

/** As another tab would tell it (kit/language-provider.tsx); a written page is asked for anew. */
async function speak(page: Page, screen: Screen, language: Language): Promise<void> {
  if (isWritten(screen)) {
    const url = new URL(page.url())
    url.searchParams.set('lang', language)
    await page.goto(url.href)
    return
  }
  await page.evaluate((newValue) => {
    localStorage.setItem('warifu-language', newValue)
    dispatchEvent(new StorageEvent('storage', { key: 'warifu-language', newValue }))
  }, language)
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' })
}

/**
 * Its first screenful, at twice the width in a small file: as phones and good displays show it.
 * The session is not detached: with any of them goes the page's virtual authenticator.
 */
async function shootForReadme(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize() ?? { width: 360, height: 800 }
  const clip = { x: 0, y: 0, width, height, scale: 2 }
  const asked = { format: 'webp', quality: 80, clip } as const
  const { data } = await session.send('Page.captureScreenshot', asked)
  await writeFile(path, Buffer.from(data, 'base64'))
}
