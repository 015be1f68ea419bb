/**
 * What people read in a browser at the server's own address: the start page, the sandbox's inbox,
 * the API reference, the error pages. Written on the server, under a policy that allows no inline
 * script or style and nothing from elsewhere.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openapi } from '#api'
import { codePage, codesPage, isRefusal } from './codes.ts'
import { frame, type Page, type Reading } from './frame.ts'
import { type Guides, readGuides } from './guides.ts'
import { inboxPage } from './inbox.ts'
import { referencePage } from './reference.ts'
import { type Places, startPage } from './start.ts'
import { languageOf } from './words.ts'

export type PageNeeds = Places & {
  readonly apiOrigin: string
  readonly sandbox: boolean
  readonly inbox: () => Promise<Parameters<typeof inboxPage>[1]>
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  vary: 'accept-language, host',
} as const

type Write = (reading: ReadingHere) => Page | Promise<Page>

export function pageRoutes(app: FastifyInstance, needs: PageNeeds): void {
  const { sandbox, apiOrigin } = needs
  const page = (path: string, write: Write) =>
    app.get(path, async (request, reply) => show(reply, readingOf(request, sandbox), write))
  const guides = readGuides()
  const reference = (reading: Reading) => referencePage(reading, apiOrigin)
  const first = sandbox ? (reading: Reading) => startPage(reading, needs) : reference
  page('/', (reading) => (reading.atDocs ? guides.list(reading) : first(reading)))
  guideRoutes(app, guides, sandbox)
  page('/docs', reference)
  page('/errors', codesPage)
  if (sandbox) sandboxRoutes(app, needs)
  app.get<{ Params: { code: string } }>('/errors/:code', async (request, reply) => {
    const { code } = request.params
    if (!isRefusal(code)) return reply.callNotFound()
    return show(reply, readingOf(request, sandbox), (reading) => codePage(reading, code))
  })
  const document = openapi(apiOrigin)
  app.get('/openapi.json', async () => document)
  for (const [name, type] of files) file(app, name, type)
}

function guideRoutes(app: FastifyInstance, guides: Guides, sandbox: boolean): void {
  app.get('/guides', async (request, reply) =>
    show(reply, readingOf(request, sandbox), guides.list),
  )
  app.get<{ Params: { '*': string } }>('/guides/*', async (request, reply) => {
    const path = request.params['*']
    const picture = guides.picture(path)
    if (picture !== undefined)
      return reply.headers(still).header('content-type', picture.type).send(picture.bytes)
    const reading = readingOf(request, sandbox)
    const found = guides.page(reading, path)
    return found === undefined ? reply.callNotFound() : show(reply, reading, () => found)
  })
}

function sandboxRoutes(app: FastifyInstance, needs: PageNeeds): void {
  app.get('/inbox', async (request, reply) =>
    show(reply, readingOf(request, true), async (reading) =>
      inboxPage(reading, await needs.inbox()),
    ),
  )
}

const files = [
  ['pages.css', 'text/css; charset=utf-8'],
  ['inbox.js', 'text/javascript; charset=utf-8'],
  ['mark.svg', 'image/svg+xml'],
] as const

/** A file that is looked at and runs nothing. */
const still = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
} as const

function file(app: FastifyInstance, name: string, type: string): void {
  const text = readFileSync(join(import.meta.dirname, name))
  app.get(`/${name}`, async (_, reply) =>
    reply
      .header('content-type', type)
      .header('content-security-policy', "default-src 'none'")
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-cache')
      .send(text),
  )
}

/** A page that the docs' own name was asked for. */
type ReadingHere = Reading & { readonly atDocs: boolean }

function readingOf(request: FastifyRequest, sandbox: boolean): ReadingHere {
  // Nothing of the query is believed: languageOf takes a word of its table or none.
  const { lang } = request.query as { readonly lang?: unknown }
  const language = languageOf(lang, request.headers['accept-language'])
  const atDocs = request.hostname.startsWith('docs.')
  const [path = '/'] = request.url.split('?')
  return { language, chosen: lang === language, path, sandbox, atDocs }
}

async function show(
  reply: FastifyReply,
  reading: ReadingHere,
  write: Write,
): Promise<FastifyReply> {
  const text = frame(reading, await write(reading))
  return reply.headers(headers).header('content-language', reading.language).send(text)
}
