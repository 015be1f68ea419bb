/**
 * An HTTP server for one built page; a till's back end adds its own routes to it. Or the same files
 * under a name of their own on a server that does other things too, as the console's on the API's.
 */
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { BuiltFile } from './files.ts'
import { type PagePolicy, pageHeaders } from './headers.ts'

export type PageServerOptions = {
  readonly files: ReadonlyMap<string, BuiltFile>
  readonly policy: PagePolicy
  /** Paths that the page itself tells apart; each is answered with index.html. */
  readonly views: readonly string[]
  /** What the page is told at its start, at /config.json: addresses, never a secret. */
  readonly config: Readonly<Record<string, string>>
}

/** A page under a host name on somebody else's server. */
export type HostedPage = {
  readonly files: ReadonlyMap<string, BuiltFile>
  readonly policy: PagePolicy
  readonly views: readonly string[]
  /** As browsers name it: with its port, where that is not the usual one. */
  readonly host: string
}

const FOREVER = 'public, max-age=31536000, immutable'

export function createPageServer(options: PageServerOptions): FastifyInstance {
  const { files, policy, views, config } = options
  const server = fastify({ logger: false, forceCloseConnections: true })
  const headers = pageHeaders(policy)
  server.addHook('onRequest', async (_, reply) => {
    reply.headers(headers)
  })
  const give = (path: string, file: BuiltFile) =>
    server.get(path, async (request, reply) =>
      send(reply, file, request.headers['accept-encoding']),
    )
  for (const [path, file] of files) give(path, file)
  const index = files.get('/index.html')
  if (index !== undefined) for (const view of views) give(view, index)
  server.get('/config.json', async (_, reply) => {
    reply.header('cache-control', 'no-cache')
    return config
  })
  server.setNotFoundHandler(async (_, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('There is nothing at this address.\n'),
  )
  return server
}

/** Serves the page at this name; other names of the server know nothing of it. */
export function servePage(app: FastifyInstance, { files, policy, views, host }: HostedPage): void {
  const headers = pageHeaders(policy)
  const give = (path: string, file: BuiltFile) =>
    app.get(path, { constraints: { host } }, async (request, reply) =>
      send(reply.headers(headers), file, request.headers['accept-encoding']),
    )
  for (const [path, file] of files) give(path, file)
  const index = files.get('/index.html')
  if (index !== undefined) for (const view of views) give(view, index)
}

function send(reply: FastifyReply, file: BuiltFile, accepts: string | undefined): FastifyReply {
  const zipped = /\bgzip\b/.test(accepts ?? '') ? file.gzip : null
  if (zipped !== null) reply.header('content-encoding', 'gzip')
  return reply
    .header('cache-control', file.isHashed ? FOREVER : 'no-cache')
    .header('vary', 'accept-encoding')
    .type(file.type)
    .send(zipped ?? file.bytes)
}
