/** The API reference, drawn from the contract that the server runs on, in the reader's language. */
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { refusalsOf } from '#api'
import { fieldList } from './fields.ts'
import { linkTo, type Page, type Reading } from './frame.ts'
import { type Html, html, nothing, withNames } from './html.ts'
import { type ReferenceWords, referenceWords } from './reference-words.ts'
import { sayIn } from './words.ts'

type Name = keyof typeof contract
// The keys of the contract are its names.
const names = Object.keys(contract) as Name[]

export function referencePage(reading: Reading, apiOrigin: string): Page {
  const words = referenceWords(reading.language)
  const byTag = [...Map.groupBy(names, (name) => contract[name].tag)]
  const anchorOf = (tag: string) => `tag-${tag.replaceAll(' ', '-')}`
  const contents = byTag.map(([tag, list]) => {
    const links = list.map((name) => html`<li><a href="#${name}">${name}</a></li>`)
    return html`<li><a href="#${anchorOf(tag)}">${words.tag(tag)}</a><ul>${links}</ul></li>`
  })
  const sections = byTag.map(([tag, list]) => {
    const blocks = list.map((name) => block(reading, words, name))
    return html`<section><h2 id="${anchorOf(tag)}">${words.tag(tag)}</h2>${blocks}</section>`
  })
  const summary = words.say('contents')
  return {
    title: sayIn(reading.language)('nav_reference'),
    body: html`${howToAsk(reading, words, apiOrigin)}
<details class="contents"><summary>${summary}</summary><ul>${contents}</ul></details>
${sections}`,
  }
}

function howToAsk(reading: Reading, { say }: ReferenceWords, origin: string): Html {
  const codes = html` <a href="${linkTo(reading, '/errors')}">${say('all_codes')}</a>`
  const rules = (
    [
      ['merchants', 'merchants_text'],
      ['terminals', 'terminals_text'],
      ['once', 'once_text'],
      ['failures', 'failures_text'],
      ['lists', 'lists_text'],
      ['streams', 'streams_text'],
    ] as const
  ).map(([term, text]) => {
    const more = term === 'failures' ? codes : nothing
    return html`<dt>${say(term)}</dt><dd>${withNames(say(text))}${more}</dd>`
  })
  return html`<p class="lead">${withNames(say('lead', { origin }))}</p>
<section><h2 id="asking">${say('asking')}</h2><dl class="rules">${rules}</dl></section>`
}

const folded = (title: string, schema: object, words: ReferenceWords): Html => {
  // A TypeBox schema is a JSON Schema.
  const fields = fieldList(schema as Readonly<Record<string, unknown>>, words)
  return html`<details><summary>${title}</summary>${fields}</details>`
}

function block(reading: Reading, words: ReferenceWords, name: Name): Html {
  const endpoint: Endpoint = contract[name]
  const { say } = words
  const codes = refusalsOf(endpoint).map(
    (code) => html`<li><a href="${linkTo(reading, `/errors/${code}`)}">${code}</a></li>`,
  )
  const roles = endpoint.roles ? `: ${endpoint.roles.map(words.role).join(', ')}` : ''
  const notes = [
    say('caller', { caller: `${words.caller(endpoint.caller)}${roles}` }),
    ...(endpoint.idempotencyKey ? [say('key')] : []),
    ...(endpoint.stream ? [say('stream')] : []),
  ]
  const { body, query, stream, status, answer } = endpoint
  const answers = stream ? say('message') : say('answer', { status: String(status) })
  return html`<article id="${name}">
<h3><code><b>${endpoint.method}</b> ${endpoint.path}</code></h3>
<p>${withNames(words.summary(name))}</p>
<p class="by">${notes.join(' · ')}</p>
${query ? folded(say('query'), query, words) : nothing}
${body ? folded(say('body'), body, words) : nothing}
${folded(answers, answer, words)}
<details><summary>${say('failures')}</summary><ul class="codes">${codes}</ul></details>
</article>`
}
