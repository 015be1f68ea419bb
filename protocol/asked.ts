/** What many endpoints are asked: nothing, one object by its id, a page of a list. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { closed } from './shapes.ts'

export const nothing = closed({})
export const byId = <P extends Parameters<typeof idOf>[0]>(prefix: P) =>
  closed({ id: idOf(prefix) })
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
  starting_after: Type.Optional(Type.String({ maxLength: 64 })),
}
