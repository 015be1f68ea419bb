/** What every method of identification is given, and what it makes of it. */
import type { Body } from '@warifu/protocol/contract'
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import type { Tx } from '#store'
import type { TerminalCall } from '#terminals'
import type { Application } from './application.ts'
import type { Needs } from './needs.ts'
import type { Detail, VerificationState } from './verification.ts'

export type Proof = Body<'startVerification'>

export type Starting = {
  readonly id: Id<'ver'>
  readonly call: TerminalCall
  readonly application: Application
  readonly proof: Proof
  /** Of what the person is sent. */
  readonly language: Language
  readonly deadlineMs: number
  readonly nowMs: number
}

/** What came of a start, before it is written. A refused one is written too, and counts. */
export type Begun = {
  readonly state: VerificationState
  readonly destination: string
  readonly detail: Detail
  readonly reason?: string
  /** What else is written in the same transaction; a refusal where it may no longer be. */
  readonly also?: (tx: Tx, nowMs: number) => Promise<void>
}

export type Method<P extends Proof = Proof> = {
  /** How long one try waits for its end. */
  readonly minutes: number
  /** How many tries one application has. */
  readonly tries: number
  readonly start: (
    needs: Needs,
    starting: Starting & { readonly proof: P },
  ) => Promise<Answer<Begun>>
}
