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
  const { param, expected } = firstFault(Errors(schema, value))
  return refusal(400, 'field_invalid', `${param === '' ? 'body' : param}: ${expected}`, param)
}

type Found = ReturnType<typeof Errors>[number]

function firstFault(found: readonly Found[]): { param: string; expected: string } {
  const unknown = found.find(({ keyword }) => keyword === 'additionalProperties')
  if (unknown?.keyword === 'additionalProperties') {
    const [name = ''] = unknown.params.additionalProperties
    return { param: pathOf(unknown, name), expected: 'this field is not known here' }
  }
  const missing = found.find(({ keyword }) => keyword === 'required')
  if (missing?.keyword === 'required') {
    const [name = ''] = missing.params.requiredProperties
    return { param: pathOf(missing, name), expected: 'this field is required' }
  }
  const one = found.find(({ keyword }) => keyword !== 'anyOf') ?? found[0]
  return {
    param: one === undefined ? '' : pathOf(one),
    expected: one?.message ?? 'another form was expected',
  }
}

const pathOf = ({ instancePath }: Found, name?: string): string =>
  [...instancePath.split('/').slice(1), ...(name === undefined ? [] : [name])].join('.')

export const answerRefusal = (
  reply: FastifyReply,
  { status, refused }: { readonly status: number; readonly refused: Refused },
): FastifyReply => reply.code(status).send(refused)
