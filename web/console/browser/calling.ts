/** Calls of the API as this page makes them: same origin, the session's cookie, typed answers. */
import { type CallName, contract, type Endpoint, type Reply } from '@warifu/protocol/contract'
import { callApi, type Input, refusalIn } from '@warifu/sdk/api-call'
import { useCallback } from 'react'
import { useGround } from './ground.ts'

/** Forms and links of other pages cannot send it; the API asks for it beside the cookie. */
export const OURS = { 'warifu-console': '1' }

export const endpointOf = (name: CallName): Endpoint => contract[name]

export type Calling = <N extends CallName>(
  name: N,
  input: Input<N>,
  once?: string,
) => Promise<Reply<N>>

/** @param once names the act: the same name sent again is done once. */
export function useCall(): Calling {
  const { api, newKey } = useGround()
  return useCallback(
    (name, input, once) => {
      const isOnce = endpointOf(name).idempotencyKey === true
      const key = isOnce ? { 'idempotency-key': once ?? newKey() } : {}
      return callApi(api, name, { ...input, headers: { ...OURS, ...key } })
    },
    [api, newKey],
  )
}

/** All pages of a list as one file (the contract's `csv`). */
export function useCsv() {
  const { api, saveFile } = useGround()
  return async (path: string, name: string) => {
    const headers = { ...OURS, accept: 'text/csv' }
    const response = await api.fetch(`${api.apiUrl}${path}`, { headers })
    if (!response.ok) throw refusalIn(response.status, await response.text())
    saveFile(name, await response.blob())
  }
}
