/**
 * The files of `docs/`: guides and pictures by their path in the repository, read once at the
 * start, so that what is served is what was there then. A guide is written in English in `docs/`;
 * `docs/ja` and `docs/ko` have the same paths in their language.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, posix } from 'node:path'
import { type Language, languages } from '@warifu/protocol/language'

export type Picture = { readonly type: string; readonly bytes: Buffer }
export type GuideFiles = {
  readonly texts: ReadonlyMap<string, string>
  readonly pictures: ReadonlyMap<string, Picture>
}

const root = dirname(dirname(import.meta.dirname))
/** Beside `docs/`: what a reader of the guides is sent to. */
const atRoot = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
export const pictureTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
}

export function readGuideFiles(): GuideFiles {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const paths = [...docs.map((path) => posix.join('docs', path)), ...atRoot]
  const texts = new Map<string, string>()
  const pictures = new Map<string, Picture>()
  for (const path of paths.sort()) {
    const type = pictureTypes[extname(path)]
    if (path.endsWith('.md')) texts.set(path, readFileSync(join(root, path), 'utf8'))
    else if (type) pictures.set(path, { type, bytes: readFileSync(join(root, path)) })
  }
  return { texts, pictures }
}

/** What a file is: the English guide that it is or translates, and its language. */
export function placeOf(path: string): { readonly original: string; readonly language: Language } {
  const [, folder, rest] = /^docs\/([a-z]{2})\/(.+)$/.exec(path) ?? []
  const language = languages.find((one) => one === folder)
  return language === undefined || language === 'en'
    ? { original: path, language: 'en' }
    : { original: `docs/${rest}`, language }
}

/** Where a guide stands in a language. */
export const fileOf = (original: string, language: Language): string =>
  language === 'en' ? original : original.replace(/^docs\//, `docs/${language}/`)

export type Guide = {
  readonly path: string
  readonly text: string
  /** English where there is no translation; the reader's where one file has all languages. */
  readonly language: Language
}

export function guideIn(
  { texts }: GuideFiles,
  original: string,
  language: Language,
): Guide | undefined {
  const path = fileOf(original, language)
  const text = texts.get(path)
  if (text !== undefined && path !== original) return { path, text, language }
  const english = texts.get(original)
  if (english !== undefined && partOf(original) === 'guides_errors')
    return { path: original, text: english, language }
  return english === undefined ? undefined : { path: original, text: english, language: 'en' }
}

const indexes = languages.map((language) => fileOf('docs/README.md', language))
/** A language's list of guides, for readers of the repository (guide-index.ts). */
export const isIndex = (path: string): boolean => indexes.includes(path)

export const addressOf = (original: string): string =>
  isIndex(original) ? '/guides' : `/guides/${original.replace(/\.md$/, '')}`

/** The English guides by their paths, in order. */
export const originals = ({ texts }: GuideFiles): string[] =>
  [...texts.keys()].filter((path) => placeOf(path).language === 'en' && !isIndex(path))

/** A file in three languages has three titles: `Vault · 金庫 · 보관소`. */
export function titleOf({ text, language }: Guide): string {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? ''
  const titles = title.split(' · ')
  const own = titles[languages.indexOf(language)]
  return titles.length === languages.length && own !== undefined ? own : title
}

/** The parts of the list, in the order in which they are read; a file is in the first that fits. */
// biome-ignore format: a table reads by its columns
export const parts = [
  ['guides_start',     /^docs\/(?:quick-start|systems|x-ray|testing)\.md$/],
  ['guides_cards',     /^docs\/(?:schemes\/|programs|plastic|new-phone|approvals|carriers)/],
  ['guides_devices',   /^docs\/(?:entry-device|proximity-device|reader|sim)\.md$/],
  ['guides_errors',    /^docs\/errors/],
  ['guides_operators', /^docs\/(?:operating|console|performance|threat-model|scaling|money)/],
  ['guides_merchants', /^docs\//],
  ['guides_house',     /./],
] as const

export const partOf = (original: string): (typeof parts)[number][0] | undefined =>
  parts.find(([, fits]) => fits.test(original))?.[0]
