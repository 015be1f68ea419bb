/**
 * What a JavaScript runtime brings: fetch, chance, waiting. The SDK is started by its users'
 * programs, not by ours, so this file is its front door: the only one that takes the runtime's own,
 * and only where `createWarifu` was given nothing else. Web standards only: Node, edge, browser.
 */
import type { Fetch } from './api-call.ts'

export type Runtime = {
  readonly fetch: Fetch
  /** A new idempotency key, for a call that was not given one. */
  readonly newKey: () => string
  /** From 0 to 1: spreads retries, so that many clients do not come back at the same moment. */
  readonly chance: () => number
  /** Ends early, without a word, when the signal is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly nowMs: () => number
  /** A signal that is aborted after this long. */
  readonly timeout: (ms: number) => AbortSignal
}

export const ownRuntime: Runtime = {
  fetch: (url, init) => globalThis.fetch(url, init),
  newKey: () => globalThis.crypto.randomUUID(),
  chance: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal?.addEventListener('abort', end)
    }),
  nowMs: () => Date.now(),
  timeout: (ms) => AbortSignal.timeout(ms),
}
