/**
 * An act of a cardholder on one of their cards, as it came over the wire: the terminal's signature
 * (RFC 9421) by the key bound at enrolment, then the passkey's assertion over the act's statement,
 * then that the card is theirs. Nothing of the body is read before its signature stands.
 */

import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import type { assertion } from '@warifu/protocol/shapes'
import type { SignedRequest } from '@warifu/protocol/vault'
import type { Static } from 'typebox'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { no, type World, yes } from './world.ts'

/** What every such body has; an assertion may be left out where an act does not ask for one. */
export type ActBody = {
  readonly statement: { readonly card: string; readonly terminal: string }
  readonly assertion?: Static<typeof assertion>
}
export type ActCall = { readonly terminal: string; readonly request: SignedRequest }

export type Act<B extends ActBody> = {
  /** Its first group is the id that the act is on. */
  readonly path: RegExp
  readonly read: (body: unknown) => B | undefined
  /** Which id of the body the path must name. */
  readonly named: (body: B) => string
}

export type Acted<B extends ActBody> = { readonly sender: Sender; readonly body: B }

type Refusal =
  | 'terminal_unknown'
  | 'terminal_not_admitted'
  | 'signature_invalid'
  | 'statement_invalid'
  | 'assertion_invalid'
  | 'card_unknown'
type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

export async function verifyAct<B extends ActBody>(
  world: World,
  sql: Sql,
  { terminal, request }: ActCall,
  act: Act<B>,
): Promise<Step<Acted<B>>> {
  const sender = (await readSenders(world, sql, [terminal])).get(terminal)
  if (sender === undefined) return no('terminal_unknown')
  if (sender.state !== 'admitted') return no('terminal_not_admitted')
  const on = act.path.exec(request.path)?.[1]
  if (request.method !== 'POST' || request.query !== '' || on === undefined)
    return no('signature_invalid')
  const bytes = world.verifyRequest(request, sender)
  if (bytes === undefined) return no('signature_invalid')
  const body = act.read(parseJson(bytes))
  if (body === undefined || body.statement.terminal !== terminal || act.named(body) !== on)
    return no('statement_invalid')
  if (!isVouchedFor(world, sender, body)) return no('assertion_invalid')
  return sender.cards.has(body.statement.card) ? yes({ sender, body }) : no('card_unknown')
}

function isVouchedFor(
  { verifyAssertion }: World,
  { credential }: Sender,
  { statement, assertion }: ActBody,
): boolean {
  if (assertion === undefined) return true
  const challenge = sha256(jcs(statement)).toString('base64url')
  return credential !== undefined && verifyAssertion({ assertion, credential, challenge })
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
