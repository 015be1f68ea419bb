/** A stream as tests read it: everything that came, and when. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Following } from '@warifu/sdk/event-stream'
import type { Followed } from '@warifu/sdk/follow-events'
import { ownRuntime } from '@warifu/sdk/runtime'

/** Reads a stream until it is stopped. */
export function collect(
  start: (following: Following) => AsyncGenerator<Followed, void>,
  from?: string,
) {
  const stop = new AbortController()
  const found: Followed[] = []
  const states: string[] = []
  const at: number[] = []
  const following: Following = {
    signal: stop.signal,
    sleep: ownRuntime.sleep,
    chance: ownRuntime.chance,
    onState: (state) => states.push(state),
    ...(from === undefined ? {} : { from }),
  }
  const reading = (async () => {
    for await (const one of start(following)) {
      found.push(one)
      at.push(performance.now())
    }
  })()
  const until = async (what: string, holds: () => boolean) => {
    for (let patience = 200; patience > 0; patience -= 1) {
      if (holds()) return
      await Promise.race([sleep(50), reading])
    }
    throw new Error(`not seen: ${what}; seen: ${found.map(({ event }) => event.type)}`)
  }
  return {
    found,
    at,
    states,
    reading,
    opened: () => until('open', () => states.includes('open')),
    saw: (type: string, subject: string) =>
      until(`${type} of ${subject}`, () =>
        found.some(({ event }) => event.type === type && event.subject === subject),
      ),
    stop: async () => {
      stop.abort()
      await reading
    },
  }
}
