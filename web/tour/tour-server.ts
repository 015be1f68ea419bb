/** The tour's page, and two endpoints for it alone: begin a system, look how its run stands. */
import { builtFolder, createPageServer, loadFiles } from '@warifu/web/serving'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isTourSystem, type TourRun, type TourSystem } from './browser/wire.ts'

export type Runs = {
  /** Undefined while another one goes on. */
  readonly begin: (system: TourSystem) => string | undefined
  readonly look: (id: string) => Promise<TourRun | undefined>
}

export const views = ['/'] as const

export type TourPlaces = {
  readonly origin: string
  /** Where a newcomer goes next: the page of the first payment. */
  readonly startOrigin: string
}

export async function createTourServer(
  runs: Runs,
  { origin, startOrigin }: TourPlaces,
): Promise<FastifyInstance> {
  const files = await loadFiles(builtFolder('tour'))
  const config = { start_origin: startOrigin }
  const server = createPageServer({ files, policy: {}, views, config })
  server.addHook('onRequest', async (request, reply) => {
    if (isFromItself(request, origin)) return undefined
    return reply.code(403).send({ error: 'Only the tour’s own page may ask this.' })
  })
  server.post<{ Params: { system: string } }>('/runs/:system', async ({ params }, reply) => {
    const { system } = params
    if (!isTourSystem(system)) return reply.code(404).send({ error: 'S0 to S4 expected' })
    const id = runs.begin(system)
    if (id === undefined) return reply.code(409).send({ error: 'another system is running' })
    return reply.code(201).send({ id })
  })
  server.get<{ Params: { id: string } }>('/runs/:id', async ({ params }, reply) => {
    const run = await runs.look(params.id)
    if (run === undefined) return reply.code(404).send({ error: 'no such run' })
    return reply.header('cache-control', 'no-store').send(run)
  })
  return server
}

/** By its name (no rebound one), and a write by the page's own script alone. */
function isFromItself({ method, headers }: FastifyRequest, origin: string): boolean {
  if (headers.host !== new URL(origin).host) return false
  return method === 'GET' || method === 'HEAD' || headers.origin === origin
}
