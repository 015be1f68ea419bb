/**
 * Sending payments that were signed beforehand. A closed loop: each connection one after the other,
 * as fast as answers come. A paced one: so many a second, whoever waits, so that a slow answer also
 * counts for those queued behind it. A terminal's requests go in the order of its counter.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openWire, type Prepared, type Wire, wireOf } from './wire.ts'

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
  const ready = queues.map((queue) => queue.map((one) => wireOf(url, one)))
  await using wires = await openWires(url, connections)
  const latencies: number[] = []
  const began = now()
  await Promise.all(
    wires.all.map(async (wire, at) => {
      for (const queue of ready.filter((_, index) => index % connections === at))
        for (const one of queue) {
          const sent = now()
          await wire.send(one)
          latencies.push(now() - sent)
        }
    }),
  )
  return summary(latencies, (now() - began) / 1000)
}

/** Making what is to be sent, and letting go of it, is over before the clock runs. */
const SETTLE_MS = 500

/** Sends all at this rate, the terminals in turn; a latency counts from when it was due. */
export async function sendPaced(
  url: string,
  queues: readonly Queue[],
  perSecond: number,
): Promise<Measured> {
  const ready = queues.map((queue) => queue.map((one) => wireOf(url, one)))
  await using wires = await openWires(url, queues.length)
  const longest = Math.max(...ready.map((queue) => queue.length))
  const turns = Array.from({ length: longest }, (_, turn) =>
    ready.map((queue, terminal) => ({ terminal, one: queue[turn] })),
  ).flat()
  await sleep(SETTLE_MS)
  const latencies: number[] = []
  const began = now()
  const before = new Map<number, Promise<void>>()
  const all: Promise<void>[] = []
  for (const [place, { terminal, one }] of turns.entries()) {
    const wire = wires.all[terminal]
    if (one === undefined || wire === undefined) continue
    const due = began + (place * 1000) / perSecond
    const early = due - now()
    if (early > 1) await sleep(early)
    const sent = (before.get(terminal) ?? Promise.resolve()).then(async () => {
      await wire.send(one)
      latencies.push(now() - due)
    })
    before.set(terminal, sent)
    all.push(sent)
  }
  await Promise.all(all)
  return summary(latencies, (now() - began) / 1000)
}

async function openWires(url: string, count: number) {
  const all: readonly Wire[] = await Promise.all(Array.from({ length: count }, () => openWire(url)))
  return { all, [Symbol.asyncDispose]: async () => all.forEach((wire) => void wire.close()) }
}
