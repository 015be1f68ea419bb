/** Handlers: those who work here. */
import { done } from '@warifu/protocol/errors'
import type { Handlers } from './handler.ts'

export const operatorHandlers = (): Handlers<'getOperator'> => ({
  getOperator: async ({ caller }) =>
    done({
      id: caller.operator,
      object: 'operator' as const,
      name: caller.name,
      roles: [...caller.roles],
    }),
})
