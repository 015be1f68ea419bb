/** The phones of one person: how each is shown to its owner, and the act that ends one of them. */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { assertion, closed, instant, nullable, oneOf, plainText } from './shapes.ts'

/** What a phone calls itself: text that proves nothing, for its owner to know it by. */
export const phoneName = plainText(60)

export const phone = closed({
  id: idOf('trm'),
  object: Type.Literal('phone'),
  /** `suspended`: two copies of it were in use. */
  status: oneOf(['active', 'suspended'] as const),
  name: nullable(phoneName),
  /** It is the one that asks. */
  current: Type.Boolean(),
  created_at: instant,
  /** When it last signed something: a payment, an answer, a change. */
  last_used_at: nullable(instant),
  /** Cards that live on it, and those of them that it is yet to pull. */
  cards: Type.Array(idOf('crd')),
  coming: Type.Array(idOf('crd')),
})
export type Phone = Static<typeof phone>

/** What the passkey vouches for when one phone ends another. */
export const removeStatement = closed({
  act: Type.Literal('remove_terminal'),
  terminal: idOf('trm'),
  by: idOf('trm'),
})
export type RemoveStatement = Static<typeof removeStatement>
export const removeTerminalBody = closed({ statement: removeStatement, assertion })
