/**
 * The merchant's side of the API with an API key, as its back end would use it. Every request that
 * moves money carries an Idempotency-Key, and is sent again with the same key when no answer came.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EndpointName, Reply } from '@warifu/protocol/contract'
import { type Api, ApiError, callApi, type Input, NoAnswer } from '@warifu/sdk/api-call'

export type Merchant = <N extends EndpointName>(
  name: N,
  input: Input<N>,
  idempotencyKey?: string,
) => Promise<Reply<N>>

const TRIES = 3

export const createMerchant =
  (api: Api, apiKey: string): Merchant =>
  async (name, input, idempotencyKey = randomUUID()) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': idempotencyKey }
    for (let tries = 1; ; tries += 1)
      try {
        return await callApi(api, name, { ...input, headers })
      } catch (error) {
        if (tries === TRIES || !mayBeSentAgain(error)) throw error
        await sleep(200 * tries)
      }
  }

const mayBeSentAgain = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof ApiError && (error.outcome === 'unknown' || error.code === 'vault_unavailable'))
