/**
 * The issuer: programs, applications with identification and credit decision, cards and their life.
 * Card numbers are the vault's alone; here a card is an id, four digits and a state.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'
import { readApplication, viewApplication } from './application.ts'
import { type Applying, apply } from './applying.ts'
import { type NewAuthority, trustAuthority } from './authority.ts'
import { type CardPage, listCards, ownerOf, readCard, signatureOnlyMax } from './card.ts'
import { viewCards } from './card-view.ts'
import { type Changing, changeProgram, goOnChanging } from './changing.ts'
import { consult } from './consulting.ts'
import { type Controlling, control } from './controlling.ts'
import { expire } from './expiring.ts'
import { type Freezing, freeze } from './freezing.ts'
import { type Funding, fund } from './funding.ts'
import { close, type Holding, resume, type Stopping, stop, suspend, viewOne } from './holding.ts'
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
import { listReviews, readLog } from './queue.ts'
import { readerRules } from './reading.ts'
import { type Replacing, replace } from './replacing.ts'
import { type Deciding, decideByPerson, type Judging, judgeDocument } from './reviewing.ts'
import { pinDigitsFrom, simCards } from './sim-terms.ts'
import {
  type AnsweringVerification,
  answerVerification,
  type StartingVerification,
  startVerification,
} from './verifying.ts'

export { type ApplicationView, digestOf } from './application.ts'
export { type NewAuthority, trustAuthority } from './authority.ts'
export type { BureauKey } from './bureau.ts'
export type { CardView } from './card-view.ts'
export { changeOf, termsNow } from './changing.ts'
export { boundsOf } from './controls.ts'
export { type CreditBureau, createHttpCreditBureau } from './credit-bureau.ts'
export {
  type FoundApplication,
  type FoundCard,
  findApplications,
  findCards,
  last4sOf,
  type SoughtApplication,
  type SoughtCard,
} from './finding.ts'
export {
  type FoundBureau,
  type FoundPlastic,
  findBureaus,
  findPlastics,
  foundPlastic,
  placeOf,
  type SoughtPlastic,
} from './finding-plastic.ts'
export type { Installable } from './installing.ts'
export type { Following, Needs as IssuingNeeds } from './needs.ts'
export type { PinCode, PinView } from './pins.ts'
export type { PlasticRow, PlasticView } from './plastic.ts'
export { createPlastic, type Plastic } from './plastic-door.ts'
export {
  createProgram,
  listPrograms,
  type NewProgram,
  type Program,
  programsNamed,
  readProgram,
} from './program.ts'
export type { LogView, ReviewView } from './queue.ts'
export { allowStripes, type ReaderRules } from './reading.ts'
export type { Decided } from './reviewing.ts'
export { type Decision, decide, type Facts, type Rule } from './rules.ts'
export { type SimCard, type SimTerms, setSimTerms } from './sim-terms.ts'
export type { VerificationView } from './verification.ts'

export type Issuing = ReturnType<typeof createIssuing>

export const createIssuing = (needs: Needs) => ({
  programs: (page: Page) => listPrograms(needs.store.sql, page),

  // Works of a terminal, done by `terminals.once`.
  apply: (applying: Applying) => apply(needs, applying),
  startVerification: (starting: StartingVerification) => startVerification(needs, starting),
  answerVerification: (answering: AnsweringVerification) => answerVerification(needs, answering),
  suspend: (holding: Holding) => suspend(needs, holding),
  resume: (holding: Holding) => resume(needs, holding),
  close: (holding: Holding) => close(needs, holding),
  control: (controlling: Controlling) => control(needs, controlling),
  replace: (replacing: Replacing) => replace(needs, replacing),

  application: async (id: Id<'app'>, nowMs: number) => {
    const application = await readApplication(needs.store.sql, id)
    return application && viewApplication(needs.store.sql, application, nowMs)
  },
  card: async (id: Id<'crd'>, nowMs: number) => {
    const card = await readCard(needs.store.sql, id)
    return card && (await viewCards(needs.store.sql, [card], nowMs))[0]
  },
  cards: async (page: CardPage, nowMs: number) =>
    viewCards(needs.store.sql, await listCards(needs.store.sql, page), nowMs),

  // What the issuer's people do.
  reviews: (nowMs: number) => listReviews(needs.store.sql, nowMs),
  verificationLog: (id: Id<'ver'>, by: Id<'opr'>, nowMs: number) =>
    readLog(needs, { id, by, nowMs }),
  decideByPerson: (deciding: Deciding) => decideByPerson(needs, deciding),
  judgeDocument: (judging: Judging) => judgeDocument(needs, judging),
  stop: (stopping: Stopping) => stop(needs, stopping),
  fund: (funding: Funding) => fund(needs, funding),
  changeProgram: (changing: Changing) => changeProgram(needs, changing),
  trustAuthority: (authority: NewAuthority) => trustAuthority(needs.store.sql, authority),

  /** For payments, before it is known which card will pay. */
  signatureOnlyMax: (db: Db, cardholder: Id<'chl'>) => signatureOnlyMax(db, cardholder),

  /** Freezes a person's cards, or the one that is named, because they disowned a payment. */
  freeze: (tx: Tx, freezing: Freezing) => freeze(needs, tx, freezing),

  /** From which amount PIN digits are asked for out of a SIM; null: never. */
  pinDigitsFrom: (db: Db, card: Id<'crd'>) => pinDigitsFrom(db, card),
  /** What a card's program says of a reader. */
  readerRules: (db: Db, card: Id<'crd'>) => readerRules(db, card),

  /** Whose card it is, and their newest active terminal: whoever is asked about it. */
  ownerOf: (db: Db, card: Id<'crd'>) => ownerOf(db, card),

  // Doors for provisioning, on its transaction.
  installable: (db: Db, pull: Pull, nowMs: number) => installable(db, pull, nowMs),
  provision: (tx: Tx, made: Made) => provision(needs, tx, made),
  activate: (tx: Tx, installed: Installed) => activate(needs, tx, installed),
  cardOf: (tx: Tx, id: Id<'crd'>, nowMs: number) => viewOne(tx, id, nowMs),
  /** For devices: what may be written into a SIM, and under which company. */
  simCards: (db: Db, cards: readonly Id<'crd'>[]) => simCards(db, cards),

  /**
   * Ends what is due: applications, cards past their month, cards used up. Goes on with programs
   * whose change has not reached all cards.
   */
  tick: async (nowMs: number) => (await expire(needs, nowMs)) + (await goOnChanging(needs)),
  /** Asks the bureau about whoever waits for it. */
  consult: (nowMs: number) => consult(needs, nowMs),
})
