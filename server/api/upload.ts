/**
 * Bodies that are files: endpoints with `takesCsv` are given text/csv as it streams in, so that its
 * size is no matter of memory. All others read a body whole, and short.
 */
import { Readable } from 'node:stream'
import { contract, type Endpoint, type EndpointName } from '@warifu/protocol/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Routes every endpoint; those that take files in a scope of their own. */
export function routeEach(
  app: FastifyInstance,
  route: (scope: FastifyInstance, name: EndpointName) => void,
): void {
  // The names of the contract are its endpoints by its type.
  const names = Object.keys(contract) as EndpointName[]
  const takesCsv = (name: EndpointName) => {
    const endpoint: Endpoint = contract[name]
    return endpoint.takesCsv === true
  }
  for (const name of names.filter((one) => !takesCsv(one))) route(app, name)
  app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))
    for (const name of names.filter(takesCsv)) route(scope, name)
  })
}

/** The file that comes with a request. */
export const uploadOf = ({ body }: FastifyRequest): Readable | undefined =>
  body instanceof Readable ? body : undefined
