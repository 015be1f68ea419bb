// Goal: the guides read the same in the repository and at the docs' name, in every language: every
//   link leads to something, every picture is there, no markup of a guide becomes markup of the
//   page, and a reader of the repository finds all of them in the lists.
// Method: each guide as a page in each language, its links followed in the same table; each file's
//   own links followed in the folder; a guide made up for the rest.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { test } from 'node:test'
import { type Language, languages } from '@warifu/protocol/language'
import type { Reading } from './frame.ts'
import { originals, readGuideFiles } from './guide-files.ts'
import { indexes } from './guide-index.ts'
import { anchorsOf, asHtml } from './guide-markdown.ts'
import { readGuides } from './guides.ts'

const root = dirname(dirname(import.meta.dirname))
const readingIn = (language: Language): Reading => ({
  language,
  chosen: language !== 'en',
  path: '/guides',
  sandbox: true,
})
const files = readGuideFiles()
const guides = readGuides()
const pathsIn = (html: string, attribute: 'href' | 'src' | 'srcset') =>
  [...html.matchAll(new RegExp(`${attribute}="([^"]+)"`, 'g'))].map(([, to = '']) => to)
/** The guide that an address names. */
const named = (to: string) => to.slice('/guides/'.length).replace(/\?.*$/, '')

for (const language of languages) {
  const reading = readingIn(language)
  const list = guides.list(reading).body.html

  test(`every guide is in the list, and opens: ${language}`, () => {
    const listed = pathsIn(list, 'href').filter((to) => to.startsWith('/guides/'))
    const expected = originals(files).map((path) => path.slice(0, -'.md'.length))
    assert.deepEqual(listed.map(named).sort(), expected.sort())
    assert(expected.length > 30)
    for (const to of listed) {
      assert.equal(to.endsWith('?lang=en'), false)
      assert.equal(to.endsWith(`?lang=${language}`), reading.chosen, to)
      assert(guides.page(reading, named(to))?.title, to)
    }
  })

  test(`every link of a guide leads to a guide, a heading or a picture: ${language}`, () => {
    for (const path of originals(files)) {
      const html = guides.page(reading, path.slice(0, -3))?.body.html ?? ''
      for (const link of pathsIn(html, 'href').filter((one) => !one.startsWith('http'))) {
        const [page = '', anchor] = link.split('#')
        const there = page === '' ? html : pageOf(reading, page)
        if (page.endsWith('.svg')) assert(guides.picture(named(page)), `${path}: ${link}`)
        else assert(there !== undefined, `${path}: ${link}`)
        if (anchor) assert(there?.includes(`id="${anchor}"`), `${path}: no heading ${link}`)
      }
      for (const source of [...pathsIn(html, 'src'), ...pathsIn(html, 'srcset')])
        assert(guides.picture(named(source)), `${path}: ${source}`)
    }
  })
}

const pages = new Map<string, string | undefined>()
function pageOf(reading: Reading, address: string): string | undefined {
  const key = `${reading.language} ${address}`
  const isList = /^\/guides(\?|$)/.test(address)
  if (!pages.has(key)) {
    const page = isList ? guides.list(reading) : guides.page(reading, named(address))
    pages.set(key, page?.body.html)
  }
  return pages.get(key)
}

test('every link of every file leads to something in the repository', () => {
  for (const [path, text] of files.texts)
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)/g)) {
      const [file = '', anchor] = target.split('#')
      const there = file === '' ? path : posix.join(posix.dirname(path), file)
      assert(existsSync(join(root, there)), `${path}: ${target}`)
      const found = files.texts.get(there)
      if (anchor && found) assert(anchorsOf(found).includes(anchor), `${path}: ${target}`)
    }
})

test('the lists of the repository name every guide of their language', () => {
  for (const [path, text] of indexes(files))
    assert.equal(files.texts.get(path), text, `${path}: run node server/pages/guide-index.ts`)
})

test('the list in another language is asked for in that language', () => {
  const text = '[日本語](docs/ja/README.md) [list](docs/README.md)'
  const { html } = asHtml(readingIn('en'), 'README.md', text, files)
  assert.deepEqual(pathsIn(html, 'href'), ['/guides?lang=ja', '/guides'])
})

test('a translated heading has the anchor of the English one, and its links lead there', () => {
  const texts = new Map([
    ['docs/a.md', '# A\n\n## Growth\n\n## Costs'],
    ['docs/ja/a.md', '# あ\n\n## 増え方\n\n## 費用\n\n[増え方](a.md#増え方)'],
  ])
  const { html } = asHtml(readingIn('ja'), 'docs/ja/a.md', texts.get('docs/ja/a.md') ?? '', {
    texts,
    pictures: new Map(),
  })
  assert.match(html, /<h2 id="growth">増え方/)
  assert.deepEqual(pathsIn(html, 'href'), ['/guides/docs/a?lang=ja#growth'])
})

test('a table in three languages shows a reader their own', () => {
  const texts = languages.map((language) => {
    const { body } = guides.page(readingIn(language), 'docs/errors/vault_error') ?? {}
    return body?.html ?? ''
  })
  for (const [at, text] of ['We could not reach', 'つながりませんでした', '연결할 수'].entries())
    assert.deepEqual(
      texts.map((html) => html.includes(text)),
      languages.map((_, own) => own === at),
    )
})

test('markup in a guide is shown, not run', () => {
  const text =
    '<script>alert(1)</script>\n\n[x](javascript:alert(1)) `<b>`\n\n| <i> |\n|---|\n| 1 |'
  const { html } = asHtml(readingIn('en'), 'docs/x.md', text, files)
  assert.doesNotMatch(html, /<script|<b>|<i>|javascript:/)
  assert.match(html, /&#60;script/)
})
