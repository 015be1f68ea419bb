/** The error pages: all codes, and one page for each, where `doc_url` leads. */
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { type Advice, errors, type Refusal } from '@warifu/protocol/errors'
import { refusalsOf, statusOf } from '#api'
import { linkTo, type Page, type Reading } from './frame.ts'
import { type Html, html, nothing } from './html.ts'
import { sayIn } from './words.ts'

const advised = {
  retry_now: 'Send the same request again.',
  retry_later: 'Send the same request again after a while.',
  do_not_retry: 'Sending it again brings the same answer.',
  fix_request: 'Correct the request.',
  request_approval_again: 'Ask the cardholder anew.',
  use_other_card: 'Another card may do.',
  contact_issuer: 'The issuer has to look at it.',
} as const satisfies Record<Advice, string>

export const isRefusal = (code: string): code is Refusal => Object.hasOwn(errors, code)

export function codesPage(reading: Reading): Page {
  // The keys of the table are its codes by its type.
  const byType = Map.groupBy(Object.keys(errors) as Refusal[], (code) => errors[code].type)
  const sections = [...byType].map(([type, codes]) => {
    const items = codes.map(
      (code) => html`<li><a href="${linkTo(reading, `/errors/${code}`)}"><code>${code}</code></a>
<span>${errors[code].operator}</span></li>`,
    )
    return html`<section><h2 id="${type}">${type}</h2><ul class="list">${items}</ul></section>`
  })
  return {
    title: sayIn(reading.language)('nav_errors'),
    bodyLanguage: 'en',
    body: html`<p class="lead">Every answer that is no success has one of these codes, says
what to do, and whether money moved. Money that moved is never called declined.</p>${sections}`,
  }
}

export function codePage(reading: Reading, code: Refusal): Page {
  const row = errors[code]
  const said = (who: string, words: string): Html =>
    words === '' ? nothing : html`<dt>${who}</dt><dd>${words}</dd>`
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
    bodyLanguage: 'en',
    body: html`<p class="by">HTTP ${statusOf[code]} · <code>${row.type}</code></p>
<dl class="rules">
${said('To the cardholder', row.cardholder)}
${said('To the merchant', row.merchant)}
${said('To the operator', row.operator)}
<dt>What to do</dt><dd><code>${row.advice}</code>: ${advised[row.advice]}</dd>
</dl>
<section><h2>Who may answer with it</h2><ul class="plain">${links}</ul></section>`,
  }
}
