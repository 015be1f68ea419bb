/**
 * Questions outside of a payment's link: a shop asks for a consent to charge later. What is shown
 * is what the passkey vouches for; its digest is computed here, never taken from the platform.
 */
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Reply } from '@warifu/protocol/contract'
import { read, type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import { TerminalError } from './terminal-error.ts'
import { digestOfJson } from './terminal-keys.ts'

export type Question = Reply<'listApprovals'>['data'][number]

export const questions = async (needs: TerminalNeeds): Promise<readonly Question[]> =>
  (await read(needs, 'listApprovals', { query: { limit: 100 } })).data

/** Says yes, with the passkey, or no. */
export async function answer(
  needs: TerminalNeeds,
  { id, content, content_digest }: Question,
  said: 'approve' | 'deny',
): Promise<Question> {
  if (content_digest !== (await digestOfJson(content)))
    throw new TerminalError('order_mismatch', 'What would be shown is not what would be signed.')
  const assertion = said === 'approve' ? { assertion: await vouch(needs, jcsBytes(content)) } : {}
  const body = { answer: said, content_digest, ...assertion }
  return write(needs, 'answerApproval', { params: { id }, body })
}
