/** What the server asks the test cardholders, a process of their own, and what they say. */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { closed, nullable, oneOf, webAddress } from './shapes.ts'
import {
  type TestCardholderName,
  type TestCardName,
  tamperings,
  testCardholderNames,
  testCardNames,
} from './test-outcomes.ts'

export const cardholderName = oneOf<TestCardholderName>(testCardholderNames)
export const cardName = oneOf<TestCardName>(testCardNames)
export const testActs = ['approve', 'deny', 'ignore', 'not_me', 'tamper'] as const

export const personAsked = closed({
  payment: idOf('pay'),
  link: nullable(webAddress),
  act: oneOf(['by_amount', ...testActs] as const),
  tamper: nullable(oneOf(tamperings)),
  /** Null: whoever was asked; where nobody was, Aiko. */
  cardholder: nullable(cardholderName),
  card: cardName,
  /** What time it is for the platform, in milliseconds. */
  now_ms: Type.Integer(),
})
export type PersonAsked = Static<typeof personAsked>

export const personActed = closed({
  cardholder: cardholderName,
  did: oneOf(testActs),
  tamper: nullable(oneOf(tamperings)),
  card: nullable(idOf('crd')),
  /** What the platform said to the phone: null, or the code of its refusal. */
  told: nullable(Type.String()),
})
export type PersonActed = Static<typeof personActed>

export const testCardholder = closed({
  object: Type.Literal('test_cardholder'),
  name: cardholderName,
  phone: Type.String(),
  manner: Type.String(),
  cards: Type.Array(closed({ name: cardName, card: nullable(idOf('crd')), words: Type.String() })),
})
export const peopleHere = closed({ people: Type.Array(testCardholder) })
