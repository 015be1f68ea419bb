/**
 * Control of an issued card, as identification: the terminal's signed request carries the sealed
 * card that rests on it. Sender before content, as at a payment; no payment can be made of it,
 * since its path is an application's and it has no statement of one.
 */

import { type Id, isId } from '@warifu/protocol/ids'
import { schemes } from '@warifu/protocol/schemes'
import type { VaultInput } from '@warifu/protocol/vault'
import { cardProof } from '@warifu/protocol/vault-issuing'
import { Compile } from 'typebox/compile'
import { openInner } from './inner-blob.ts'
import { parseJson } from './parse-json.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

type Call = VaultInput<'prove_card'>

const proofShape = Compile(cardProof)
const proofPath = /^\/v1\/applications\/(app_[0-9A-HJKMNP-TV-Z]{26})\/verifications$/

export async function proveCards(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Answer<'prove_card'>[]> {
  const senders = await readSenders(
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  return calls.map((call) => prove(world, call, senders.get(call.terminal)))
}

/** The application that a request is for. */
export const applicationOf = ({ request }: Call): Id<'app'> | undefined => {
  const id = proofPath.exec(request.path)?.[1] ?? ''
  return isId('app', id) ? id : undefined
}

function prove(world: World, call: Call, sender: Sender | undefined): Answer<'prove_card'> {
  if (sender === undefined) return no('terminal_unknown')
  if (sender.state !== 'admitted') return no('terminal_not_admitted')
  const { request } = call
  const application = applicationOf(call)
  if (application === undefined || request.method !== 'POST' || request.query !== '')
    return no('signature_invalid')
  const body = world.verifyRequest(request, sender)
  if (body === undefined) return no('signature_invalid')
  const proof = parseJson(body)
  if (!proofShape.Check(proof)) return no('statement_invalid')
  const { card, blob } = proof
  const bound = sender.cards.get(card)?.scheme
  const scheme = schemes.find((one) => one === bound)
  if (scheme === undefined) return no('card_unknown')
  const opened = openInner(world, { sender, statement: { card, scheme } }, blob)
  if (!opened.ok) return no(meaningOf(opened.refusal))
  return yes({ card, cardholder: sender.cardholder, application })
}

const meanings = [
  'blob_mismatch',
  'cardholder_mismatch',
  'scheme_mismatch',
  'card_unknown',
] as const
const meaningOf = (refusal: string) => meanings.find((one) => one === refusal) ?? 'blob_invalid'
