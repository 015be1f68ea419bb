// Goal: a guide says the same in every language: nothing is left out, nothing is left in English,
//   and what a machine reads (commands, names, figures, links) is what the English guide has.
// Method: the Markdown of both files, block by block.
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import type { Language } from '@warifu/protocol/language'
import { Marked, type Token, type Tokens } from 'marked'
import {
  fileOf,
  type GuideFiles,
  originals,
  partOf,
  placeOf,
  readGuideFiles,
} from './guide-files.ts'
import { anchorsOf } from './guide-markdown.ts'

const files = readGuideFiles()
const letters = { ja: /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, ko: /\p{sc=Hangul}/u }
/** Guides of errors have all languages in one file; the house's own papers are in English. */
const doubled = originals(files).filter(
  (path) => !['guides_errors', 'guides_house'].includes(partOf(path) ?? ''),
)

/** One block of text with what stands in it. */
type Piece = {
  readonly kind: string
  /** Its words, without code and without the addresses of links. */
  readonly words: string
  readonly raw: string
  readonly codes: readonly string[]
  /** Where its links lead, as paths of the repository. */
  readonly links: readonly string[]
}

const nothing = (kind: string): Piece => ({ kind, words: '', raw: '', codes: [], links: [] })

const isTable = (token: Token): token is Tokens.Table => token.type === 'table'
const isList = (token: Token): token is Tokens.List => token.type === 'list'

function inlineOf(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    const inner = 'tokens' in token && token.tokens ? inlineOf(token.tokens) : []
    return inner.length > 0 && token.type !== 'link' ? inner : [token, ...inner]
  })
}

function pieceOf(kind: string, raw: string, tokens: readonly Token[], from: From): Piece {
  const all = inlineOf(tokens)
  const said = all.filter(({ type }) => ['text', 'escape', 'image'].includes(type))
  return {
    kind,
    raw,
    words: said.map((one) => ('text' in one ? String(one.text) : '')).join(' '),
    codes: all.flatMap((one) => (one.type === 'codespan' ? [String(one.text)] : [])),
    links: all.flatMap((one) => ('href' in one ? [targetOf(String(one.href), from)] : [])),
  }
}

type From = { readonly files: GuideFiles; readonly path: string }

/** A picture that is drawn in this language too stands beside the English: `x-ja.svg`. */
function pictureOf(target: string, { path, files: { pictures } }: From): string {
  const { language } = placeOf(path)
  if (language === 'en') return target
  const own = target.replace(/(-dark)?(\.\w+)$/, `-${language}$1$2`)
  return pictures.has(own) ? `${target}, which is drawn in this language` : original(target)
}
const original = (picture: string) => picture.replace(/-(?:ja|ko)((?:-dark)?\.svg)$/, '$1')

/** A link's target: the English guide and the place of the heading in it, or the picture. */
function targetOf(href: string, from: From): string {
  if (/^https?:/.test(href)) return href
  const { path, files } = from
  const [file = '', anchor] = href.split('#')
  const target = file === '' ? path : posix.join(posix.dirname(path), file)
  if (files.pictures.has(target)) return pictureOf(target, from)
  const place = placeOf(target).original
  return anchor === undefined
    ? place
    : `${place} heading ${anchorsOf(files.texts.get(target) ?? '').indexOf(anchor)}`
}

/** The blocks of a text, in order: headings, paragraphs, items, cells, code. */
function piecesOf(tokens: readonly Token[], from: From): Piece[] {
  return tokens.flatMap((token): Piece[] => {
    if (token.type === 'space') return []
    if (isTable(token)) {
      const cells = [token.header, ...token.rows].map((row) =>
        row.map((cell) => pieceOf('cell', cell.text, cell.tokens, from)),
      )
      const shape = `table of ${cells.length} rows, ${token.header.length} columns`
      return [nothing(shape), ...cells.flat()]
    }
    if (isList(token)) {
      const kind = token.ordered ? 'numbered item' : 'item'
      return token.items.flatMap(({ tokens: inner }) => [nothing(kind), ...piecesOf(inner, from)])
    }
    const kind = token.type === 'heading' ? `heading ${token['depth']}` : token.type
    const inner = 'tokens' in token && token.tokens ? token.tokens : []
    return [pieceOf(kind, token.raw, inner, from)]
  })
}

const parse = (from: From) =>
  piecesOf(new Marked({ gfm: true }).lexer(from.files.texts.get(from.path) ?? ''), from)

const figuresIn = (text: string): string[] => text.match(/\d[\d,.]*\d/g) ?? []
/** Words of the language itself: no names, no initials. */
const englishWords = (text: string): string[] =>
  text.match(/(?<![\w.])(?!the\b|and\b|for\b|npm\b)[a-z]{3,}(?!\w)/g) ?? []

/** What is wrong with a translation. */
function faultsOf(files: GuideFiles, original: string, language: 'ja' | 'ko'): string[] {
  const english = parse({ files, path: original })
  const theirs = parse({ files, path: fileOf(original, language) })
  const shape = (pieces: readonly Piece[]) => pieces.map(({ kind }) => kind)
  const at = shape(english).findIndex((kind, place) => kind !== theirs[place]?.kind)
  if (at >= 0 || english.length !== theirs.length)
    return [
      `block ${at}: a ${english[at]?.kind} becomes a ${theirs[at]?.kind ?? 'nothing'}:
${english[at]?.raw}\n→ ${theirs[at]?.raw}`,
    ]
  const faults = english.flatMap((piece, place) => {
    const other = theirs[place]
    return other === undefined ? [] : pieceFaults(piece, other, letters[language], language)
  })
  return [...codeFaults(english, theirs, letters[language]), ...faults]
}

function pieceFaults(english: Piece, other: Piece, own: RegExp, language: Language): string[] {
  const isCell = english.kind === 'cell'
  // One small word by itself in a cell may be a name.
  const hasWords = englishWords(english.words).length > (isCell ? 1 : 0)
  const same = (a: readonly string[], b: readonly string[]) =>
    `${a.toSorted()}` === `${b.toSorted()}`
  const found = figuresIn(other.words)
  const wordless = isCell && !/\p{L}/u.test(english.words) && !own.test(other.codes.join(''))
  const faults: readonly (readonly [string, boolean])[] = [
    ['code differs', english.kind === 'code' && english.raw !== other.raw],
    ['a cell without words differs', wordless && english.raw !== other.raw.replaceAll('、', ', ')],
    ['not translated', hasWords && !own.test(other.words)],
    ['English left over', /(?:[A-Za-z][\w’'-]*[ ,;]+){6}[A-Za-z]/.test(other.words)],
    ['figures are missing', !figuresIn(english.words).every((figure) => found.includes(figure))],
    [`links: ${english.links} → ${other.links}`, !same(english.links, other.links)],
    ['emphasis that is none', other.words.includes('**')],
    [
      'a line break between Japanese letters',
      language === 'ja' &&
        english.kind !== 'code' &&
        /[^\x20-\x7e]\n *[^\x20-\x7e]/.test(other.raw.trim()),
    ],
  ]
  const list = faults.filter(([, wrong]) => wrong)
  return list.map(([fault]) => `${fault}:\n${english.raw}\n→ ${other.raw}`)
}

/** The same names in code; what a screen says in words may be in the screen's language. */
function codeFaults(english: readonly Piece[], theirs: readonly Piece[], own: RegExp): string[] {
  const codes = (pieces: readonly Piece[]) => [...new Set(pieces.flatMap((one) => one.codes))]
  const there = codes(english)
  const here = codes(theirs)
  const more = here.filter((code) => !there.includes(code) && !own.test(code))
  const lost = there.filter((code) => !here.includes(code))
  const translated = here.filter((code) => !there.includes(code) && own.test(code))
  return [
    ...more.map((code) => `code that the English guide has not: ${code}`),
    ...(lost.length > translated.length ? [`code that is missing: ${lost.join('  ')}`] : []),
  ]
}

for (const language of ['ja', 'ko'] as const)
  for (const original of doubled)
    test(`${fileOf(original, language)} says what ${original} says`, () => {
      assert.deepEqual(faultsOf(files, original, language), [])
    })

test('no translation is of a guide that is not there', () => {
  const strays = [...files.texts.keys()].filter((path) => !files.texts.has(placeOf(path).original))
  assert.deepEqual(strays, [])
})

const example = `# Title of it

One sentence with \`code\` and [a link](b.md#growth), 1,200 times.

- An item of some words
  - An inner item of words

| what it is | how many |
|---|---|
| ● | 12 |

\`\`\`sh
npm start # begin
\`\`\`
`
const rightly = `# その題

\`code\`と[リンク](b.md#増え方)の文を1,200回。

- いくつかの語の項目
  - 内側の項目

| 何か | いくつ |
|---|---|
| ● | 12 |

\`\`\`sh
npm start # begin
\`\`\`
`
const planted = (from: string, to: string): string[] => {
  assert(rightly.includes(from), from)
  const texts = new Map([
    ['docs/a.md', example],
    ['docs/b.md', '# B\n\n## Costs\n\n## Growth'],
    ['docs/ja/a.md', rightly.replace(from, to)],
    ['docs/ja/b.md', '# B\n\n## 費用\n\n## 増え方'],
  ])
  return faultsOf({ texts, pictures: new Map() }, 'docs/a.md', 'ja')
}

test('a translation that says the same has no fault; each way to differ has one', () => {
  assert.deepEqual(planted('その', 'その'), [])
  for (const [from, to, fault] of [
    ['\n  - 内側の項目', '', /becomes a/],
    ['# その題', '## その題', /heading 1 becomes a heading 2/],
    ['| ● | 12 |', '| ● | 12 |\n| ● | 12 |', /table of 2 rows/],
    ['start # begin', 'start # 開始', /code differs/],
    ['`code`', '`kode`', /has not: kode/],
    ['`code`', '符号', /missing: code/],
    ['1,200', '千二百', /figures/],
    ['増え方)', '費用)', /links/],
    ['(b.md', '(../b.md', /links/],
    ['| ● |', '| 丸 |', /cell without words/],
    ['内側の項目', 'An inner item', /not translated/],
    ['の文を', 'の文 which nobody put into any other words を', /left over/],
    ['の文を', 'の文\nを', /line break/],
    ['の文を', '**の文。**を', /emphasis/],
  ] as const)
    assert.match(planted(from, to).join('\n'), fault, to)
})
