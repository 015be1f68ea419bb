// Goal: nobody gets a message with a hole in it, or in a language that is not theirs.
// Method: every message in every language: its places are those of English and all get filled; a
// spoken code has pauses; what a request accepts is the language that it is answered in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptedLanguage, languages } from '@warifu/protocol/language'
import { type MessageName, messageText, messageWords } from './message-words.ts'

const names = Object.keys(messageWords.en) as MessageName[]
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

for (const language of languages)
  test(`every message has its text in ${language}`, () => {
    const column = messageWords[language]
    assert.deepEqual(Object.keys(column).sort(), [...names].sort())
    for (const name of names) {
      assert.deepEqual(places(column[name]), places(messageWords.en[name]), name)
      if (language !== 'en') assert.notEqual(column[name], messageWords.en[name], name)
      const text = messageText(name, language, { code: '123456', atMs: 1_800_000_000_000 })
      assert.doesNotMatch(text, /[{}]/, name)
      if (places(column[name]).includes('{code}'))
        assert.match(text, name.endsWith('_spoken') ? /1, 2, 3, 4, 5, 6/ : /123456/, name)
      if (places(column[name]).includes('{at}')) assert.match(text, /2027.*UTC/, name)
    }
  })

test('a request is answered in the best language that it accepts', () => {
  assert.equal(acceptedLanguage('fr, ko;q=0.8, ja;q=0.9'), 'ja')
  assert.equal(acceptedLanguage('ko-KR'), 'ko')
  assert.equal(acceptedLanguage('*'), 'en')
  assert.equal(acceptedLanguage(undefined), 'en')
})
