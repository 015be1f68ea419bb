/**
 * The issuer: programs, applications with identification and credit decision, cards and their life.
 * Card numbers are the vault's alone; here a card is an id, four digits and a state.
 */
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Tx } from '#store'
import type { Work } from '#terminals'
import {
  type ApplicationView,
  readApplication,
  type VerificationView,
  viewApplication,
} from './application.ts'
import { type Applying, apply } from './applying.ts'
import { type CardPage, type CardView, listCards, readCard, viewCards } from './card.ts'
import { decideByPerson, type Verdict } from './decision.ts'
import { expire } from './expiring.ts'
import { type Holding, resume, suspend, viewOne } from './holding.ts'
import {
  activate,
  type Installable,
  type Installed,
  installable,
  type Made,
  type Pull,
  provision,
} from './installing.ts'
import type { Needs } from './needs.ts'
import { listPrograms, type Page, type Program } from './program.ts'
import {
  type AnsweringVerification,
  answerVerification,
  type StartingVerification,
  startVerification,
} from './verifying.ts'

export type { ApplicationView, VerificationView } from './application.ts'
export type { CardView } from './card.ts'
export { createProgram, listPrograms, type Program } from './program.ts'
export { type Decision, decide, type Facts, type Rule } from './rules.ts'

/** Works are done once, by `terminals.once`. */
export type Issuing = {
  readonly programs: (page: Page) => Promise<Program[]>
  readonly apply: (applying: Applying) => Work<unknown, ApplicationView>
}
