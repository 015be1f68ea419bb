/**
 * A phone that is in ends another one of its owner: by its own signature over just that, and the
 * passkey's assertion. A synced passkey alone ends nothing, and neither does a phone without it.
 */

import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { removeTerminalBody } from '@warifu/protocol/phone'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { moveHomes } from './homes.ts'
import { parseJson } from './parse-json.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { type LockedTerminal, lockTerminal } from './terminals.ts'
import { type Answer, no, type World, yes } from './world.ts'

type Dismissal = VaultInput<'dismiss_terminal'>

const bodyShape = Compile(removeTerminalBody)
const path = /^\/v1\/terminals\/(trm_[0-9A-HJKMNP-TV-Z]{26})\/remove$/

export async function dismissTerminals(
  world: World,
  sql: Sql,
  inputs: readonly Dismissal[],
): Promise<Answer<'dismiss_terminal'>[]> {
  const answers: Answer<'dismiss_terminal'>[] = []
  for (const input of inputs) answers.push(await dismiss(world, sql, input))
  return answers
}

async function dismiss(
  world: World,
  sql: Sql,
  input: Dismissal,
): Promise<Answer<'dismiss_terminal'>> {
  const { terminal, by } = input
  // Of two phones that end each other one is quicker.
  const locked = new Map<string, LockedTerminal | undefined>()
  for (const id of [terminal, by].sort()) locked.set(id, await lockTerminal(sql, id))
  const sender = (await readSenders(world, sql, [by])).get(by)
  if (sender === undefined) return no('terminal_unknown')
  if (sender.state !== 'admitted') return no('terminal_not_admitted')
  const refusal = whyNotVouched(world, sender, input)
  if (refusal !== undefined) return no(refusal)
  const row = locked.get(terminal)
  if (row === undefined) return no('terminal_unknown')
  if (row.cardholder !== sender.cardholder || terminal === by) return no('cardholder_mismatch')
  if (row.state === 'removed') return yes({ terminal })
  await sql`update terminals.terminal set state = 'removed' where terminal = ${terminal}`
  await moveHomes(sql, { from: terminal, to: by })
  return yes({ terminal })
}

function whyNotVouched(world: World, sender: Sender, { terminal, by, request }: Dismissal) {
  const isFor = path.exec(request.path)?.[1] === terminal
  const isPlain = request.method === 'POST' && request.query === ''
  const bytes = isFor && isPlain ? world.verifyRequest(request, sender) : undefined
  if (bytes === undefined) return 'signature_invalid'
  const body = parseJson(bytes)
  if (!bodyShape.Check(body)) return 'statement_invalid'
  const { statement, assertion } = body
  if (statement.terminal !== terminal || statement.by !== by) return 'statement_invalid'
  const { credential } = sender
  const challenge = sha256(jcs(statement)).toString('base64url')
  const isOwner =
    credential !== undefined && world.verifyAssertion({ assertion, credential, challenge })
  return isOwner ? undefined : 'assertion_invalid'
}
