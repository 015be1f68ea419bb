/**
 * The line to a client, as the sandbox's test kit cuts it: a request that never arrived, or one
 * that was done and whose answer is lost. The client finds out by asking again.
 */
import type { EndpointName } from '@warifu/protocol/contract'
import type {
  DoneFuncWithErrOrRes,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify'
import type { Cuts } from '#sandbox'

export const lineOf = (name: EndpointName, cuts: Cuts | undefined) =>
  cuts === undefined
    ? {}
    : {
        onRequest: (
          { raw }: FastifyRequest,
          reply: FastifyReply,
          next: HookHandlerDoneFunction,
        ) => {
          if (!cuts.may('client', 'request', name)) return next()
          const lost = () => {
            reply.hijack()
            raw.socket.destroy()
          }
          cuts.take('client', 'request', name).then((isCut) => (isCut ? lost() : next()), next)
        },
        onSend: (
          { raw }: FastifyRequest,
          _: FastifyReply,
          payload: unknown,
          next: DoneFuncWithErrOrRes,
        ) => {
          if (!cuts.may('client', 'answer', name)) return next(null, payload)
          const done = (isCut: boolean) => {
            if (isCut) raw.socket.destroy()
            next(null, payload)
          }
          cuts.take('client', 'answer', name).then(done, next)
        },
      }
