/**
 * A further phone of a person. Whoever has the passkey can enrol one, and no more than that: it
 * waits. It is let in by the signed yes of a phone that is in, over exactly its two keys, or by two
 * proofs of identity of different methods and a time in which the old phone can call it back.
 */

import { timingSafeEqual } from 'node:crypto'
import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import type { TerminalContent } from '@warifu/protocol/approval-content'
import { answerApprovalBody } from '@warifu/protocol/approval-contract'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { type Ending, endTerminals } from './ending.ts'
import { moveHomes } from './homes.ts'
import { parseJson } from './parse-json.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { type LockedTerminal, lockTerminal } from './terminals.ts'
import { type Answer, no, type World, yes } from './world.ts'

type Release = VaultInput<'release_terminal'>

const answerShape = Compile(answerApprovalBody)
const answerPath = /^\/v1\/approvals\/(apr_[0-9A-HJKMNP-TV-Z]{26})\/answer$/
const recallPath = /^\/v1\/arrivals\/(trm_[0-9A-HJKMNP-TV-Z]{26})\/cancel$/
const PROOFS = 2

export async function releaseTerminals(
  world: World,
  sql: Sql,
  inputs: readonly Release[],
): Promise<Answer<'release_terminal'>[]> {
  const answers: Answer<'release_terminal'>[] = []
  for (const input of inputs) answers.push(await release(world, sql, input))
  return answers
}

async function release(
  world: World,
  sql: Sql,
  input: Release,
): Promise<Answer<'release_terminal'>> {
  const { terminal, replaces } = input
  const row = await lockTerminal(sql, terminal)
  if (row === undefined) return no('terminal_unknown')
  if (row.state !== 'waiting' && row.state !== 'admitted') return no('terminal_not_admitted')
  const old = replaces === null ? undefined : await lockTerminal(sql, replaces)
  if (replaces !== null && old?.cardholder !== row.cardholder) return no('cardholder_mismatch')
  const refusal =
    input.yes === null
      ? await whyNotProved(world, sql, terminal)
      : await whyNotVouched(world, sql, { ...input, yes: input.yes }, row)
  if (refusal !== undefined) return no(refusal)
  if (row.state === 'admitted') return yes({ terminal })
  await sql`update terminals.terminal set state = 'admitted' where terminal = ${terminal}`
  if (replaces !== null) await moveHomes(sql, { from: replaces, to: terminal })
  return yes({ terminal })
}

type Vouched = Release & { readonly yes: NonNullable<Release['yes']> }

/** The yes of a phone that is in: signature, passkey, and just these keys in the content. */
async function whyNotVouched(
  world: World,
  sql: Sql,
  { terminal, replaces, yes: { terminal: by, content, request } }: Vouched,
  row: LockedTerminal,
) {
  const sender = (await readSenders(world, sql, [by])).get(by)
  if (sender === undefined) return 'terminal_unknown'
  if (sender.state !== 'admitted') return 'terminal_not_admitted'
  if (sender.cardholder !== row.cardholder) return 'cardholder_mismatch'
  if (answerPath.exec(request.path)?.[1] !== content.approval) return 'signature_invalid'
  const bytes = isPost(request) ? world.verifyRequest(request, sender) : undefined
  if (bytes === undefined) return 'signature_invalid'
  const body = parseJson(bytes)
  const digest = sha256(jcs(content)).toString('base64url')
  if (!answerShape.Check(body) || body.answer !== 'approve' || body.content_digest !== digest)
    return 'statement_invalid'
  if (!isAbout(content, { terminal, replaces }, row)) return 'statement_invalid'
  const { assertion } = body
  const { credential } = sender
  const isOwner =
    assertion !== undefined &&
    credential !== undefined &&
    world.verifyAssertion({ assertion, credential, challenge: digest })
  return isOwner ? undefined : 'assertion_invalid'
}

const isPost = ({ method, query }: { readonly method: string; readonly query: string }) =>
  method === 'POST' && query === ''

const isAbout = (
  content: TerminalContent,
  { terminal, replaces }: Pick<Release, 'terminal' | 'replaces'>,
  row: LockedTerminal,
): boolean =>
  content.subject.id === terminal &&
  content.replaces === replaces &&
  isSame(content.sealing_thumbprint, row.sealing_thumbprint) &&
  isSame(content.signing_thumbprint, row.signing_thumbprint)

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Proofs count by method; the newest one begins the waiting time, by the vault's own clock. */
async function whyNotProved({ nowMs, recoveryWaitMs }: World, sql: Sql, terminal: string) {
  const passed = await sql<{ method: string; at: string }[]>`
    select method, min(passed_at_ms) as at from terminals.proof
    where terminal = ${terminal} and passed_at_ms is not null group by method`
  if (passed.length < PROOFS) return 'proofs_missing'
  const newest = Math.max(...passed.map(({ at }) => Number(at)))
  return newest + recoveryWaitMs > nowMs() ? 'proofs_too_new' : undefined
}

export const recallTerminals = (
  world: World,
  sql: Sql,
  inputs: readonly VaultInput<'recall_terminal'>[],
): Promise<Answer<'recall_terminal'>[]> =>
  endTerminals({ world, sql, whyNot: whyNotRecalled }, inputs)

function whyNotRecalled(world: World, sender: Sender, { terminal, request }: Ending) {
  const isFor = isPost(request) && recallPath.exec(request.path)?.[1] === terminal
  return isFor && world.verifyRequest(request, sender) !== undefined
    ? undefined
    : 'signature_invalid'
}
