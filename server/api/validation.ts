/**
 * Validation by the contract's own schemas (TypeBox). The first thing that is wrong is named by its
 * path, with what was expected; unknown fields are refused; nothing is converted in a body.
 */
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Convert, Default } from 'typebox/value'
import type { Failure } from './error-body.ts'

export type Read = (data: unknown) => { readonly value: unknown } | { readonly failure: Failure }

/** A reader for one part of a request. A query comes as text, so there numbers are converted. */
export function readerOf(schema: TSchema, part: 'params' | 'query' | 'body'): Read {
  const compiled = Compile(schema)
  return (data) => {
    const given = part === 'body' ? (data ?? {}) : Convert(schema, data ?? {})
    const value = part === 'query' ? Default(schema, given) : given
    return compiled.Check(value) ? { value } : { failure: firstFailure(compiled.Errors(value)) }
  }
}

type SchemaError = ReturnType<ReturnType<typeof Compile>['Errors']>[number]

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

const pathOf = (pointer: string): string => pointer.replace(/^\//, '').replaceAll('/', '.')
const property = (from: object, name: string): unknown =>
  Object.entries(from).find(([key]) => key === name)?.[1]
const first = (list: unknown): string | undefined =>
  Array.isArray(list) ? list.find((item): item is string => typeof item === 'string') : undefined
