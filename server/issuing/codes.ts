/**
 * A code to a phone, written (SMS) or spoken (ARS): the vault makes, counts and compares it; the
 * message says it in the person's language. The code is kept nowhere else.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { maskPhone, queueMessage, readPhone } from '#people'
import type { Tx } from '#store'
import type { Needs } from './needs.ts'
import type { Begun, Language, Starting } from './starting.ts'

export const CODE_TRIES = 5

/** What a message says; `{code}` is the code, for the voice with pauses between its digits. */
const words = {
  phone: {
    en: 'Warifu: {code} is your code. It is good for ten minutes. Tell it to nobody.',
    ja: 'Warifu: 確認コードは {code} です。10分間有効です。誰にも教えないでください。',
    ko: 'Warifu: 인증 코드는 {code} 입니다. 10분 동안 유효합니다. 누구에게도 알려 주지 마세요.',
  },
  voice: {
    en: 'This is Warifu. Your code is: {code}. Once more: {code}. Tell it to nobody.',
    ja: 'Warifuです。確認コードは、{code}。もう一度、{code}。誰にも教えないでください。',
    ko: 'Warifu입니다. 인증 코드는 {code}. 다시 한 번, {code}. 누구에게도 알려 주지 마세요.',
  },
} as const

const channels = { phone: 'sms', voice: 'voice' } as const

export const sayCode = (method: 'phone' | 'voice', language: Language, code: string): string =>
  words[method][language].replaceAll('{code}', method === 'voice' ? [...code].join(', ') : code)

type Proof = Extract<Starting['proof'], { method: 'phone' | 'voice' }>

export async function startCode(
  needs: Needs,
  { id, deadlineMs, proof }: Starting & { readonly proof: Proof },
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
  const body = sayCode(proof.method, proof.language ?? 'en', made.output.code)
  const channel = channels[proof.method]
  return done({
    state: 'sent',
    destination: maskPhone(number),
    detail: { phone: number },
    also: async (tx: Tx, nowMs: number) =>
      queueMessage(tx, { id: needs.mint('msg'), channel, recipient: number, body }, nowMs),
  })
}
