/**
 * The till as it is served: its page and the shop's, and the back end behind both, which alone
 * holds the API key. Two origins from one process: what a customer may open is not where refunds
 * are made.
 */
import { builtFolder, createPageServer, loadFiles } from '@warifu/web/serving'
import type { FastifyError, FastifyInstance } from 'fastify'
import { answerRefusal, refusal } from './asked.ts'
import { judge, type Origins } from './gate.ts'
import { addShopRoutes } from './shop-routes.ts'
import type { Till } from './till.ts'
import { addTillRoutes } from './till-routes.ts'

/** The paths that the page tells apart (browser/views.ts). */
export const views = [
  ...(['/', '/phone', '/orders/:number', '/sales', '/customers'] as const),
  ...(['/shop', '/shop/orders/:key'] as const),
] as const

const BODY_LIMIT = 64 * 1024

export async function createTillServer(till: Till, origins: Origins): Promise<FastifyInstance> {
  const files = await loadFiles(builtFolder('pos'))
  const server = createPageServer({ files, policy: {}, views, config: {} })
  server.addHook('onRequest', async ({ method, url, headers }, reply) => {
    const verdict = judge({ method, url, headers }, origins)
    if (verdict.do === 'redirect') return reply.redirect(verdict.to)
    if (verdict.do === 'refuse')
      return answerRefusal(reply, refusal(verdict.status, 'refused', verdict.why))
    return undefined
  })
  // Only JSON, which no form of another site can send.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    server.getDefaultJsonParser('error', 'error'),
  )
  server.setErrorHandler(async (error: FastifyError, _, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return answerRefusal(reply, refusal(status, 'refused', error.message))
    till.onFault(error)
    const words = 'This failed on our side. What was asked is kept; look at the order.'
    return answerRefusal(reply, refusal(500, 'internal_error', words))
  })
  addTillRoutes(server, till)
  addShopRoutes(server, till)
  server.addHook('preClose', async () => {
    till.tillLive.end()
    till.shopLive.end()
  })
  return server
}
