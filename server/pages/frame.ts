/** What all pages wear: the head, the mark, the way to the others, the languages. */

import { type Language, languages } from '@warifu/protocol/language'
import { type Html, html, nothing } from './html.ts'
import { nameOf, type Say, sayIn } from './words.ts'

export type Reading = {
  readonly language: Language
  /** The language was asked for by the address, so links go on asking for it. */
  readonly chosen: boolean
  /** The page's own path. */
  readonly path: string
  readonly sandbox: boolean
}

export type Page = {
  readonly title: string
  readonly body: Html
  /** The language of the body, where it is not the reader's. */
  readonly bodyLanguage?: Language
  readonly script?: string
}

/** A link within these pages, in the language that was chosen. */
export const linkTo = ({ language, chosen }: Reading, path: string): string => {
  const [before = '', anchor] = path.split('#')
  const asked = chosen ? `${before}?lang=${language}` : before
  return anchor === undefined ? asked : `${asked}#${anchor}`
}

export function frame(reading: Reading, page: Page): string {
  const { language } = reading
  const say = sayIn(language)
  const { title, body, bodyLanguage = language, script } = page
  return `<!doctype html>\n${
    html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Warifu</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/pages.css">
${script === undefined ? nothing : html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#content">${say('to_content')}</a>
<header>
<a class="home" href="${linkTo(reading, '/')}">${mark} Warifu</a>
${navigation(reading, say)}
${languageLinks(reading, say)}
</header>
<main id="content" lang="${bodyLanguage}">
<h1>${title}</h1>
${body}
</main>
${reading.sandbox ? html`<footer><p>${say('sandbox')}</p></footer>` : nothing}
</body>
</html>
`.html
  }`
}

function navigation(reading: Reading, say: Say): Html {
  const sandboxOnly = [
    ['/', say('nav_start')],
    ['/inbox', say('nav_inbox')],
  ] as const
  const always = [
    ['/guides', say('nav_guides')],
    ['/docs', say('nav_reference')],
    ['/errors', say('nav_errors')],
  ] as const
  const links = [...(reading.sandbox ? sandboxOnly : []), ...always].map(([path, name]) => {
    const here = path === reading.path ? html` aria-current="page"` : nothing
    return html`<li><a href="${linkTo(reading, path)}"${here}>${name}</a></li>`
  })
  return html`<nav aria-label="${say('nav_label')}"><ul>${links}
<li><a href="/openapi.json">OpenAPI 3.1</a></li></ul></nav>`
}

function languageLinks({ language, path }: Reading, say: Say): Html {
  const links = languages.map((one) => {
    const here = one === language ? html` aria-current="true"` : nothing
    const to = `${path}?lang=${one}`
    return html`<li><a lang="${one}" hreflang="${one}" href="${to}"${here}>${nameOf[one]}</a></li>`
  })
  return html`<nav class="languages" aria-label="${say('nav_languages')}"><ul>${links}</ul></nav>`
}

/** The tally and its seal (mark.svg), in the colour of the text around it. */
const mark = html`<svg viewBox="0 0 64 64" width="32" height="32" aria-hidden="true">
<mask id="split"><rect width="64" height="64" fill="#fff"/><path d="M36 0v22l-10 9 13 5-10 8v20"
 fill="none" stroke="#000" stroke-width="4" stroke-linejoin="miter"/></mask>
<g mask="url(#split)"><rect x="9" y="5" width="46" height="54" rx="6" fill="currentColor"/>
<circle class="seal" cx="32.5" cy="32.5" r="13" fill="none" stroke-width="5"/></g></svg>`
