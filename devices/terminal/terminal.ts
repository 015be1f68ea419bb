/**
 * The cardholder's terminal without a page: joins, enrols, applies, installs, pays.
 *
 * It runs as it is in a browser (WebCrypto, fetch) and in a program: whatever differs is passed
 * in. Refusals of the platform are thrown as ApiError, its own as TerminalError, and NoAnswer
 * where nobody knows yet; after NoAnswer, `retry` sends the same bytes again.
 */

import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { BeaconStatement } from '@warifu/protocol/beacon'
import type { Body, EndpointName, Query, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Applicant } from '@warifu/protocol/objects'
import type { ChipProof } from '@warifu/protocol/proximity'
import { blobSchemes, type Scheme } from '@warifu/protocol/schemes'
import { type Input, type RawAnswer, sendRaw } from '@warifu/sdk/api-call'
import type { Following } from '@warifu/sdk/event-stream'
import type { Followed } from '@warifu/sdk/follow-events'
import {
  answer,
  claimOf,
  liftMute,
  mutes,
  type Question,
  question,
  questions,
  received,
  type Said,
  showCode,
} from './answering.ts'
import { arrivals } from './arriving.ts'
import { prepare, read, retry, type TerminalNeeds, write } from './asking.ts'
import type { Assertion } from './authenticator.ts'
import {
  type CarriedDevice,
  type Confirming,
  carriedDevices,
  chipCodeFor,
  confirmByDevice,
  forgetDevice,
  linkCard,
  type Pairing,
  pairDevice,
  removeDevice,
  tellUnreached,
} from './beacon.ts'
import { type Cap, type Capped, showCapped } from './capped.ts'
import { type Certificates, certificates } from './certificate.ts'
import type { ChipLink } from './chip-link.ts'
import { install } from './installing.ts'
import { callAsPerson, enrol, join, logIn } from './joining.ts'
import { followNotices } from './listening.ts'
import {
  blobOf,
  type Claim,
  claim,
  type Presented,
  present,
  renewKeys,
  shownFor,
  vouchFor,
} from './paying.ts'
import { phones } from './phones.ts'
import { pins } from './pin.ts'
import { plastics } from './plastic.ts'
import { type Reading, readingOf } from './reading.ts'
import type { SignedRequest } from './signed-request.ts'
import { type SimWays, simWays } from './sim.ts'
import { TerminalError } from './terminal-error.ts'
import type { TerminalState } from './terminal-state.ts'

export { claimOf, type Question } from './answering.ts'
export type { TerminalNeeds } from './asking.ts'
export type { Assertion, Attestation, Authenticator, PasskeyAsk } from './authenticator.ts'
export type { CarriedDevice } from './beacon.ts'
export { type ChipLink, openChipLink } from './chip-link.ts'
export { type Claim, claim, type Presented, statementOf } from './paying.ts'
export type { Phone } from './phones.ts'
export type { CardPin } from './pin.ts'
export type { Activating, Plastic, PlasticOrder } from './plastic.ts'
export { alterBody, type SignedRequest, signRequest } from './signed-request.ts'
export {
  type BridgeLine,
  BridgeRefused,
  type BySim,
  callBridge,
  linkSim,
  pairBridge,
  presentSim,
  type Sim,
  showSim,
  writeSimDigits,
} from './sim.ts'
export { TerminalError, type TerminalErrorCode } from './terminal-error.ts'
export { fetchBlob, keepBlob, makeKeys, type TerminalKeys } from './terminal-keys.ts'
export {
  blankState,
  type InstalledCard,
  lockTurns,
  memoryStore,
  queueTurns,
  type TerminalState,
  type TerminalStore,
  type Turns,
} from './terminal-state.ts'

type Application = Reply<'getApplication'>
type Card = Reply<'getCard'>

export type Terminal = Own &
  Carrying &
  SimWays &
  Certificates &
  ReturnType<typeof pins> &
  ReturnType<typeof plastics> &
  ReturnType<typeof arrivals> &
  ReturnType<typeof phones>

type Own = {
  /** The reader that is plugged into this phone. */
  readonly reader: Reading
  readonly state: () => Promise<TerminalState>
  readonly join: (name: string) => Promise<Reply<'createCardholder'>['cardholder']>
  readonly logIn: () => Promise<Reply<'createSession'>>
  /** By the name that its owner shall know it by. */
  readonly enrol: (name?: string) => Promise<Reply<'confirmTerminal'>>
  readonly apply: (
    program: Id<'prg'>,
    applicant: Applicant,
    scheme?: Scheme,
  ) => Promise<Application>
  readonly application: (application: Id<'app'>) => Promise<Application>
  readonly startPhone: (
    application: Id<'app'>,
    phone: string,
  ) => Promise<Reply<'startVerification'>>
  /** Shows who one is in another way than by a phone. */
  readonly show: (
    application: Id<'app'>,
    proof: Exclude<Body<'startVerification'>, { method: 'issued_card' }>,
  ) => Promise<Reply<'startVerification'>>
  /** Shows that a card is on this phone, as it rests here: sealed for the vault alone. */
  readonly showCard: (
    application: Id<'app'>,
    card: Id<'crd'>,
  ) => Promise<Reply<'startVerification'>>
  readonly answerCode: (verification: Id<'ver'>, code: string) => Promise<Application>
  readonly install: (application: Id<'app'>) => Promise<Card>
  readonly cards: () => Promise<readonly Card[]>
  readonly suspend: (card: Id<'crd'>) => Promise<Card>
  readonly resume: (card: Id<'crd'>) => Promise<Card>
  readonly close: (card: Id<'crd'>) => Promise<Card>
  /** One's own bounds of a card, in place of those before. */
  readonly control: (card: Id<'crd'>, own: Body<'controlCard'>) => Promise<Card>
  /** Another card in the place of one; it is installed like any that was applied for. */
  readonly replace: (card: Id<'crd'>, reason: Body<'replaceCard'>['reason']) => Promise<Application>
  readonly renew: (card: Id<'crd'>) => Promise<Application>
  readonly claim: (link: string, presentment?: 'wallet' | 'sim') => Promise<Claim>
  /** Asks anew for keys that end soon, or for this card's. */
  readonly renewKeys: (card?: Id<'crd'>) => Promise<void>
  readonly present: (claim: Claim, card: Id<'crd'>, how: How) => Promise<Presented>
  readonly deny: (claim: Claim) => Promise<Presented>
  /** What this person is asked outside of a payment's link, newest first. */
  readonly questions: () => Promise<readonly Question[]>
  readonly question: (approval: Id<'apr'>) => Promise<Question>
  /** Says, signed, that it was shown. */
  readonly received: (question: Question) => Promise<Question>
  readonly answer: (question: Question, said: Said, how?: Answering) => Promise<Question>
  /** Pays what was asked for with a card of this terminal. */
  readonly presentAsked: (question: Question, card: Id<'crd'>, how: Asked) => Promise<Presented>
  /** A code for a till to read, once. */
  readonly showCode: () => Promise<Reply<'createCode'>>
  /** A code that pays up to a cap with this card, once, where a till reads it within a minute. */
  readonly showCapped: (cap: Cap) => Promise<Capped>
  /** The shops that may not ask any more. */
  readonly mutes: () => Promise<readonly Reply<'liftMute'>[]>
  readonly liftMute: (merchant: Id<'mer'>) => Promise<Reply<'liftMute'>>
  readonly notices: () => Promise<Reply<'listNotices'>['data']>
  /** Notices as they come, without end: signed anew each time that it was cut, resumed by place. */
  readonly followNotices: (following: Following) => AsyncGenerator<Followed, void>
  /** What this person was asked to pay, newest first. */
  readonly activity: (page?: Page) => Promise<Reply<'listActivity'>>
  readonly activityOf: (payment: Id<'pay'>) => Promise<Reply<'getActivity'>>
  /** A month (`YYYY-MM`) of a card's account. */
  readonly statement: (card: Id<'crd'>, month: string) => Promise<Reply<'getStatement'>>
  /** Sends the write that has no answer again, the very same bytes; learns from its answer. */
  readonly retry: () => Promise<{ readonly request: SignedRequest; readonly answer: RawAnswer }>

  // The pieces, for tests that attack: each does one thing, and none of them is careful.
  readonly blobOf: (card: Id<'crd'>) => Promise<string>
  /** What of a card travels for this payment, and its scheme. */
  readonly shownFor: (
    card: Id<'crd'>,
    content: PaymentContent,
  ) => Promise<{ readonly scheme: Scheme; readonly blob: string }>
  readonly vouchFor: (statement: object) => Promise<Assertion>
  /** Signs a write and uses up its counter, without sending it. */
  readonly prepare: <N extends EndpointName>(name: N, input: Input<N>) => Promise<SignedRequest>
  readonly send: (request: SignedRequest) => Promise<RawAnswer>
}

type Page = Query<'listActivity'>
type How = { readonly verifyUser: boolean }
/** With the number that the till shows, where one is asked for. */
type Asked = How & { readonly number?: string }
/** `suspend`: freeze the cards too. */
type Answering = { readonly suspend?: boolean }

export function createTerminal(needs: TerminalNeeds): Terminal {
  return {
    state: () => needs.store.load(),
    join: (name) => join(needs, name),
    logIn: () => logIn(needs),
    enrol: (name) => enrol(needs, name),
    ...applying(needs),
    ...certificates(needs),
    ...pins(needs),
    ...plastics(needs),
    ...arrivals(needs),
    ...phones(needs),
    cards: async () => (await read(needs, 'listCards', { query: { limit: 100 } })).data,
    suspend: (id) => write(needs, 'suspendCard', { params: { id } }),
    resume: (id) => write(needs, 'resumeCard', { params: { id } }),
    ...holding(needs),
    claim: (link, presentment) => claim(needs, link, presentment),
    ...simWays(needs),
    present: (claimed, card, { verifyUser }) => present(needs, claimed, { card, verifyUser }),
    renewKeys: (card) => renewKeys(needs, card),
    deny: ({ payment }) => write(needs, 'denyPayment', { params: { id: payment } }),
    ...answering(needs),
    ...carrying(needs),
    reader: readingOf(needs),
    notices: async () => (await callAsPerson(needs, 'listNotices', {})).data,
    followNotices: (following) => followNotices(needs, following),
    activity: (page = {}) => read(needs, 'listActivity', { query: page }),
    activityOf: (id) => read(needs, 'getActivity', { params: { id } }),
    statement: (id, month) => read(needs, 'getStatement', { params: { id, month } }),
    retry: () => retry(needs),
    blobOf: (card) => blobOf(needs, card),
    shownFor: (card, content) => shownFor(needs, card, content),
    vouchFor: (statement) => vouchFor(needs, statement),
    prepare: (name, input) => prepare(needs, name, input),
    send: (request) => sendRaw(needs, request),
  }
}

const answering = (needs: TerminalNeeds) => ({
  questions: () => questions(needs),
  question: (approval: Id<'apr'>) => question(needs, approval),
  received: (asked: Question) => received(needs, asked),
  answer: (asked: Question, said: Said, how: Answering = {}) =>
    answer(needs, asked, { said, ...how }),
  presentAsked: async (asked: Question, card: Id<'crd'>, { number, verifyUser }: Asked) =>
    present(needs, await claimOf(asked, number ?? null), { card, verifyUser }),
  showCode: () => showCode(needs),
  showCapped: (cap: Cap) => showCapped(needs, cap),
  mutes: () => mutes(needs),
  liftMute: (merchant: Id<'mer'>) => liftMute(needs, merchant),
})

type Carrying = {
  /** What this person carries: proximity devices, readers, SIM cards. */
  readonly devices: () => Promise<readonly CarriedDevice[]>
  /** Pairs with the device on this link by what its label says. */
  readonly pairDevice: (link: ChipLink, pairing: Pairing) => Promise<CarriedDevice>
  readonly linkCard: (device: Id<'pxd'>, card: Id<'crd'>) => Promise<CarriedDevice>
  readonly removeDevice: (device: CarriedDevice['id']) => Promise<CarriedDevice>
  /** The device on this link forgets this phone. */
  readonly forgetDevice: (link: ChipLink, device: Id<'pxd'>) => Promise<void>
  /** Confirms what a till asked for that heard the device. */
  readonly confirmByDevice: (
    link: ChipLink,
    question: Question,
    how: Confirming,
  ) => Promise<Presented>
  /** Says that the device does not answer, so that operators see why nothing came. */
  readonly tellUnreached: (question: Question) => Promise<void>
  // A piece, for tests that attack.
  readonly chipCodeFor: (
    link: ChipLink,
    asked: Pick<BeaconStatement, 'content' | 'device'>,
  ) => Promise<ChipProof>
}

const carrying = (needs: TerminalNeeds): Carrying => ({
  devices: () => carriedDevices(needs),
  pairDevice: (link, pairing) => pairDevice(needs, link, pairing),
  linkCard: (device, card) => linkCard(needs, device, card),
  removeDevice: (device) => removeDevice(needs, device),
  forgetDevice: (link, device) => forgetDevice(needs, link, device),
  confirmByDevice: (link, question, how) => confirmByDevice(needs, link, question, how),
  tellUnreached: (question) => tellUnreached(needs, question),
  chipCodeFor: (link, asked) => chipCodeFor(needs, link, asked),
})

const applying = (needs: TerminalNeeds) => ({
  apply: (program: Id<'prg'>, applicant: Applicant, scheme: Scheme = 'double_sealed') =>
    write(needs, 'createApplication', { body: { program, scheme, applicant } }),
  application: (id: Id<'app'>) => read(needs, 'getApplication', { params: { id } }),
  startPhone: (id: Id<'app'>, phone: string) =>
    write(needs, 'startVerification', { params: { id }, body: { method: 'phone', phone } }),
  show: (id: Id<'app'>, proof: Exclude<Body<'startVerification'>, { method: 'issued_card' }>) =>
    write(needs, 'startVerification', { params: { id }, body: proof }),
  showCard: (id: Id<'app'>, card: Id<'crd'>) => showCard(needs, id, card),
  answerCode: (id: Id<'ver'>, code: string) =>
    write(needs, 'answerVerification', { params: { id }, body: { code } }),
  install: (application: Id<'app'>) => install(needs, application),
})

const holding = (needs: TerminalNeeds) => ({
  close: (id: Id<'crd'>) => write(needs, 'closeCard', { params: { id } }),
  control: (id: Id<'crd'>, own: Body<'controlCard'>) =>
    write(needs, 'controlCard', { params: { id }, body: own }),
  replace: (id: Id<'crd'>, reason: Body<'replaceCard'>['reason']) =>
    write(needs, 'replaceCard', { params: { id }, body: { reason } }),
  renew: (id: Id<'crd'>) => write(needs, 'renewCard', { params: { id } }),
})

/** What rests on the phone for the vault alone may be shown; a card that is read here may not. */
async function showCard(needs: TerminalNeeds, application: Id<'app'>, card: Id<'crd'>) {
  const kept = (await needs.store.load()).cards.find((one) => one.card === card)
  if (kept === undefined || !blobSchemes.some((scheme) => scheme === kept.scheme))
    throw new TerminalError('card_not_installed', 'This card cannot be shown from this phone.')
  const body = { method: 'issued_card', card, blob: await blobOf(needs, card) } as const
  return write(needs, 'startVerification', { params: { id: application }, body })
}
