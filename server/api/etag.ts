/** Answers that a page asks for every second: sent only where they are not what it has already. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Names what is answered, and says whether the asker has it (RFC 9110 §13.1.2). */
export function isKnown(request: FastifyRequest, reply: FastifyReply, value: unknown): boolean {
  const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url')
  const etag = `"${digest}"`
  reply.header('etag', etag).header('cache-control', 'no-cache')
  return request.headers['if-none-match'] === etag
}
