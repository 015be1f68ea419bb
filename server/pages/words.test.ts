// Goal: no reader meets a missing or empty string, or a sentence with a hole in it, and each gets
//   their own language.
// Method: go through the table; the rest are headers as browsers send them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages } from '@warifu/protocol/language'
import { languageOf, sayIn, words } from './words.ts'

const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()

for (const language of languages)
  test(`every string is there in ${language}, with the same places to fill`, () => {
    assert.deepEqual(Object.keys(words[language]).sort(), Object.keys(words.en).sort())
    for (const [name, english] of Object.entries(words.en)) {
      const [, text = ''] = Object.entries(words[language]).find(([one]) => one === name) ?? []
      assert.match(text, /\S/, name)
      assert.deepEqual(placesOf(text), placesOf(english), name)
      if (language !== 'en' && name !== 'nav_reference') assert.notEqual(text, english, name)
    }
  })

test('what the address asks for goes before what the browser prefers', () => {
  assert.equal(languageOf('ko', 'ja'), 'ko')
  assert.equal(languageOf(undefined, 'ja-JP,ja;q=0.9,en;q=0.8'), 'ja')
  assert.equal(languageOf(undefined, 'de-DE, en;q=0.5, ko;q=0.7'), 'ko')
  assert.equal(languageOf('xx', 'fr'), 'en')
  assert.equal(languageOf(['ja', 'ko'], undefined), 'en')
  assert.equal(languageOf('__proto__', '*;q=x'), 'en')
})

test('places are filled, and one without a value stays visible', () => {
  assert.equal(sayIn('en')('inbox_to', { phone: '+8190' }), 'To +8190')
  assert.equal(sayIn('ja')('inbox_to', { phone: '+8190' }), '+8190 あて')
  assert.equal(sayIn('en')('inbox_to'), 'To {phone}')
})
