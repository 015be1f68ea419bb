/**
 * A merchant's call: with its API key, within a time, sent again under one idempotency key. The
 * API key stays in this closure; no object that is handed out holds it.
 */
import type { CallName, Reply } from '@warifu/protocol/contract'
import { contract } from '@warifu/protocol/contract'
import { type Api, callApi, type Fetch, type Input } from './api-call.ts'
import { withRetries } from './retrying.ts'
import type { Runtime } from './runtime.ts'

export type CallOptions = {
  /**
   * Names this act for ever: the same key is the same act. Keep it with your order *before* you
   * call, and a crash in between never charges twice. Without one, a new key is made for the call.
   */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly retries?: number
}

export type Calling = Runtime & {
  readonly apiUrl: string
  readonly apiKey: string
  readonly timeoutMs: number
  readonly retries: number
}

export type Call = <N extends CallName>(
  name: N,
  /** `file`: the body of an endpoint that takes one. */
  input: Input<N> & { readonly file?: Blob },
  options?: CallOptions,
) => Promise<Reply<N>>

export const createCall =
  (calling: Calling): Call =>
  async (name, input, options = {}) => {
    const { apiUrl, apiKey, chance, sleep, newKey } = calling
    const { retries = calling.retries, timeoutMs = calling.timeoutMs, signal } = options
    const key = options.idempotencyKey ?? (contract[name].method === 'POST' ? newKey() : undefined)
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    }
    let retryAfterMs: number | undefined
    const fetch: Fetch = async (url, init) => {
      retryAfterMs = undefined
      const inTime = calling.timeout(timeoutMs)
      const given = signal === undefined ? inTime : AbortSignal.any([signal, inTime])
      const response = await calling.fetch(url, { ...init, signal: given })
      retryAfterMs = readRetryAfter(response.headers.get('retry-after'))
      return response
    }
    const api: Api = { fetch, apiUrl }
    return withRetries(() => callApi(api, name, { ...input, headers }), {
      retries,
      chance,
      sleep,
      retryAfterMs: () => retryAfterMs,
      ...(signal === undefined ? {} : { signal }),
    })
  }

/** RFC 9110 §10.2.3, in seconds; the form with a date would need a clock that is right. */
const readRetryAfter = (text: string | null): number | undefined =>
  text !== null && /^[0-9]{1,6}$/.test(text) ? Number(text) * 1000 : undefined
