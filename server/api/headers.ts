/** What a request's headers say beside who is asking. */
import { acceptedLanguage, type Language } from '@warifu/protocol/language'
import type { FastifyRequest } from 'fastify'

/** Without its question. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

/** Where the reader of a stream was. */
export function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['last-event-id']
  return Array.isArray(given) ? given.join() : given
}

export const languageOf = ({ headers }: FastifyRequest): Language =>
  acceptedLanguage(headers['accept-language'])
