// Goal: the pictures are what the table draws, and each scheme has its page, linked from the index.
// Method: drawn again and compared with the files; pages are read for picture, figure and demo id.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { languages } from '@warifu/protocol/language'
import { draw, drawnSchemes, PAGES, pictureOf, stepsOf } from './scheme-pictures.ts'
import { schemeWords } from './scheme-words.ts'

const read = (name: string): Promise<string> => readFile(join(PAGES, name), 'utf8')

for (const scheme of drawnSchemes)
  test(`${scheme}: picture, page and index agree`, async () => {
    for (const language of languages) {
      const file = await read(pictureOf(scheme, language))
      assert.equal(file, draw(scheme, language), 'run: node cli/scheme-pictures.ts')
    }
    const picture = pictureOf(scheme, 'en')
    const name = picture.replace('.svg', '.md')
    const page = await read(name)
    for (const part of [
      `(${picture})`,
      ...(scheme === 'physical' ? [] : [`S0.${scheme}`]),
      'JP6913237B2',
    ])
      assert(page.includes(part), part)
    assert((await read('README.md')).includes(`(${name})`))
  })

test('every word of a picture is drawn, in Japanese and in Korean', () => {
  const steps = drawnSchemes.flatMap((scheme) => stepsOf[scheme])
  const said = steps.flatMap((step) =>
    'part' in step ? [step.part] : [step.says, step.from, step.to, step.sealed ?? step.says],
  )
  const title = 'who sends what to whom'
  assert.deepEqual(Object.keys(schemeWords).sort(), [...new Set([...said, title])].sort())
  for (const [english, [ja, ko]] of Object.entries(schemeWords)) {
    assert.match(ja, /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, english)
    assert.match(ko, /\p{sc=Hangul}/u, english)
  }
})
