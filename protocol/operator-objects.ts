/** Objects of those who work here: operators, roles, acts that wait for a second person. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { closed, instant, oneOf } from './shapes.ts'

/** `issuer` decides about applications and cards; `operator` runs; `auditor` only reads. */
export const operatorRoles = ['issuer', 'operator', 'auditor'] as const
export type OperatorRole = (typeof operatorRoles)[number]

export const isOperatorRole = (text: string): text is OperatorRole =>
  operatorRoles.some((role) => role === text)

/** Acts that one person asks for and another says yes to, and who may ask and who may say yes. */
export const secondPersonActs = {
  'application.decide': ['issuer'],
  'account.fund': ['issuer'],
  'program.change': ['issuer'],
  'merchant.close': ['operator'],
  'operator.end': ['operator'],
  'xray.link': ['issuer', 'operator'],
  'adjustment.make': ['operator', 'issuer'],
} as const satisfies Readonly<Record<string, readonly OperatorRole[]>>
export type ActKind = keyof typeof secondPersonActs
// The keys of the table are its acts by its type.
export const actKinds = Object.keys(secondPersonActs) as ActKind[]

/** What is to be done, word for word: what a second person reads and agrees to. */
export const actContent = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Integer(), Type.Null()]),
)

/** An act that another operator must ask for too, word for word. */
export const secondPerson = closed({
  object: Type.Literal('second_person'),
  act: oneOf(actKinds),
  subject: Type.String(),
  content: actContent,
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
