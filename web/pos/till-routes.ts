/** What the till's page asks: sell, cancel, refund, the sales of a day, and its stream. */
import { errors } from '@warifu/protocol/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerRefusal, type Read, read, refusal } from './asked.ts'
import type { Act, Purchase } from './book.ts'
import type { CustomerRow } from './book-schema.ts'
import { type NewOrder, newArrival, newOrder, newRefund, type SavedCard } from './browser/wire.ts'
import { price } from './pricing.ts'
import { TILL, type Till } from './till.ts'
import { wayOf } from './ways.ts'

type WithPhone = FastifyRequest<{ Params: { phone: string } }>
type WithNumber = FastifyRequest<{ Params: { number: string } }>

export function addTillRoutes(server: FastifyInstance, till: Till): void {
  server.get('/api/catalogue', async () => till.catalogue)
  server.get('/api/stream', { exposeHeadRoute: false }, async (_, reply) => {
    const day = till.salesOf(till.today())
    const platform = { reachable: till.isReachable() }
    return stream(reply, till.tillLive.listen(TILL, { ...(day && { day }), platform }))
  })
  server.get(
    '/api/days/:day',
    async (request: FastifyRequest<{ Params: { day: string } }>, reply) =>
      till.salesOf(request.params.day) ??
      answerRefusal(reply, refusal(400, 'field_invalid', 'day: a date such as 2026-04-01', 'day')),
  )
  server.get('/api/orders/:number', async (request: WithNumber, reply) => {
    const purchase = purchaseOf(till, request)
    return purchase === undefined ? notFound(reply) : till.tellOf(purchase)
  })
  server.get('/api/customers/:phone', async (request: WithPhone, reply) => {
    const customer = till.book.customer(request.params.phone)
    return customer === undefined ? notFound(reply) : { last4: customer.last4 }
  })
  server.get('/api/customers', async () => ({ customers: till.book.customers().map(savedCard) }))
  server.post('/api/customers/:phone/forget', async (request: WithPhone, reply) =>
    (await till.desk.forget(request.params.phone)) ? reply.send({}) : notFound(reply),
  )
  server.get('/api/devices', async () => ({ devices: await till.entering.devices() }))
  server.get('/api/nearby', async () => ({ nearby: till.nearby() }))
  server.post('/api/orders', async (request, reply) => {
    const asked = read(newOrder, request.body)
    if (!asked.ok) return answerRefusal(reply, asked)
    const sold = await sell(till, asked.value, 'till')
    return sold.ok ? reply.code(201).send(till.tellOf(sold.value)) : answerRefusal(reply, sold)
  })
  server.post('/api/orders/:number/cancel', async (request: WithNumber, reply) => {
    const purchase = purchaseOf(till, request)
    if (purchase === undefined) return notFound(reply)
    // An order is cancelled once: its own draft names the act.
    const draft = `cancel ${purchase.draft}`
    const { number } = purchase
    return act(till, reply, { kind: 'cancel', number, draft, amount: null, reason: null })
  })
  server.post('/api/orders/:number/refunds', async (request: WithNumber, reply) => {
    const purchase = purchaseOf(till, request)
    if (purchase === undefined) return notFound(reply)
    const asked = read(newRefund, request.body)
    if (!asked.ok) return answerRefusal(reply, asked)
    const { draft, reason = null } = asked.value
    const left = purchase.captured - purchase.refunded
    const amount = asked.value.amount ?? (left > 0 ? left : null)
    return act(till, reply, { kind: 'refund', number: purchase.number, draft, amount, reason })
  })
  server.post('/api/orders/:number/arrival', async (request: WithNumber, reply) => {
    const purchase = purchaseOf(till, request)
    if (purchase === undefined) return notFound(reply)
    const asked = read(newArrival, request.body)
    if (!asked.ok) return answerRefusal(reply, asked)
    const { reference = null } = asked.value
    if (!(await till.desk.arrive(purchase.number, reference)))
      return answerRefusal(reply, refusal(409, 'payment_state', wordsOf('payment_state')))
    return reply.send(till.tellOf(till.book.byNumber(purchase.number) ?? purchase))
  })
}

const savedCard = ({ phone, last4, kept_ms, number }: CustomerRow): SavedCard => ({
  phone,
  last4,
  kept_at: new Date(kept_ms).toISOString(),
  number,
})

export const stream = (reply: FastifyReply, body: NodeJS.ReadableStream): FastifyReply =>
  reply.type('text/event-stream').header('cache-control', 'no-store').send(body)

export const notFound = (reply: FastifyReply): FastifyReply =>
  answerRefusal(reply, refusal(404, 'not_found', 'There is no such order.'))

function purchaseOf(till: Till, { params }: WithNumber): Purchase | undefined {
  return /^[0-9]{1,15}$/.test(params.number) ? till.book.byNumber(Number(params.number)) : undefined
}

/** Prices it, writes it down and asks; a draft that was sold already is that order. */
export async function sell(
  till: Till,
  { draft, pay, ...asked }: NewOrder,
  place: Purchase['place'],
): Promise<Read<Purchase>> {
  const priced = price(till.catalogue, asked)
  if (!priced.ok)
    return refusal(400, 'field_invalid', `${priced.param}: ${priced.message}`, priced.param)
  const lines = JSON.stringify(priced.lines)
  const before = till.book.byDraft(draft)
  if (before !== undefined && (before.lines !== lines || before.place !== place))
    return refusal(409, 'draft_reused', 'draft: this draft was sold with other lines', 'draft')
  const way = wayOf(till, pay, priced.amount)
  if (!way.ok) return way
  const key = till.secret()
  const value = await till.desk.sell({
    key,
    draft,
    place,
    lines,
    amount: priced.amount,
    currency: till.catalogue.currency,
    ...way.value,
    return_url: place === 'shop' ? till.returnUrl(key) : null,
    created_ms: till.nowMs(),
    idempotency_key: till.newKey(),
  })
  return { ok: true, value }
}

type Acting = Pick<Act, 'kind' | 'number' | 'draft' | 'amount' | 'reason'>

async function act(till: Till, reply: FastifyReply, asked: Acting): Promise<FastifyReply> {
  const before = till.book.act(asked.draft)
  if (before !== undefined && (before.number !== asked.number || before.amount !== asked.amount))
    return answerRefusal(
      reply,
      refusal(409, 'draft_reused', 'draft: used for another act', 'draft'),
    )
  const done = await till.desk.act({
    ...asked,
    idempotency_key: till.newKey(),
    asked_ms: till.nowMs(),
  })
  if (done.answer !== null && done.answer !== 'done')
    return answerRefusal(reply, refusal(409, done.answer, wordsOf(done.answer)))
  const purchase = till.book.byNumber(asked.number)
  return purchase === undefined ? notFound(reply) : reply.send(till.tellOf(purchase))
}

const wordsOf = (code: string): string =>
  Object.entries(errors).find(([name]) => name === code)?.[1].merchant ?? code
