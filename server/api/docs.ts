/** The docs: /openapi.json, one page of all endpoints, one page of all error codes. No scripts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { errors } from '@warifu/protocol/errors'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { openapi, refusalsOf } from './openapi.ts'
import { statusOf } from './status.ts'

type Origins = { readonly apiOrigin: string; readonly docsOrigin: string }

export function docsRoutes(app: FastifyInstance, { apiOrigin }: Origins): void {
  const document = openapi(apiOrigin)
  const reference = page('API reference', endpoints())
  const codes = page('Error codes', errorTable())
  const css = readFileSync(join(import.meta.dirname, 'docs.css'), 'utf8')
  app.get('/docs.css', async (_, reply) => reply.type('text/css; charset=utf-8').send(css))
  app.get('/openapi.json', async () => document)
  app.get('/', async (_, reply) => html(reply, reference))
  app.get('/errors', async (_, reply) => html(reply, codes))
  app.get<{ Params: { code: string } }>('/errors/:code', async (request, reply) => {
    const { code } = request.params
    return code in errors ? html(reply, codes) : reply.callNotFound()
  })
}

const html = (reply: FastifyReply, text: string) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'",
    )
    .header('x-content-type-options', 'nosniff')
    .send(text)

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Warifu</title>
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<header><a href="/">Warifu</a>
<nav><a href="/">Endpoints</a> <a href="/errors">Errors</a>
<a href="/openapi.json">OpenAPI 3.1</a></nav></header>
<main><h1>${escaped(title)}</h1>
${body}</main>
</body>
</html>
`

const callers = {
  anyone: 'anyone',
  merchant: 'merchant (API key)',
  session: 'cardholder (session)',
  terminal: 'terminal (signed request)',
  terminal_by_vault: 'terminal (signed request, verified in the vault)',
  sandbox: 'sandbox only',
} as const satisfies Record<Endpoint['caller'], string>

function endpoints(): string {
  const byTag = Map.groupBy(Object.entries<Endpoint>(contract), ([, endpoint]) => endpoint.tag)
  const section = ([tag, list]: [string, [string, Endpoint][]]) => {
    const blocks = list.map(([name, one]) => endpointBlock(name, one)).join('')
    return `<section><h2>${escaped(tag)}</h2>${blocks}</section>`
  }
  return [...byTag].map(section).join('\n')
}

const folded = (title: string, schema: object): string =>
  `<details><summary>${escaped(title)}</summary>
<pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`

const endpointBlock = (name: string, endpoint: Endpoint): string => {
  const once = endpoint.idempotencyKey ? ' · needs an Idempotency-Key' : ''
  const codes = refusalsOf(endpoint).map((code) => `<a href="/errors#${code}">${code}</a>`)
  return `
<article id="${escaped(name)}">
<h3><code>${endpoint.method} ${escaped(endpoint.path)}</code></h3>
<p>${escaped(endpoint.summary)}</p>
<p class="by">For: ${escaped(callers[endpoint.caller])}${once}</p>
${endpoint.body ? folded('Body', endpoint.body) : ''}
${folded(`Answer ${endpoint.status}`, endpoint.answer)}
<p class="codes">${codes.join(' ')}</p>
</article>`
}

const columns = ['Code', 'HTTP', 'Do', 'To the cardholder', 'To the merchant', 'To the operator']

function errorTable(): string {
  const head = columns.map((title) => `<th>${title}</th>`).join('')
  const rows = Object.entries(errors).map(([code, row]) => {
    // The keys of the table are its codes by its type.
    const status = statusOf[code as keyof typeof errors]
    const words = [row.advice, row.cardholder, row.merchant, row.operator].map(escaped)
    const cells = [`<code>${code}</code>`, String(status), ...words]
    return `<tr id="${code}">${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`
}
