/**
 * The guides: the Markdown of `docs/`, with its pictures, as pages in the reader's language. One
 * address for all languages; what is not translated is shown in English, and says so.
 */
import { linkTo, type Page, type Reading } from './frame.ts'
import {
  addressOf,
  type GuideFiles,
  guideIn,
  isIndex,
  originals,
  type Picture,
  partOf,
  parts,
  placeOf,
  readGuideFiles,
  titleOf,
} from './guide-files.ts'
import { asHtml } from './guide-markdown.ts'
import { type Html, html, withNames } from './html.ts'
import { nameOf, sayIn } from './words.ts'

export type Guides = {
  readonly list: (reading: Reading) => Page
  /** Undefined where there is no such guide. */
  readonly page: (reading: Reading, path: string) => Page | undefined
  readonly picture: (path: string) => Picture | undefined
}

export function readGuides(): Guides {
  const files = readGuideFiles()
  return {
    list: (reading) => listPage(reading, files),
    page: (reading, path) => guidePage(reading, files, `${path}.md`),
    picture: (path) => files.pictures.get(path),
  }
}

function listPage(reading: Reading, files: GuideFiles): Page {
  const say = sayIn(reading.language)
  const all = originals(files)
  const sections = parts.map(([part]) => {
    const items = all.filter((path) => partOf(path) === part)
    const links = items.map((path) => html`<li>${link(reading, files, path)}</li>`)
    return html`<section><h2>${say(part)}</h2><ul class="plain">${links}</ul></section>`
  })
  return {
    title: say('nav_guides'),
    body: html`<p class="lead">${say('guides_lead')}</p>
${sections}
<section><h2>${say('guides_reference')}</h2><ul class="plain">
<li><a href="${linkTo(reading, '/docs')}">${say('more_reference')}</a></li>
<li><a href="${linkTo(reading, '/errors')}">${say('more_errors')}</a></li>
</ul></section>`,
  }
}

function link(reading: Reading, files: GuideFiles, path: string): Html {
  const guide = guideIn(files, path, reading.language)
  if (guide === undefined) throw new Error(`no guide: ${path}`)
  const title = withNames(titleOf(guide))
  const to = linkTo(reading, addressOf(path))
  return guide.language === reading.language
    ? html`<a href="${to}">${title}</a>`
    : html`<a lang="en" href="${to}">${title}</a> <span class="by">${nameOf.en}</span>`
}

function guidePage(reading: Reading, files: GuideFiles, path: string): Page | undefined {
  const { original } = placeOf(path)
  const guide =
    isIndex(path) || original !== path ? undefined : guideIn(files, path, reading.language)
  if (guide === undefined) return undefined
  const { text, language } = guide
  return {
    title: titleOf(guide).replaceAll('`', ''),
    bodyLanguage: language,
    body: asHtml(reading, guide.path, text.replace(/^# .+\n/, ''), files),
  }
}
