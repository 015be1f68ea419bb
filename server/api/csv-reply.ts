/** A list's answer as a file, where the caller asks for one (`Accept: text/csv`). */
import type { Endpoint } from '@warifu/protocol/contract'
import type { Answer } from '@warifu/protocol/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { csvOf, type ListPage } from './csv.ts'

export const wantsCsv = ({ headers }: FastifyRequest) =>
  headers.accept?.startsWith('text/csv') === true

/** Asks for one page after the other and sends them as one file. */
export function sendCsv(
  reply: FastifyReply,
  { answer }: Endpoint,
  first: unknown,
  ask: (query: {
    readonly limit: number
    readonly starting_after: string
  }) => Promise<Answer<unknown>>,
): FastifyReply {
  const next = async (after: string) => {
    const more = await ask({ limit: 100, starting_after: after })
    // A list's endpoint answers with pages.
    return more.ok ? (more.value as ListPage) : undefined
  }
  return reply
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', 'attachment')
    .header('cache-control', 'no-store')
    .send(csvOf(answer, first as ListPage, next))
}
