/**
 * Builds a page from its sources: bundled by vite, file names by hash, integrity on every script
 * and style that index.html names, and files.json with the SHA-384 of each file.
 *
 * It is built anew only where a source has changed. The new build is made beside the old one and
 * put in its place whole, so that two who build at the same time do not meet.
 */
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { integrityOf, LIST, pathsBelow } from './files.ts'
import { commonHead } from './head.ts'

export type Page = 'wallet' | 'pos' | 'console' | 'tour'

const web = dirname(import.meta.dirname)
export const root = dirname(web)
/** What a page is made of beside its own folder. */
const sources = ['web/kit', 'web/serving', 'protocol', 'crypto', 'sdk', 'devices']
const own: Readonly<Record<Page, readonly string[]>> = {
  wallet: ['web/wallet'],
  pos: ['web/pos'],
  console: ['web/console', 'web/xray', 'web/xray-view'],
  tour: ['web/tour', 'web/xray', 'web/xray-view'],
}

/** Where a page's build lies. */
export const builtFolder = (page: Page): string => join(web, 'dist', page)

const stampOf = (page: Page) => join(web, 'dist', `${page}.stamp`)

/** Builds the page where that is needed; answers with its folder. */
export async function buildPage(page: Page): Promise<string> {
  const folder = builtFolder(page)
  const digest = await digestOfSources(page)
  const stamp = await readFile(stampOf(page), 'utf8').catch(() => '')
  if (stamp === digest && (await exists(join(folder, LIST)))) return folder
  await mkdir(dirname(folder), { recursive: true })
  const made = await mkdtemp(`${folder}-`)
  await bundle(page, made)
  await finish(page, made)
  await putInPlace(made, folder)
  await writeFile(stampOf(page), digest)
  return folder
}

/** By two renames, so that there is hardly a moment without a build. */
async function putInPlace(made: string, folder: string): Promise<void> {
  const old = `${made}-old`
  await rename(folder, old).catch(() => undefined)
  await rename(made, folder).catch(async (cause: unknown) => {
    // Another builder was quicker; its build is of the same sources.
    await rm(made, { recursive: true, force: true })
    if (!(await exists(join(folder, LIST)))) throw cause
  })
  await rm(old, { recursive: true, force: true })
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function digestOfSources(page: Page): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')))
  for (const source of [...sources, ...own[page]])
    for (const path of await pathsBelow(join(root, source)))
      if (!path.endsWith('.test.ts') && !path.includes('/node_modules/'))
        hash.update(`${source}${path}\0`).update(await readFile(join(root, source, path)))
  return hash.digest('hex')
}

const text = String.raw`'(?:[^'\\]|\\.)*'`
const contract = /\/protocol\/contract\.ts$/
const contracts = /\/protocol\/(?:[a-z-]+-)?contract\.ts$/
const errors = /\/protocol\/(?:errors|error-words-[a-z]+)\.ts$/
const summary = new RegExp(`\\bsummary:\\s*${text}(?:\\s*\\+\\s*${text})*`, 'g')
const threeTexts = new RegExp(`\\[(${text}), ${text}, ${text}\\]`, 'g')

const others =
  'merchant|payment|webhook|apiKey|operator|sales|settlement|reconciliation|console|testKit'

/** What the wallet has no use for: other people's endpoints, and what only the reference says. */
// biome-ignore format: a table reads by its columns
const strangers: readonly (readonly [file: RegExp, what: RegExp, instead: string])[] = [
  [contract,  new RegExp(`\\.\\.\\.(?:${others})Endpoints,`, 'g'),          ''],
  [contracts, summary,                                                 "summary: ''"],
  [contracts, /\brefuses:\s*\[[^\]]*\]/g,                              'refuses: []'],
  // Of an error's texts the cardholder's alone.
  [errors,    threeTexts,                                              "[$1, '', '']"],
]

/** The wallet is a cardholder's: a tenth of its scripts would be words for others. */
const forCardholders = {
  name: 'for-cardholders',
  enforce: 'pre',
  transform: (code: string, id: string) =>
    strangers
      .filter(([file]) => file.test(id))
      .reduce((left, [, what, instead]) => left.replace(what, instead), code),
} as const

/** Loaded here and not at the top: who only serves pages needs no bundler. */
async function bundle(page: Page, outDir: string): Promise<void> {
  const [{ build }, { default: react }] = await Promise.all([
    import('vite'),
    import('@vitejs/plugin-react'),
  ])
  await build({
    configFile: false,
    root: join(web, page, 'browser'),
    logLevel: 'error',
    plugins: [react(), commonHead, ...(page === 'wallet' ? [forCardholders] : [])],
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  })
}

/** Integrity in index.html, the service worker with its list, and files.json last. */
async function finish(page: Page, folder: string): Promise<void> {
  const read = (path: string) => readFile(join(folder, path))
  const html = (await read('/index.html')).toString()
  const named = [...html.matchAll(/\b(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)]
  let finished = html
  for (const [attribute, path = ''] of named)
    finished = finished.replace(
      attribute,
      `${attribute} integrity="${integrityOf(await read(path))}"`,
    )
  await writeFile(join(folder, 'index.html'), finished)
  const list: Record<string, string> = {}
  for (const path of await pathsBelow(folder)) list[path] = integrityOf(await read(path))
  const worker = await readFile(join(web, page, 'browser', 'worker.ts'), 'utf8').catch(() => '')
  if (worker !== '') {
    const files = JSON.stringify(list)
    const name = JSON.stringify(createHash('sha256').update(files).digest('hex').slice(0, 16))
    const { transformWithOxc } = await import('vite')
    const plain = (await transformWithOxc(worker, 'worker.ts')).code
    const code = `const FILES = ${files}\nconst BUILD = ${name}\n${plain}`
    await writeFile(join(folder, 'worker.js'), code)
    list['/worker.js'] = integrityOf(Buffer.from(code))
  }
  await writeFile(join(folder, LIST), `${JSON.stringify(list, null, 2)}\n`)
}
