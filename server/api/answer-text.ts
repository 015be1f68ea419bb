/**
 * An answer as text, by the contract's own schema: what the contract does not name never leaves.
 * A schema is compiled when the first answer needs it, since a process has hundreds of endpoints
 * and starts with none; and "this or null" is told to the serialiser in its own word, for which
 * it need not validate every answer to know which of the two it is.
 */
import type { Endpoint } from '@warifu/protocol/contract'
import type { FastifyReply } from 'fastify'

export type Send = (reply: FastifyReply, value: unknown) => FastifyReply

/** How an endpoint's answers are sent. */
export function sendingOf({ answer, status }: Endpoint): Send {
  let textOf: ReturnType<FastifyReply['compileSerializationSchema']> | undefined
  return (reply, value) => {
    textOf ??= reply.compileSerializationSchema({ ...Object(written(answer)) })
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send(textOf(Object(value)))
  }
}

/** The same schema, with `nullable` where JSON Schema has a choice between something and null. */
function written(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(written)
  if (typeof schema !== 'object' || schema === null) return schema
  const fields = Object.entries(schema).map(([name, value]) => [name, written(value)] as const)
  const { anyOf, ...rest } = Object.fromEntries<unknown>(fields)
  if (!Array.isArray(anyOf)) return Object.fromEntries(fields)
  const [kind, none, ...more] = anyOf
  const isEither = more.length === 0 && Object(none).type === 'null'
  if (!isEither) return { ...rest, anyOf }
  const kinds = Object(kind).anyOf
  return Array.isArray(kinds)
    ? { ...rest, anyOf: [...kinds, none] }
    : { ...rest, ...Object(kind), nullable: true }
}
