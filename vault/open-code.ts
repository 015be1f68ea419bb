/**
 * A code that pays up to a cap, when a till has read it. Signature and passkey first, as for a
 * payment (open.ts); then that this is the code, this request in time and under the cap; only then
 * the card is opened. That a code is used once is the server's to decide: no money is known here.
 */

import { readBase64url } from '@warifu/crypto/base64url'
import { sha256 } from '@warifu/crypto/sha256'
import { CAPPED_CODE_PATH, cappedCodeBody } from '@warifu/protocol/capped-code'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { openPresented, withBlob } from './open.ts'
import type { Presented } from './schemes/scheme.ts'
import { readSenders, type Sender } from './senders.ts'
import { verifyTerminal } from './sim-voucher.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type RefusalOf, type World, yes } from './world.ts'

type Call = VaultInput<'open_code'>
type Step =
  | { readonly ok: true; readonly value: Presented }
  | { readonly ok: false; readonly refusal: RefusalOf<'open_code'> }

const bodyShape = Compile(cappedCodeBody)
const making = {
  path: new RegExp(`^${CAPPED_CODE_PATH}$`),
  read: (body: unknown) => (bodyShape.Check(body) ? body : undefined),
}

export async function openCodes(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Answer<'open_code'>[]> {
  const senders = await readSenders(
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  const steps = calls.map((call) => verify(world, call, senders.get(call.terminal)))
  const all = steps.flatMap((step) => (step.ok ? [step.value] : []))
  const opened = await openPresented(world, sql, all)
  return steps.map((step): Answer<'open_code'> => {
    if (!step.ok) return step
    const answer = opened.get(step.value)
    if (answer === undefined) throw new Error('a code without its answer')
    if (!answer.ok) return answer
    const { card, cardholder, content_digest, signed_with, opened_with } = answer.value
    return yes({ card, cardholder, content_digest, signed_with, opened_with })
  })
}

function verify(world: World, call: Call, sender: Sender | undefined): Step {
  const sent = verifyTerminal(world, call.request, sender, making)
  if (!sent.ok) return sent
  const { statement, blob } = sent.value.body
  const { content } = statement
  const read = readBase64url(call.code)
  const isThisCode =
    read?.length === 16 && sha256(read).toString('base64url') === content.subject.digest
  if (!isThisCode || content.card !== statement.card) return no('statement_invalid')
  if (Date.parse(call.now) >= Date.parse(content.deadline_at)) return no('code_expired')
  if (call.currency !== content.currency || call.amount > content.amount) return no('cap_exceeded')
  const { userVerified } = sent.value
  const { terminal } = call
  return withBlob({ terminal, sender: sent.value.sender, statement, blob, userVerified })
}
