/**
 * The contract: every endpoint, once. It feeds the router, validation, clients' types and the
 * OpenAPI document. An endpoint that is not here does not exist; a caller not named is refused.
 */

import type { Static, TObject, TSchema, TUnion } from 'typebox'
import { apiKeyEndpoints } from './api-key-contract.ts'
import { applyingEndpoints } from './applying-contract.ts'
import { approvalEndpoints } from './approval-contract.ts'
import { arrivalEndpoints } from './arrival-contract.ts'
import { cardEndpoints } from './card-contract.ts'
import { consoleEndpoints } from './console-contract.ts'
import { deviceEndpoints } from './device-contract.ts'
import type { Refusal } from './errors.ts'
import { eventEndpoints } from './event-contract.ts'
import { issuingEndpoints } from './issuing-contract.ts'
import { joiningEndpoints } from './joining-contract.ts'
import { merchantEndpoints } from './merchant-contract.ts'
import { operatorEndpoints } from './operator-contract.ts'
import type { OperatorRole } from './operator-objects.ts'
import { payingEndpoints } from './paying-contract.ts'
import { paymentEndpoints } from './payment-contract.ts'
import { plasticEndpoints } from './plastic-contract.ts'
import { readerEndpoints } from './reader-contract.ts'
import { reconciliationEndpoints } from './reconciliation-contract.ts'
import { salesEndpoints } from './sales-contract.ts'
import { sandboxEndpoints } from './sandbox-contract.ts'
import { settlementEndpoints } from './settlement-contract.ts'
import { simEndpoints } from './sim-contract.ts'
import { statementEndpoints } from './statement-contract.ts'
import { terminalEndpoints } from './terminal-contract.ts'
import { testKitEndpoints } from './test-kit-contract.ts'
import { webhookEndpoints } from './webhook-contract.ts'

/**
 * Who may call. `merchant`: secret API key. `session`: a cardholder's log-in (15 minutes).
 * `terminal`: RFC 9421 signature; writes advance its counter. `terminal_by_vault`: the same, but
 * the vault verifies it, on the way to opening the card. `operator`: a token of who works here,
 * with one of the endpoint's roles. `bureau`: as a terminal signs, by the bureau's own key and
 * counter. `console`: who is signed in at the console, whoever it is. `sandbox`: anyone, in sandbox
 * mode only. An operator's endpoint also takes an operator's console session, a merchant's that of
 * its user.
 */
export type Caller =
  | 'anyone'
  | 'merchant'
  | 'session'
  | 'terminal'
  | 'terminal_by_vault'
  | 'operator'
  | 'console'
  | 'bureau'
  | 'sandbox'

export type Endpoint = {
  readonly method: 'GET' | 'POST'
  readonly path: `/v1/${string}`
  readonly summary: string
  readonly tag: string
  readonly caller: Caller
  /** Operators need one of these. */
  readonly roles?: readonly OperatorRole[]
  /** How often one address may ask in a second, where anyone may. */
  readonly perSecond?: number
  /** A phone whose place was taken may still read it. */
  readonly alsoReplaced?: true
  /** An Idempotency-Key header is required (merchants); terminals have their counter instead. */
  readonly idempotencyKey?: true
  /** Money can move: every refusal says `performed`, `not_performed` or `unknown`. */
  readonly movesMoney?: true
  /** The answer is text/event-stream without end; `answer` is the data of each message. */
  readonly stream?: true
  /** Also as text/csv (`Accept: text/csv`): all pages in one file, a column per field. */
  readonly csv?: true
  /** The body is a file, text/csv, read as it streams. */
  readonly takesCsv?: true
  /** Answered with an ETag; `If-None-Match` spares the answer. */
  readonly etag?: true
  readonly params?: TObject
  readonly query?: TObject
  /** An object, or a union of objects told apart by their `kind`. */
  readonly body?: TObject | TUnion<TObject[]>
  readonly answer: TSchema
  readonly status: 200 | 201
  /** The refusals of its own, beside those of validation, authentication and faults. */
  readonly refuses: readonly Refusal[]
}

export const contract = {
  ...joiningEndpoints,
  ...terminalEndpoints,
  ...applyingEndpoints,
  ...cardEndpoints,
  ...paymentEndpoints,
  ...payingEndpoints,
  ...merchantEndpoints,
  ...webhookEndpoints,
  ...issuingEndpoints,
  ...apiKeyEndpoints,
  ...operatorEndpoints,
  ...consoleEndpoints,
  ...plasticEndpoints,
  ...arrivalEndpoints,
  ...deviceEndpoints,
  ...simEndpoints,
  ...readerEndpoints,
  ...approvalEndpoints,
  ...salesEndpoints,
  ...reconciliationEndpoints,
  ...testKitEndpoints,
  ...settlementEndpoints,
  ...statementEndpoints,
  ...eventEndpoints,
  ...sandboxEndpoints,
} as const satisfies Record<string, Endpoint>

export type Contract = typeof contract
export type EndpointName = keyof Contract
/** Endpoints that answer with a stream, and those that answer once. */
export type StreamName = {
  [N in EndpointName]: Contract[N] extends { readonly stream: true } ? N : never
}[EndpointName]
export type CallName = Exclude<EndpointName, StreamName>

type Part<E, K extends string> = E extends { readonly [P in K]: infer S extends TSchema }
  ? Static<S>
  : Record<never, never>
export type Params<N extends EndpointName> = Part<Contract[N], 'params'>
export type Query<N extends EndpointName> = Part<Contract[N], 'query'>
export type Body<N extends EndpointName> = Part<Contract[N], 'body'>
export type Reply<N extends EndpointName> = Static<Contract[N]['answer']>
