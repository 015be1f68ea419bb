/**
 * Every endpoint in the scope that it needs. The wallet's page may call what terminals and people
 * who are not signed in may, from another origin: browsers are told so there, and nowhere else.
 * Bodies that are files are given as they stream in, so that their size is no matter of memory; all
 * others are read whole, and short.
 */
import { Readable } from 'node:stream'
import fastifyCors from '@fastify/cors'
import { type Caller, contract, type Endpoint, type EndpointName } from '@warifu/protocol/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'

type Route = (scope: FastifyInstance, name: EndpointName) => void

const walletCallers: readonly Caller[] = [
  'anyone',
  'session',
  'terminal',
  'terminal_by_vault',
  'sandbox',
]

function scopeOf(name: EndpointName): 'wallet' | 'files' | 'others' {
  const { caller, takesCsv }: Endpoint = contract[name]
  if (walletCallers.includes(caller)) return 'wallet'
  return takesCsv === true ? 'files' : 'others'
}

export function routeEach(app: FastifyInstance, walletOrigin: string, route: Route): void {
  // The names of the contract are its endpoints by its type.
  const names = Map.groupBy(Object.keys(contract) as EndpointName[], scopeOf)
  for (const name of names.get('others') ?? []) route(app, name)
  app.register(async (scope) => {
    openTo(scope, walletOrigin)
    for (const name of names.get('wallet') ?? []) route(scope, name)
  })
  app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))
    for (const name of names.get('files') ?? []) route(scope, name)
  })
}

/** Browsers let this origin's pages call, and no other's. It holds no cookie. */
function openTo(scope: FastifyInstance, origin: string): void {
  scope.register(fastifyCors, {
    origin: [origin],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'content-digest',
      'signature',
      'signature-input',
      'warifu-terminal',
      'warifu-counter',
      'last-event-id',
    ],
    exposedHeaders: ['request-id'],
    maxAge: 7200,
  })
}

/** The file that comes with a request. */
export const uploadOf = ({ body }: FastifyRequest): Readable | undefined =>
  body instanceof Readable ? body : undefined
