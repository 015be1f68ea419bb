/**
 * A code to a phone, written (SMS) or spoken (ARS): the vault makes, counts and compares it; the
 * message says it in the person's language. The code is kept nowhere else.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { maskPhone, messageText, queueMessage, readPhone } from '#people'
import type { Tx } from '#store'
import type { Needs } from './needs.ts'
import type { Begun, Starting } from './starting.ts'

export const CODE_TRIES = 5

const messages = { phone: 'code', voice: 'code_spoken' } as const
const channels = { phone: 'sms', voice: 'voice' } as const

type Proof = Extract<Starting['proof'], { method: 'phone' | 'voice' }>

export async function startCode(
  needs: Needs,
  { id, deadlineMs, proof, language }: Starting & { readonly proof: Proof },
): Promise<Answer<Begun>> {
  const number = readPhone(proof.phone)
  if (number === undefined) return refused('field_invalid', 'phone')
  const expires_at = new Date(deadlineMs).toISOString()
  const made = await needs.vault.call('make_code', {
    verification: id,
    tries: CODE_TRIES,
    expires_at,
  })
  if (!made.ok) return refused('code_exhausted')
  const body = messageText(messages[proof.method], language, { code: made.output.code })
  const channel = channels[proof.method]
  return done({
    state: 'sent',
    destination: maskPhone(number),
    detail: { phone: number },
    also: async (tx: Tx, nowMs: number) =>
      queueMessage(tx, { id: needs.mint('msg'), channel, recipient: number, body }, nowMs),
  })
}
