/**
 * A phone that is in ends another one of its owner: by its own signature over just that, and the
 * passkey's assertion. A synced passkey alone ends nothing, and neither does a phone without it.
 */

import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { removeTerminalBody } from '@warifu/protocol/phone'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { type Ending, endTerminals } from './ending.ts'
import { parseJson } from './parse-json.ts'
import type { Sender } from './senders.ts'
import type { Sql } from './store.ts'
import type { Answer, World } from './world.ts'

const bodyShape = Compile(removeTerminalBody)
const path = /^\/v1\/terminals\/(trm_[0-9A-HJKMNP-TV-Z]{26})\/remove$/

export const dismissTerminals = (
  world: World,
  sql: Sql,
  inputs: readonly VaultInput<'dismiss_terminal'>[],
): Promise<Answer<'dismiss_terminal'>[]> =>
  endTerminals({ world, sql, whyNot: whyNotVouched }, inputs)

function whyNotVouched(world: World, sender: Sender, { terminal, by, request }: Ending) {
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
