/** The error pages: all codes, and one page for each, where `doc_url` leads. */
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { errorTitles } from '@warifu/protocol/error-titles'
import { errorWordsJa } from '@warifu/protocol/error-words-ja'
import { errorWordsKo } from '@warifu/protocol/error-words-ko'
import { errors, type Refusal, type Words } from '@warifu/protocol/errors'
import { type Language, languages } from '@warifu/protocol/language'
import { refusalsOf, statusOf } from '#api'
import { linkTo, type Page, type Reading } from './frame.ts'
import { type Html, html, nothing, withNames } from './html.ts'
import { type Name, sayIn } from './words.ts'

export const isRefusal = (code: string): code is Refusal => Object.hasOwn(errors, code)

/** What a refusal says: to the cardholder, the merchant, the operator. */
export function errorWords(code: Refusal, language: Language): Words {
  const { cardholder, merchant, operator } = errors[code]
  const en = [cardholder, merchant, operator] as const
  return { en, ja: errorWordsJa[code], ko: errorWordsKo[code] }[language]
}

export function codesPage(reading: Reading): Page {
  // The keys of the table are its codes by its type.
  const byType = Map.groupBy(Object.keys(errors) as Refusal[], (code) => errors[code].type)
  const sections = [...byType].map(([type, codes]) => {
    const items = codes.map(
      (code) => html`<li><a href="${linkTo(reading, `/errors/${code}`)}"><code>${code}</code></a>
<span>${withNames(errorWords(code, reading.language)[2])}</span></li>`,
    )
    const title = errorTitles[type][languages.indexOf(reading.language)] ?? type
    return html`<section><h2 id="${type}">${title}</h2>
<p class="by"><code>${type}</code></p><ul class="list">${items}</ul></section>`
  })
  return {
    title: sayIn(reading.language)('nav_errors'),
    body: html`<p class="lead">${sayIn(reading.language)('errors_lead')}</p>${sections}`,
  }
}

export function codePage(reading: Reading, code: Refusal): Page {
  const say = sayIn(reading.language)
  const row = errors[code]
  const [cardholder, merchant, operator] = errorWords(code, reading.language)
  const said = (who: Name, words: string): Html =>
    words === '' ? nothing : html`<dt>${say(who)}</dt><dd>${withNames(words)}</dd>`
  const where = Object.entries<Endpoint>(contract).filter(([, one]) =>
    refusalsOf(one).includes(code),
  )
  const links = where.map(
    ([name, { method, path }]) =>
      html`<li><a href="${linkTo(reading, `/docs#${name}`)}">
<code>${method} ${path}</code></a></li>`,
  )
  return {
    title: code,
    body: html`<p class="by">HTTP ${statusOf[code]} · <code>${row.type}</code></p>
<dl class="rules">
${said('to_cardholder', cardholder)}
${said('to_merchant', merchant)}
${said('to_operator', operator)}
<dt>${say('what_to_do')}</dt><dd><code>${row.advice}</code>: ${say(row.advice)}</dd>
</dl>
<section><h2>${say('who_answers')}</h2><ul class="plain">${links}</ul></section>`,
  }
}
