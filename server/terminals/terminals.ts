/**
 * The cardholder's terminals: registered with two keys that the vault bound, and the counter that
 * makes each of their writes happen once.
 */
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { TerminalCall } from './call.ts'
import {
  type Confirming,
  confirmTerminal,
  createTerminal,
  type Enrolment,
  type NewTerminal,
  type Registered,
  startEnrolment,
} from './enrolment.ts'
import type { Needs } from './needs.ts'
import { once, type Work } from './once.ts'
import {
  activeTerminals,
  createKeyRing,
  listTerminals,
  readTerminal,
  type Terminal,
  type TerminalKey,
} from './terminal.ts'

export { idOfCall, type TerminalCall } from './call.ts'
export { createDirectory, type Directory, type Found } from './directory.ts'
export { type FoundTerminal, findTerminals } from './finding.ts'
export { endedAs, letIn, nextVersion, removeTerminal, replaceTerminal } from './moving.ts'
export { shownAs, type Work } from './once.ts'
export {
  activeTerminals,
  listTerminals,
  type Phone,
  phonesOf,
  readTerminal,
  type Terminal,
  type TerminalKey,
} from './terminal.ts'

export type Terminals = {
  readonly startEnrolment: (cardholder: Id<'chl'>, nowMs: number) => Promise<Enrolment>
  readonly create: (asked: NewTerminal, nowMs: number) => Promise<Answer<Registered>>
  readonly confirm: (confirming: Confirming, nowMs: number) => Promise<Answer<Terminal>>
  readonly get: (id: Id<'trm'>) => Promise<Terminal | undefined>
  readonly list: (cardholder: Id<'chl'>) => Promise<Terminal[]>
  /** Which of these may act. */
  readonly active: (ids: readonly Id<'trm'>[]) => Promise<Id<'trm'>[]>
  /** For the authentication door: the key is kept in memory, the status is always read. */
  readonly keyOf: (id: Id<'trm'>) => Promise<TerminalKey | undefined>
  /** Does a terminal's work once for its counter; see once.ts. */
  readonly once: <G, T>(call: TerminalCall, work: Work<G, T>, nowMs: number) => Promise<Answer<T>>
}

export function createTerminals(needs: Needs): Terminals {
  const { sql } = needs.store
  const keyOf = createKeyRing()
  return {
    startEnrolment: (cardholder, nowMs) => startEnrolment(needs, cardholder, nowMs),
    create: (asked, nowMs) => createTerminal(needs, asked, nowMs),
    confirm: (confirming, nowMs) => confirmTerminal(needs, confirming, nowMs),
    get: (id) => readTerminal(sql, id),
    list: (cardholder) => listTerminals(sql, cardholder),
    active: (ids) => activeTerminals(sql, ids),
    keyOf: (id) => keyOf(sql, id),
    once: (call, work, nowMs) => once(needs, { call, nowMs }, work),
  }
}
