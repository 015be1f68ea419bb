/** Handlers: acts that need a second person. What each does is wired where its rooms are. */
import { type Answer, done } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Issuing } from '#issuing'
import type { FoundMerchant } from '#merchants'
import type { FoundOperator, Waiting } from '#people'
import type { Handlers } from './handler.ts'
import { merchantObject, operatorObject, programObject } from './handlers-console-lists.ts'
import { secondObject } from './handlers-issuing.ts'

type Asked<T> = T & { readonly by: Id<'opr'>; readonly nowMs: number }
export type Dangerous = {
  readonly changeProgram: Issuing['changeProgram']
  readonly closeMerchant: (
    asked: Asked<{ readonly merchant: Id<'mer'> }>,
  ) => Promise<Answer<{ readonly merchant: FoundMerchant; readonly waiting: Waiting | null }>>
  readonly endOperator: (
    asked: Asked<{ readonly operator: Id<'opr'> }>,
  ) => Promise<Answer<{ readonly operator: FoundOperator; readonly waiting: Waiting | null }>>
}
type Names = 'changeProgram' | 'closeMerchant' | 'endOperator'

export const dangerousHandlers = (acts: Dangerous): Handlers<Names> => ({
  changeProgram: async ({ caller: { operator: by }, params: { id }, body: change, nowMs }) => {
    // The body's schema says of rules what their type does (protocol/console-list-objects.ts).
    const asked = { id, change: change as Parameters<Issuing['changeProgram']>[0]['change'] }
    const changed = await acts.changeProgram({ ...asked, by, nowMs })
    if (!changed.ok) return changed
    const { program, waiting } = changed.value
    return done({ program: programObject(program), waiting: secondObject(waiting) })
  },
  closeMerchant: async ({ caller: { operator: by }, params: { id: merchant }, nowMs }) => {
    const closed = await acts.closeMerchant({ merchant, by, nowMs })
    if (!closed.ok) return closed
    const { merchant: row, waiting } = closed.value
    return done({ merchant: merchantObject(row), waiting: secondObject(waiting) })
  },
  endOperator: async ({ caller: { operator: by }, params: { id: operator }, nowMs }) => {
    const ended = await acts.endOperator({ operator, by, nowMs })
    if (!ended.ok) return ended
    const { operator: row, waiting } = ended.value
    return done({ operator: operatorObject(row), waiting: secondObject(waiting) })
  },
})
