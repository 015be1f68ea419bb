/**
 * Cardholders: how they join and log in, and the messages sent to them. This room keeps references
 * to passkeys; the keys, and every check by them, are the vault's.
 */
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import {
  deliver,
  listMessages,
  type Message,
  type MessagePage,
  type Messenger,
  receiveMessage,
  type SentMessage,
} from './message.ts'
import type { Needs } from './needs.ts'
import { type Operator, operatorOf } from './operator.ts'
import {
  type Challenge,
  type Joined,
  type Joining,
  join,
  type LoggingIn,
  logIn,
  startChallenge,
} from './registration.ts'
import { type Session, sessionOf } from './session.ts'

export { type ActLogRow, type ChainVerdict, type LoggedAct, logAct, nextHead } from './act-log.ts'
export type { ActRow } from './acts.ts'
export { faultByHouse, Misunderstood, recordByHouse } from './by-house.ts'
export { type ConsolePeople, createConsolePeople, type Persona } from './console-door.ts'
export { type ConsoleSession, type OpenedSession, signedIn } from './console-session.ts'
export {
  endMerchantUsers,
  idOfWho,
  isMerchantUser,
  type MerchantUser,
  type MerchantUserRow,
  type Who,
} from './console-who.ts'
export {
  type FoundCardholder,
  type FoundOperator,
  findCardholders,
  findOperators,
  namesOf,
} from './finding.ts'
export {
  type Message,
  type Messenger,
  queueMessage,
  receiveMessage,
  type SentMessage,
} from './message.ts'
export { type MessageName, messageText } from './message-words.ts'
export {
  addOperator,
  endOperator,
  listOperators,
  type NewOperator,
  type Operator,
} from './operator.ts'
export { maskPhone, readPhone } from './phone.ts'
export { createHttpMessenger, type Provider, type Providers } from './provider.ts'
export { type Cardholder, type Challenge, cardholderOf, type Joined } from './registration.ts'
export type { SavedFilter } from './saved-filter.ts'
export { type Act, askSecond, SECOND_MS, type Waiting, waitingFor } from './second.ts'
export type { Session } from './session.ts'

export type People = {
  readonly startJoining: (nowMs: number) => Promise<Challenge>
  readonly join: (joining: Joining, nowMs: number) => Promise<Answer<Joined>>
  readonly startLogin: (nowMs: number) => Promise<Challenge>
  readonly logIn: (loggingIn: LoggingIn, nowMs: number) => Promise<Answer<Session>>
  readonly sessionOf: (
    token: string,
    nowMs: number,
  ) => Promise<{ readonly cardholder: Id<'chl'> } | undefined>
  /** Whose token (`wo_…`) this is, and what its holder may do. */
  readonly operatorOf: (token: string) => Promise<Operator | undefined>
  /** Sends waiting messages; answers with how many left. */
  readonly deliver: (nowMs: number) => Promise<number>
  /** The sandbox's provider takes a message into its inbox. */
  readonly receive: (message: Message, nowMs: number) => Promise<void>
  /** What it received, newest first. */
  readonly messages: (page: MessagePage) => Promise<SentMessage[]>
  /** Forgets challenges and sessions whose time is over. */
  readonly tick: (nowMs: number) => Promise<void>
}

export function createPeople(needs: Needs & { readonly messenger: Messenger }): People {
  const { store, messenger } = needs
  return {
    startJoining: (nowMs) => startChallenge(needs, 'join', nowMs),
    join: (joining, nowMs) => join(needs, joining, nowMs),
    startLogin: (nowMs) => startChallenge(needs, 'login', nowMs),
    logIn: (loggingIn, nowMs) => logIn(needs, loggingIn, nowMs),
    sessionOf: (token, nowMs) => sessionOf(store.sql, token, nowMs),
    operatorOf: (token) => operatorOf(store.sql, token),
    deliver: (nowMs) => deliver(store, messenger, nowMs),
    receive: (message, nowMs) => receiveMessage(store.sql, message, nowMs),
    messages: (page) => listMessages(store.sql, page),
    tick: async (nowMs) => {
      await store.sql`
        with late as (delete from people.registration where deadline_ms <= ${nowMs})
        delete from people.session where expires_ms <= ${nowMs}`
    },
  }
}
