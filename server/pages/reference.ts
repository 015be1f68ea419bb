/** The API reference, drawn from the contract that the server runs on. */
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { refusalsOf } from '#api'
import { fieldList } from './fields.ts'
import { linkTo, type Page, type Reading } from './frame.ts'
import { type Html, html, nothing } from './html.ts'
import { sayIn } from './words.ts'

const callers = {
  anyone: 'anyone',
  merchant: 'merchant (API key)',
  session: 'cardholder (session)',
  terminal: 'terminal (signed request)',
  terminal_by_vault: 'terminal (signed request, verified in the vault)',
  operator: 'operator (token, with a role)',
  bureau: 'bureau (signed request)',
  sandbox: 'sandbox only',
} as const satisfies Record<Endpoint['caller'], string>

export function referencePage(reading: Reading, apiOrigin: string): Page {
  const byTag = Map.groupBy(Object.entries<Endpoint>(contract), ([, { tag }]) => tag)
  const contents = [...byTag].map(([tag, list]) => {
    const links = list.map(([name]) => html`<li><a href="#${name}">${name}</a></li>`)
    return html`<li><a href="#tag-${tag}">${tag}</a><ul>${links}</ul></li>`
  })
  const sections = [...byTag].map(([tag, list]) => {
    const blocks = list.map(([name, endpoint]) => block(reading, name, endpoint))
    return html`<section><h2 id="tag-${tag}">${tag}</h2>${blocks}</section>`
  })
  return {
    title: sayIn(reading.language)('nav_reference'),
    bodyLanguage: 'en',
    body: html`${howToAsk(reading, apiOrigin)}
<details class="contents"><summary>All endpoints</summary><ul>${contents}</ul></details>
${sections}`,
  }
}

const howToAsk = (reading: Reading, apiOrigin: string): Html => html`<p class="lead">JSON over HTTP
at <code>${apiOrigin}</code>. Money is whole minor units: 1200 is ¥1,200 or $12.00.</p>
<section><h2 id="asking">How to ask</h2>
<dl class="rules">
<dt>Merchants</dt><dd>send their secret key: <code>Authorization: Bearer wk_test_…</code>. It
belongs on a server, never in a page.</dd>
<dt>Terminals</dt><dd>sign each request (RFC 9421) with a key that never leaves the phone; a write
carries the next counter. The same bytes again get the first answer; other bytes under a used
counter suspend the terminal.</dd>
<dt>Once means once</dt><dd>whatever moves money takes an <code>Idempotency-Key</code>: the same key
and body get the first answer, for ever.</dd>
<dt>Errors</dt><dd>have a <code>code</code>, an <code>advice</code> and an <code>outcome</code>:
<code>performed</code>, <code>not_performed</code> or <code>unknown</code>.
<a href="${linkTo(reading, '/errors')}">All codes</a>.</dd>
<dt>Lists</dt><dd>are newest first: <code>limit</code>, <code>starting_after</code>,
<code>next_cursor</code>.</dd>
<dt>Streams</dt><dd>are <code>text/event-stream</code>; send the last <code>id</code> back as
<code>Last-Event-ID</code> and go on where you were, on any server.</dd>
</dl></section>`

const folded = (title: string, schema: object): Html => {
  // A TypeBox schema is a JSON Schema.
  const fields = fieldList(schema as Readonly<Record<string, unknown>>)
  return html`<details><summary>${title}</summary>${fields}</details>`
}

function block(reading: Reading, name: string, endpoint: Endpoint): Html {
  const codes = refusalsOf(endpoint).map(
    (code) => html`<li><a href="${linkTo(reading, `/errors/${code}`)}">${code}</a></li>`,
  )
  const notes = [
    `For: ${callers[endpoint.caller]}${endpoint.roles ? `: ${endpoint.roles.join(', ')}` : ''}`,
    ...(endpoint.idempotencyKey ? ['needs an Idempotency-Key'] : []),
    ...(endpoint.stream ? ['a stream'] : []),
  ]
  const { body, query, stream, status, answer } = endpoint
  return html`<article id="${name}">
<h3><code><b>${endpoint.method}</b> ${endpoint.path}</code></h3>
<p>${endpoint.summary}</p>
<p class="by">${notes.join(' · ')}</p>
${query ? folded('Query', query) : nothing}
${body ? folded('Body', body) : nothing}
${folded(stream ? 'Data of each message' : `Answer ${status}`, answer)}
<details><summary>Errors</summary><ul class="codes">${codes}</ul></details>
</article>`
}
