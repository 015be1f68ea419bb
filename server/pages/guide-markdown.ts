/**
 * A guide's Markdown as HTML of these pages: its links lead where they lead in the repository, in
 * the reader's language. It is our own text, and still no HTML of its own passes: the policy of
 * these pages would refuse a script anyway.
 */
import { extname, posix } from 'node:path'
import { languages } from '@warifu/protocol/language'
import { Marked, Parser } from 'marked'
import { linkTo, type Reading } from './frame.ts'
import { addressOf, type GuideFiles, pictureTypes, placeOf } from './guide-files.ts'
import type { Html } from './html.ts'
import { nameOf } from './words.ts'

const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
/** As GitHub names headings, so that one anchor leads there in both places. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/<[^>]+>|&#?\w+;/g, '')
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** An X-ray is drawn for light and for dark pages (cli/demo/picture.ts). */
const inBothThemes = (source: string, image: string): string => {
  const dark = source.replace(/(\/xray-[^/]+)\.svg$/, '$1-dark.svg')
  const shade = `<source srcset="${dark}" media="(prefers-color-scheme: dark)">`
  return dark === source ? image : `<picture>${shade}${image}</picture>`
}

/** The anchors of a text's headings, in order. */
export const anchorsOf = (text: string): string[] =>
  new Marked({ gfm: true })
    .lexer(text)
    .flatMap((one) =>
      one.type === 'heading' ? [anchorOf(Parser.parseInline(one.tokens ?? []))] : [],
    )

/** The anchor of a heading on these pages: of the English heading in the same place. */
function anchorHere({ texts }: GuideFiles, path: string): (own: string) => string {
  const { original } = placeOf(path)
  const english = texts.get(original)
  const text = texts.get(path)
  if (path === original || english === undefined || text === undefined) return (own) => own
  const here = anchorsOf(english)
  const theirs = anchorsOf(text)
  return (own) => (here.length === theirs.length ? here[theirs.indexOf(own)] : undefined) ?? own
}

/** Where a link of this guide leads on these pages. */
function linkOf(reading: Reading, from: string, href: string, files: GuideFiles) {
  if (/^https?:/.test(href)) return href
  const [target = '', anchor] = href.split('#')
  const path = target === '' ? from : posix.normalize(posix.join(posix.dirname(from), target))
  const { original, language } = placeOf(path)
  const text = files.texts.get(path) ?? files.texts.get(original)
  if (text === undefined)
    return pictureTypes[extname(path)] === undefined ? undefined : `/guides/${path}`
  const at = anchor === undefined ? '' : `#${anchorHere(files, path)(anchor)}`
  if (target === '') return at
  // The list in another language, as a reader of the repository finds it.
  const other = language !== 'en' && language !== reading.language
  const asked = other ? { ...reading, language, chosen: true } : reading
  return linkTo(asked, addressOf(original) + at)
}

export function asHtml(reading: Reading, from: string, text: string, files: GuideFiles): Html {
  const anchor = anchorHere(files, from)
  // A table with a column for each language shows a reader their own.
  const isOwn = (column = '') =>
    languages.every((one) => nameOf[one] !== column || one === reading.language)
  const marked = new Marked({ gfm: true, async: false })
  marked.use({
    renderer: {
      html: ({ text: raw }) => escaped(raw),
      heading({ tokens, depth }) {
        const inner = this.parser.parseInline(tokens)
        return `<h${depth} id="${anchor(anchorOf(inner))}">${inner}</h${depth}>\n`
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens)
        const to = linkOf(reading, from, href, files)
        return to === undefined ? inner : `<a href="${escaped(to)}">${inner}</a>`
      },
      image: ({ href, text: words }) => {
        const source = escaped(linkOf(reading, from, href, files) ?? '')
        const image = inBothThemes(source, `<img src="${source}" alt="${escaped(words)}">`)
        // A drawing is opened by itself, to be read on a small screen.
        return source.endsWith('.svg') ? `<a href="${source}">${image}</a>` : image
      },
      code: ({ text: code }) => `<pre tabindex="0"><code>${escaped(code)}\n</code></pre>\n`,
      table(token) {
        const row = (cells: typeof token.header, tag: 'th' | 'td') => {
          const own = cells.filter((_, at) => isOwn(token.header[at]?.text))
          const inner = own.map(({ tokens }) => this.parser.parseInline(tokens))
          return `<tr>${inner.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
        }
        const body = token.rows.map((cells) => row(cells, 'td')).join('')
        const head = `<thead>${row(token.header, 'th')}</thead>`
        return `<div class="wide" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`
      },
    },
  })
  return { html: marked.parse(text, { async: false }) }
}
