/**
 * The issuer: programs, applications with identification and credit decision, cards and their life.
 * Card numbers are the vault's alone; here a card is an id, four digits and a state.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'
import { readApplication, viewApplication } from './application.ts'
import { type Applying, apply } from './applying.ts'
import { type CardPage, listCards, ownerOf, readCard, signatureOnlyMax, viewCards } from './card.ts'
import { decideByPerson, type Verdict } from './decision.ts'
import { expire } from './expiring.ts'
import { type Freezing, freeze } from './freezing.ts'
import { type Holding, resume, suspend, viewOne } from './holding.ts'
import {
  activate,
  type Installed,
  installable,
  type Made,
  type Pull,
  provision,
} from './installing.ts'
import type { Needs } from './needs.ts'
import { listPrograms, type Page } from './program.ts'
import { pinDigitsFrom, simCards } from './sim-terms.ts'
import {
  type AnsweringVerification,
  answerVerification,
  type StartingVerification,
  startVerification,
} from './verifying.ts'

export type { ApplicationView, VerificationView } from './application.ts'
export type { BureauKey } from './bureau.ts'
export type { CardView } from './card.ts'
export type { Installable } from './installing.ts'
export type { PinCode, PinView } from './pins.ts'
export type { PlasticRow, PlasticView } from './plastic.ts'
export { createPlastic, type Plastic } from './plastic-door.ts'
export { createProgram, type Program, programsNamed } from './program.ts'
export { type Decision, decide, type Facts, type Rule } from './rules.ts'
export { type SimCard, type SimTerms, setSimTerms } from './sim-terms.ts'

export type Issuing = ReturnType<typeof createIssuing>

export const createIssuing = (needs: Needs) => ({
  programs: (page: Page) => listPrograms(needs.store.sql, page),

  // Works of a terminal, done by `terminals.once`.
  apply: (applying: Applying) => apply(needs, applying),
  startVerification: (starting: StartingVerification) => startVerification(needs, starting),
  answerVerification: (answering: AnsweringVerification) => answerVerification(needs, answering),
  suspend: (holding: Holding) => suspend(needs, holding),
  resume: (holding: Holding) => resume(needs, holding),

  application: async (id: Id<'app'>, nowMs: number) => {
    const application = await readApplication(needs.store.sql, id)
    return application && viewApplication(needs.store.sql, application, nowMs)
  },
  card: async (id: Id<'crd'>) => {
    const card = await readCard(needs.store.sql, id)
    return card && (await viewCards(needs.store.sql, [card]))[0]
  },
  cards: async (page: CardPage) =>
    viewCards(needs.store.sql, await listCards(needs.store.sql, page)),
  decideByPerson: (id: Id<'app'>, verdict: Verdict, nowMs: number) =>
    decideByPerson(needs, { id, verdict }, nowMs),

  /** For payments, before it is known which card will pay. */
  signatureOnlyMax: (db: Db, cardholder: Id<'chl'>) => signatureOnlyMax(db, cardholder),

  /** Freezes a person's cards, or the one that is named, because they disowned a payment. */
  freeze: (tx: Tx, freezing: Freezing) => freeze(needs, tx, freezing),

  /** From which amount PIN digits are asked for out of a SIM; null: never. */
  pinDigitsFrom: (db: Db, card: Id<'crd'>) => pinDigitsFrom(db, card),

  /** Whose card it is, and their newest active terminal: whoever is asked about it. */
  ownerOf: (db: Db, card: Id<'crd'>) => ownerOf(db, card),

  // Doors for provisioning, on its transaction.
  installable: (db: Db, pull: Pull, nowMs: number) => installable(db, pull, nowMs),
  provision: (tx: Tx, made: Made) => provision(needs, tx, made),
  activate: (tx: Tx, installed: Installed) => activate(needs, tx, installed),
  cardOf: (tx: Tx, id: Id<'crd'>) => viewOne(tx, id),
  /** For devices: what may be written into a SIM, and under which company. */
  simCards: (db: Db, cards: readonly Id<'crd'>[]) => simCards(db, cards),

  /** Expires applications whose deadline has passed; answers with how many. */
  tick: (nowMs: number) => expire(needs, nowMs),
})
