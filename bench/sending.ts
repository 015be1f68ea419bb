/**
 * Sending payments that were signed beforehand. A closed loop: each connection one after the other,
 * as fast as answers come. A paced one: so many a second, whoever waits, so that a slow answer also
 * counts for those queued behind it. A terminal's requests go in the order of its counter.
 */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export type Prepared = {
  readonly path: string
  readonly query: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}
/** The requests of one terminal or till, in the order of its counter. */
export type Queue = readonly Prepared[]
export type Measured = {
  readonly payments: number
  readonly perSecond: number
  readonly p50_ms: number
  readonly p99_ms: number
}

const now = () => performance.now()

function summary(latencies: readonly number[], seconds: number): Measured {
  const sorted = [...latencies].sort((a, b) => a - b)
  const at = (share: number) =>
    Number((sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1))
  const payments = sorted.length
  return { payments, perSecond: payments / seconds, p50_ms: at(0.5), p99_ms: at(0.99) }
}

/** Sends all; every answer must be a yes. */
export async function sendAll(
  url: string,
  queues: readonly Queue[],
  connections: number,
): Promise<Measured> {
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: connections }))
  const latencies: number[] = []
  const began = now()
  await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      for (const queue of queues.filter((_, index) => index % connections === at))
        for (const one of queue) {
          const sent = now()
          await send(url, one, agent.agent)
          latencies.push(now() - sent)
        }
    }),
  )
  return summary(latencies, (now() - began) / 1000)
}

/** Sends all at this rate, the terminals in turn; a latency counts from when it was due. */
export async function sendPaced(
  url: string,
  queues: readonly Queue[],
  perSecond: number,
): Promise<Measured> {
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: queues.length }))
  const latencies: number[] = []
  const began = now()
  const longest = Math.max(...queues.map((queue) => queue.length))
  const turns = Array.from({ length: longest }, (_, turn) =>
    queues.map((queue, terminal) => ({ terminal, one: queue[turn] })),
  ).flat()
  const before = new Map<number, Promise<void>>()
  const all: Promise<void>[] = []
  for (const [place, { terminal, one }] of turns.entries()) {
    if (one === undefined) continue
    const due = began + (place * 1000) / perSecond
    if (due - now() > 1) await sleep(due - now())
    const sent = (before.get(terminal) ?? Promise.resolve()).then(async () => {
      await send(url, one, agent.agent)
      latencies.push(now() - due)
    })
    before.set(terminal, sent)
    all.push(sent)
  }
  await Promise.all(all)
  return summary(latencies, (now() - began) / 1000)
}

const disposable = (agent: Agent) => ({ agent, [Symbol.dispose]: () => agent.destroy() })

function send(url: string, { path, query, body, headers }: Prepared, agent: Agent) {
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
