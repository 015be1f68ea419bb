/**
 * What people read in a browser at the server's own address: the start page, the sandbox's inbox,
 * the API reference, the error pages. Written on the server, under a policy that allows no inline
 * script or style and nothing from elsewhere.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Id, isId } from '@warifu/protocol/ids'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openapi } from '#api'
import type { PaymentRow } from '#payments'
import { codePage, codesPage, isRefusal } from './codes.ts'
import { frame, type Page, type Reading } from './frame.ts'
import { inboxPage } from './inbox.ts'
import { referencePage } from './reference.ts'
import { type Places, startPage } from './start.ts'
import { type Entry, timelinePage, timelinesPage } from './timeline.ts'
import { languageOf } from './words.ts'

export type PageNeeds = Places & {
  readonly apiOrigin: string
  readonly sandbox: boolean
  readonly inbox: () => Promise<Parameters<typeof inboxPage>[1]>
  /** The newest payments, whoever asked for them, or this one. */
  readonly payments: (id?: Id<'pay'>) => Promise<readonly PaymentRow[]>
  readonly timelineOf: (id: Id<'pay'>) => Promise<Entry[]>
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
  const reference = (reading: Reading) => referencePage(reading, apiOrigin)
  page('/', (reading) =>
    sandbox && !reading.atDocs ? startPage(reading, needs) : reference(reading),
  )
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

function sandboxRoutes(app: FastifyInstance, needs: PageNeeds): void {
  app.get('/inbox', async (request, reply) =>
    show(reply, readingOf(request, true), async (reading) =>
      inboxPage(reading, await needs.inbox()),
    ),
  )
  app.get('/timelines', async (request, reply) =>
    show(reply, readingOf(request, true), async (reading) =>
      timelinesPage(reading, await needs.payments()),
    ),
  )
  app.get<{ Params: { id: string } }>('/timelines/:id', async (request, reply) => {
    const { id } = request.params
    const [row] = isId('pay', id) ? await needs.payments(id) : []
    if (row === undefined) return reply.callNotFound()
    const entries = await needs.timelineOf(row.id)
    return show(reply, readingOf(request, true), (reading) => timelinePage(reading, row, entries))
  })
}

const files = [
  ['pages.css', 'text/css; charset=utf-8'],
  ['inbox.js', 'text/javascript; charset=utf-8'],
  ['mark.svg', 'image/svg+xml'],
] as const

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
