/** Objects of those who work here: operators, roles, acts that wait for a second person. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { closed, instant, oneOf } from './shapes.ts'

/** `issuer` decides about applications and cards; `operator` runs; `auditor` only reads. */
export const operatorRoles = ['issuer', 'operator', 'auditor'] as const
export type OperatorRole = (typeof operatorRoles)[number]

export const isOperatorRole = (text: string): text is OperatorRole =>
  operatorRoles.some((role) => role === text)

/** An act that another operator must ask for too, word for word. */
export const secondPerson = closed({
  object: Type.Literal('second_person'),
  act: oneOf(['application.decide', 'account.fund', 'card.close'] as const),
  subject: Type.String(),
  content: Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer(), Type.Null()])),
  by: idOf('opr'),
  asked_at: instant,
  deadline_at: instant,
})

export const operator = closed({
  id: idOf('opr'),
  object: Type.Literal('operator'),
  name: Type.String(),
  roles: Type.Array(oneOf(operatorRoles)),
})
