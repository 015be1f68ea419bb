/**
 * What the web shop's page asks. A customer knows an order by its unguessable key and sees nothing
 * else of the shop's book; coming back from the wallet proves nothing, so the page reads the truth.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerRefusal, read } from './asked.ts'
import { newShopOrder } from './browser/wire.ts'
import { orderOf } from './telling.ts'
import type { Till } from './till.ts'
import { notFound, sell, stream } from './till-routes.ts'

type WithKey = FastifyRequest<{ Params: { key: string } }>

export function addShopRoutes(server: FastifyInstance, till: Till): void {
  const purchaseOf = ({ params: { key } }: WithKey) => {
    const purchase = till.book.byKey(key)
    return purchase?.place === 'shop' ? purchase : undefined
  }
  server.get('/shop/api/catalogue', async () => till.catalogue)
  server.post('/shop/api/orders', async (request, reply) => {
    const asked = read(newShopOrder, request.body)
    if (!asked.ok) return answerRefusal(reply, asked)
    const sold = await sell(till, asked.value, 'shop')
    if (!sold.ok) return answerRefusal(reply, sold)
    return reply.code(201).send({ key: sold.value.key, order: orderOf(sold.value) })
  })
  server.get('/shop/api/orders/:key', async (request: WithKey, reply) => {
    const purchase = purchaseOf(request)
    return purchase === undefined ? notFound(reply) : orderOf(purchase)
  })
  const once = { exposeHeadRoute: false }
  server.get('/shop/api/orders/:key/stream', once, async (request: WithKey, reply) => {
    const purchase = purchaseOf(request)
    if (purchase === undefined) return notFound(reply)
    return stream(reply, till.shopLive.listen(purchase.key, { order: orderOf(purchase) }))
  })
}
