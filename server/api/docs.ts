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
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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
<header><a href="/">Warifu</a> <nav><a href="/">Endpoints</a> <a href="/errors">Errors</a> <a href="/openapi.json">OpenAPI 3.1</a></nav></header>
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
  return [...byTag]
    .map(
      ([tag, list]) =>
        `<section><h2>${escaped(tag)}</h2>${list.map(([name, one]) => endpointBlock(name, one)).join('')}</section>`,
    )
    .join('\n')
}

const endpointBlock = (name: string, endpoint: Endpoint): string => `
<article id="${escaped(name)}">
<h3><code>${endpoint.method} ${escaped(endpoint.path)}</code></h3>
<p>${escaped(endpoint.summary)}</p>
<p class="by">For: ${escaped(callers[endpoint.caller])}${endpoint.idempotencyKey ? ' · needs an Idempotency-Key' : ''}</p>
${endpoint.body ? `<details><summary>Body</summary><pre>${escaped(JSON.stringify(endpoint.body, null, 2))}</pre></details>` : ''}
<details><summary>Answer ${endpoint.status}</summary><pre>${escaped(JSON.stringify(endpoint.answer, null, 2))}</pre></details>
<p class="codes">${refusalsOf(endpoint)
  .map((code) => `<a href="/errors#${code}">${code}</a>`)
  .join(' ')}</p>
</article>`

const errorTable =
  (): string => `<table><thead><tr><th>Code</th><th>HTTP</th><th>What to do</th><th>To the cardholder</th><th>To the merchant</th><th>To the operator</th></tr></thead><tbody>
${Object.entries(errors)
  .map(
    ([code, row]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${statusOf[code as keyof typeof errors]}</td><td>${escaped(row.advice)}</td><td>${escaped(row.cardholder)}</td><td>${escaped(row.merchant)}</td><td>${escaped(row.operator)}</td></tr>`,
  )
  .join('\n')}
</tbody></table>`
