// Goal: asks that wait together travel together, each gets its own reply, and asks that share a key
// never share a batch or overtake each other. Method: a sender that the test lets go by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { createBatcher, takeBatch } from './batcher.ts'

test('a lone ask leaves at once; under load the next batch fills', async () => {
  const sent: number[][] = []
  const gates: (() => void)[] = []
  const batcher = createBatcher<number, string>({
    maxSize: 4,
    maxInFlight: 1,
    send: async (asks) => {
      sent.push([...asks])
      await new Promise<void>((open) => gates.push(open))
      return asks.map(String)
    },
  })
  const first = batcher.ask(0)
  await turn()
  const rest = [1, 2, 3, 4, 5].map((ask) => batcher.ask(ask))
  await turn()
  assert.deepEqual(sent, [[0]])
  for (let i = 0; i < 3; i += 1) {
    gates[i]?.()
    await turn()
    await turn()
  }
  assert.deepEqual(sent, [[0], [1, 2, 3, 4], [5]])
  assert.deepEqual(await Promise.all([first, ...rest]), ['0', '1', '2', '3', '4', '5'])
})

test('a fault fails its own batch only', async () => {
  let calls = 0
  const batcher = createBatcher<number, number>({
    maxSize: 1,
    maxInFlight: 1,
    send: async (asks) => {
      calls += 1
      if (calls === 1) throw new Error('cut')
      return asks
    },
  })
  const [cut, fine] = await Promise.allSettled([batcher.ask(1), batcher.ask(2)])
  assert.equal(cut.status, 'rejected')
  assert.deepEqual(fine, { status: 'fulfilled', value: 2 })
})

test('a reply that is missing is a fault, never somebody else’s reply', async () => {
  const batcher = createBatcher<number, number>({
    maxSize: 8,
    maxInFlight: 1,
    send: async (asks) => asks.slice(1),
  })
  const replies = await Promise.allSettled([batcher.ask(1), batcher.ask(2)])
  assert.equal(replies[1]?.status, 'rejected')
})

test('no batch holds a key twice, and per key the order stands', () => {
  const asks = fc.array(fc.record({ key: fc.integer({ min: 0, max: 3 }), n: fc.nat() }))
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 5 }), (list, maxSize) => {
      let waiting = list.map((ask, i) => ({ ask: { ...ask, n: i } }))
      const seen = new Map<number, number>()
      while (waiting.length > 0) {
        const options = { maxSize, keysOf: (ask: { key: number }) => [String(ask.key)] }
        const { batch, rest } = takeBatch(waiting, options)
        assert(batch.length > 0 && batch.length <= maxSize)
        assert.equal(new Set(batch.map(({ ask }) => ask.key)).size, batch.length)
        for (const { ask } of batch) {
          assert((seen.get(ask.key) ?? -1) < ask.n)
          seen.set(ask.key, ask.n)
        }
        waiting = rest
      }
    }),
  )
})
