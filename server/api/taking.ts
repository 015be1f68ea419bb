/** How long requests that move money took, told to whoever counts them. */
import { contract, type Endpoint, type EndpointName } from '@warifu/protocol/contract'
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'

export type TakeNeeds = {
  readonly took: (name: string, taken: { readonly tookMs: number; readonly nowMs: number }) => void
  readonly now: () => number
}

export function takingOf(name: EndpointName, { took, now }: TakeNeeds) {
  const endpoint: Endpoint = contract[name]
  if (!endpoint.movesMoney) return {}
  return {
    onResponse: (_: FastifyRequest, reply: FastifyReply, next: HookHandlerDoneFunction) => {
      next()
      if (reply.statusCode < 500) took(name, { tookMs: reply.elapsedTime, nowMs: now() })
    },
  }
}
