/**
 * Validation by the contract's own schemas (TypeBox). The first thing that is wrong is named by its
 * path, with what was expected; unknown fields are refused; nothing is converted in a body.
 */
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Convert, Default, Errors } from 'typebox/value'
import type { Failure } from './error-body.ts'

export type Read = (data: unknown) => { readonly value: unknown } | { readonly failure: Failure }

/** A reader for one part of a request. A query comes as text, so there numbers are converted. */
export function readerOf(schema: TSchema, part: 'params' | 'query' | 'body'): Read {
  const asksNothing = Object.keys(plain(schema).properties ?? {}).length === 0
  const compiled = Compile(schema)
  return (data) => {
    // The usual case first: what needs no change is taken as it is.
    if (part === 'params' && compiled.Check(data)) return { value: data }
    if (part === 'query' && asksNothing && isEmpty(data)) return { value: {} }
    const given = part === 'body' ? (data ?? {}) : Convert(schema, data ?? {})
    const value = part === 'query' ? Default(schema, given) : given
    if (compiled.Check(value)) return { value }
    return { failure: firstFailure(Errors(meant(schema, value), value)) }
  }
}

/**
 * The schema that was meant: a field that may be one of several kinds is judged by the kind it says
 * it is, so that no error is told of a kind that nobody asked for.
 */
function meant(schema: TSchema, value: unknown): TSchema {
  const { properties } = plain(schema)
  if (properties === undefined) return branchOf(schema, value)
  const chosen = Object.entries(properties).map(
    ([name, field]) => [name, branchOf(field, property(Object(value), name))] as const,
  )
  return { ...schema, properties: Object.fromEntries(chosen) }
}

/** One of several kinds: the one that the value says it is, or whose kind may be left out. */
function branchOf(schema: TSchema, value: unknown): TSchema {
  const branches = plain(schema).anyOf ?? []
  const [name] = ['kind', 'method'].filter((one) =>
    branches.every((branch) => plain(branch).properties?.[one]?.const !== undefined),
  )
  if (branches.length === 0 || name === undefined) return schema
  const kinds = branches.map((branch) => plain(branch).properties?.[name]?.const)
  const said = property(Object(value), name)
  const silent = branches.find((branch) => !plain(branch).required?.includes(name))
  const any = { type: 'object', required: [name], properties: { [name]: { enum: kinds } } }
  return branches[kinds.indexOf(said)] ?? (said === undefined ? silent : undefined) ?? any
}

type Plain = {
  readonly properties?: Readonly<Record<string, TSchema & { readonly const?: unknown }>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly TSchema[]
}
/** The members of JSON Schema that are looked at here. */
const plain = (schema: TSchema): Plain => schema

type SchemaError = ReturnType<typeof Errors>[number]

function firstFailure(found: readonly SchemaError[]): Failure {
  const unknown = found.find((one) => one.keyword === 'additionalProperties')
  if (unknown) {
    const name = first(property(unknown.params, 'additionalProperties')) ?? '?'
    const param = pathOf(`${unknown.instancePath}/${name}`)
    return { refusal: 'field_unknown', param, expected: 'this field is not known here' }
  }
  const missing = found.find((one) => one.keyword === 'required')
  if (missing) {
    const name = first(property(missing.params, 'requiredProperties')) ?? '?'
    const param = pathOf(`${missing.instancePath}/${name}`)
    return { refusal: 'field_invalid', param, expected: 'this field is required' }
  }
  const [one] = found
  return {
    refusal: 'field_invalid',
    param: pathOf(one?.instancePath ?? ''),
    expected: one?.message ?? 'another form',
  }
}

const isEmpty = (data: unknown) => Object.keys(Object(data)).length === 0
const pathOf = (pointer: string): string => pointer.replace(/^\//, '').replaceAll('/', '.')
const property = (from: object, name: string): unknown =>
  Object.entries(from).find(([key]) => key === name)?.[1]
const first = (list: unknown): string | undefined =>
  Array.isArray(list) ? list.find((item): item is string => typeof item === 'string') : undefined
