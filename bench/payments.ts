/**
 * Payments for the benchmark: holders with cards, payments made, claimed and signed beforehand, and
 * a closed loop that only sends. A terminal's requests go in the order of its counter.
 */
import { Agent, request } from 'node:http'
import { createChecks } from '@warifu/cli/demo/checks'
import { ask, becomeHolder, type Holder } from '@warifu/cli/demo/journey'
import type { World } from '@warifu/cli/demo/world'
import { type SignedRequest, statementOf } from '@warifu/devices/terminal'

const AT_ONCE = 8

/** Does `work` for every item, a few at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

export async function makeHolders(world: World, count: number): Promise<Holder[]> {
  const holders: Holder[] = []
  const names = Array.from({ length: count }, (_, at) => `Holder ${at + 1}`)
  await forEach(names, async (name) => {
    const checks = createChecks()
    holders.push(await becomeHolder({ world, checks, person: world.person(), name }))
  })
  return holders
}

/** The presentations of one terminal, in the order of their counters. */
export type Queue = readonly SignedRequest[]

export async function prepareQueues(
  world: World,
  holders: readonly Holder[],
  each: number,
): Promise<Queue[]> {
  const queues: Queue[] = []
  await forEach(holders, async ({ terminal, card }) => {
    const blob = await terminal.blobOf(card)
    const queue: SignedRequest[] = []
    const claims = []
    for (let at = 0; at < each; at += 1)
      claims.push(await terminal.claim((await ask(world, { amount: 1, manual: true })).link))
    for (const claim of claims) {
      const body = { statement: await statementOf(claim, { card, blob }), blob }
      queue.push(await terminal.prepare('presentCard', { params: { id: claim.payment }, body }))
    }
    queues.push(queue)
  })
  return queues
}

export type Measured = { readonly payments: number; readonly perSecond: number }

/** Sends all, each connection one after the other; every answer must be a yes. */
export async function sendAll(
  url: string,
  queues: readonly Queue[],
  connections: number,
): Promise<Measured> {
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: connections }))
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      for (const queue of queues.filter((_, index) => index % connections === at))
        for (const one of queue) await send(url, one, agent.agent)
    }),
  )
  const seconds = (performance.now() - began) / 1000
  const payments = queues.reduce((sum, queue) => sum + queue.length, 0)
  return { payments, perSecond: payments / seconds }
}

const disposable = (agent: Agent) => ({ agent, [Symbol.dispose]: () => agent.destroy() })

function send(url: string, { path, query, body, headers }: SignedRequest, agent: Agent) {
  const all = { ...headers, 'content-type': 'application/json' }
  return new Promise<void>((resolve, reject) => {
    const sent = request(`${url}${path}${query}`, { method: 'POST', headers: all, agent })
    sent.once('error', reject)
    sent.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', reject)
      response.once('end', () => {
        if (text.includes('"status":"authorized"')) resolve()
        else reject(new Error(`not authorized (${response.statusCode}): ${text.slice(0, 300)}`))
      })
    })
    sent.end(body)
  })
}
