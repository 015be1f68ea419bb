/**
 * Reading what a page sent: by the schema, or a sentence that names the field and what it
 * expects.
 */
import type { FastifyReply } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { Refused } from './browser/wire.ts'

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly refused: Refused }

export const refusal = (status: number, code: string, message: string, param?: string) => ({
  ok: false as const,
  status,
  refused: { error: { code, message, param: param ?? null } },
})

export function read<T extends TSchema>(schema: T, value: unknown): Read<Static<T>> {
  if (Check(schema, value)) return { ok: true, value }
  const found = Errors(schema, value)
  const one = found.findLast(({ keyword }) => keyword !== 'anyOf') ?? found[0]
  const param = one?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? ''
  const message = one?.message ?? 'has another form than expected'
  return refusal(400, 'field_invalid', `${param === '' ? 'body' : param}: ${message}`, param)
}

export const answerRefusal = (
  reply: FastifyReply,
  { status, refused }: { readonly status: number; readonly refused: Refused },
): FastifyReply => reply.code(status).send(refused)
