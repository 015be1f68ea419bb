/**
 * What a person is asked: to consent to later charges, to pay where they did not begin, to let
 * another phone in. What is shown is what the passkey vouches for; its digest is computed here,
 * never taken from the platform. Where the till shows a number, the content is whole only with it.
 */
import { jcsBytes } from '@warifu/crypto/jcs'
import { isPayment } from '@warifu/protocol/approval-content'
import type { Body, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { read, type TerminalNeeds, write } from './asking.ts'
import { vouch } from './joining.ts'
import type { Claim } from './paying.ts'
import { TerminalError } from './terminal-error.ts'
import { digestOfJson } from './terminal-keys.ts'

export type Question = Reply<'getApproval'>
export type Said = Body<'answerApproval'>['answer']

export const questions = async (needs: TerminalNeeds): Promise<readonly Question[]> =>
  (await read(needs, 'listApprovals', { query: { limit: 100 } })).data

export const question = (needs: TerminalNeeds, id: Id<'apr'>): Promise<Question> =>
  read(needs, 'getApproval', { params: { id } })

/** Says, signed, that it was shown. */
export const received = (needs: TerminalNeeds, { id }: Question): Promise<Question> =>
  write(needs, 'receiveApproval', { params: { id } })

const mismatch = () =>
  new TerminalError('order_mismatch', 'What would be shown is not what would be signed.')

/** Says yes, with the passkey, or no, or that it was not them. */
export async function answer(
  needs: TerminalNeeds,
  { id, content, content_digest }: Question,
  { said, suspend = false }: { readonly said: Said; readonly suspend?: boolean },
): Promise<Question> {
  const params = { id }
  if (said !== 'approve')
    return write(needs, 'answerApproval', {
      params,
      body: { answer: said, ...(suspend ? { suspend: 'cards' } : {}) },
    })
  if (content_digest !== (await digestOfJson(content))) throw mismatch()
  const assertion = await vouch(needs, jcsBytes(content))
  return write(needs, 'answerApproval', {
    params,
    body: { answer: said, content_digest, assertion },
  })
}

/** A payment that was asked for, as one that this terminal opened: to be paid with its own card. */
export async function claimOf(
  { content, content_digest, lines, number }: Question,
  entered: string | null = null,
): Promise<Claim> {
  if (!isPayment(content)) throw mismatch()
  const whole = number === null ? content : { ...content, match_number: entered }
  const isWhole = number !== null || content_digest === (await digestOfJson(whole))
  if (!isWhole || whole.order_digest !== (await digestOfJson(lines))) throw mismatch()
  const payment = content.subject.id
  return { object: 'claim', payment, content: whole, lines, return_url: null }
}

/** A code for a till to read. */
export const showCode = (needs: TerminalNeeds): Promise<Reply<'createCode'>> =>
  write(needs, 'createCode', {})

export const mutes = async (needs: TerminalNeeds): Promise<readonly Reply<'liftMute'>[]> =>
  (await read(needs, 'listMutes', {})).data
export const liftMute = (needs: TerminalNeeds, id: Id<'mer'>): Promise<Reply<'liftMute'>> =>
  write(needs, 'liftMute', { params: { id } })
