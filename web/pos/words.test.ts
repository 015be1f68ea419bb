// Goal: nobody at a till or in a shop meets a missing string, or a sentence with a hole in it.
// Method: every table of words, language by language, against English: nothing empty, nothing left
//   in English, the same places to fill.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atDevice, met, reasonOf } from './browser/reasons.ts'
import { words } from './browser/words.ts'
import { catalogue } from './catalogue.ts'

const others = ['ja', 'ko'] as const
const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()

for (const language of others) {
  test(`every word is said in ${language}, with the same places to fill`, () => {
    const spoken = new Map(Object.entries(words[language]))
    assert.deepEqual([...spoken.keys()].sort(), Object.keys(words.en).sort())
    for (const [name, english] of Object.entries(words.en)) {
      const text = spoken.get(name) ?? ''
      assert.notEqual(text.trim(), '', name)
      assert.notEqual(text, english, name)
      assert.deepEqual(placesOf(text), placesOf(english), name)
    }
  })

  test(`where English says that nothing was charged, ${language} says it`, () => {
    const sentence = { ja: /請求はされていません/, ko: /청구되지 않았습니다/ }[language]
    for (const [name, english] of Object.entries(words.en))
      if (english.includes('Nothing was charged'))
        assert.match(new Map(Object.entries(words[language])).get(name) ?? '', sentence, name)
  })

  test(`every reason that a till meets is said in ${language}`, () => {
    for (const code of [...met, ...Object.keys(atDevice)]) {
      assert.notEqual(reasonOf(code, language), '', code)
      assert.notEqual(reasonOf(code, language), reasonOf(code, 'en'), code)
    }
  })
}

test('every article has a name in every language', () => {
  for (const { id, name } of catalogue.articles)
    for (const text of Object.values(name)) assert.notEqual(text.trim(), '', id)
})

test('a code that no till meets is shown as it is', () => {
  assert.equal(reasonOf('bin_exhausted', 'ja'), 'bin_exhausted')
  assert.equal(reasonOf(null, 'en'), '')
})
