/**
 * Goal: no person meets a missing or empty string, or a sentence with a hole in it.
 * Method: go through every table of words; each code of protocol/errors.ts that has words for a
 * cardholder must have them in every language; places to fill must be the same in all.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorWordsJa } from '@warifu/protocol/error-words-ja'
import { errorWordsKo } from '@warifu/protocol/error-words-ko'
import { errors } from '@warifu/protocol/errors'
import { languages } from '@warifu/protocol/language'
import { clockFace } from './clock-face.ts'
import { chooseLanguage, fill } from './language.ts'
import { refusalWords } from './refusal-words.ts'

describe('refusals', () => {
  test('every refusal is said to everyone in every language, or to nobody', () => {
    for (const [code, { cardholder, merchant, operator }] of Object.entries(errors))
      for (const words of [errorWordsJa, errorWordsKo]) {
        const said = new Map(Object.entries(words)).get(code)
        for (const [at, english] of [cardholder, merchant, operator].entries()) {
          assert.equal(said?.[at] !== '', english !== '', `${code}, ${at}`)
          if (english !== '') assert.notEqual(said?.[at], english, `${code}, ${at}`)
        }
      }
  })

  const spoken = Object.entries(errors).filter(([, { cardholder }]) => cardholder !== '')
  for (const language of languages)
    test(`every refusal that a cardholder can meet has words in ${language}`, () => {
      const unknown = refusalWords('no_such_code', language)
      assert.notEqual(unknown, '')
      for (const [code] of spoken)
        if (code !== 'internal_error')
          assert.notEqual(refusalWords(code, language), unknown, `${code} in ${language}`)
    })

  test('where English says that nothing was charged, every language says it', () => {
    const sentences = { ja: '請求はされていません', ko: '청구되지 않았습니다' } as const
    for (const [code, { cardholder }] of spoken) {
      if (!cardholder.includes('Nothing was charged')) continue
      assert.ok(refusalWords(code, 'ja').includes(sentences.ja), `${code} in ja`)
      assert.ok(refusalWords(code, 'ko').includes(sentences.ko), `${code} in ko`)
    }
  })
})

describe('language', () => {
  test('what the person chose goes before what the browser prefers', () => {
    assert.equal(chooseLanguage('ko', ['ja-JP']), 'ko')
    assert.equal(chooseLanguage(null, ['de-DE', 'ja-JP', 'en']), 'ja')
    assert.equal(chooseLanguage('xx', ['fr']), 'en')
  })

  test('places are filled, and one without a value stays visible', () => {
    assert.equal(fill('{a} and {b}', { a: 'x' }), 'x and {b}')
  })
})

test('time that is left reads as a clock, from hours down to nothing', () => {
  const faces = [86_400_000, 3_600_000, 299_001, 60_000, 59_000, 1, 0, -5000].map(clockFace)
  assert.deepEqual(faces, ['24:00:00', '1:00:00', '5:00', '1:00', '0:59', '0:01', '0:00', '0:00'])
})
