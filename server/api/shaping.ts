/** A request's shape: its parts as the contract has them, or the first thing that is wrong. */
import {
  type Body,
  contract,
  type Endpoint,
  type EndpointName,
  type Params,
  type Query,
} from '@warifu/protocol/contract'
import type { FastifyRequest } from 'fastify'
import type { Failure } from './error-body.ts'
import { type Read, readerOf } from './validation.ts'

export type Readers = { readonly [P in 'params' | 'query' | 'body']: Read }
type Shaped = { params: Params<EndpointName>; query: Query<EndpointName>; body: Body<EndpointName> }

const nothing: Endpoint['body'] = contract.startLogin.body
export const readersOf = (endpoint: Endpoint): Readers => ({
  params: readerOf(endpoint.params ?? nothing, 'params'),
  query: readerOf(endpoint.query ?? nothing, 'query'),
  body: readerOf(endpoint.body ?? nothing, 'body'),
})

/** The request's parts as the contract has them, or the first thing that is wrong with them. */
export function shape(
  readers: Readers,
  request: FastifyRequest,
  text: string,
): { readonly value: Shaped } | { readonly failure: Failure } {
  const json = parse(text)
  if (json === undefined) return { failure: { refusal: 'malformed_json' } }
  const params = readers.params(request.params)
  // An id of another form names nothing.
  if ('failure' in params) return { failure: { refusal: 'not_found' } }
  const query = readers.query(request.query)
  if ('failure' in query) return query
  const body = readers.body(json)
  if ('failure' in body) return body
  // Checked against the schemas that give these types.
  return { value: { params: params.value, query: query.value, body: body.value } as Shaped }
}

function parse(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
