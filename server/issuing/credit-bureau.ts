/** A credit bureau, by HTTP: what it is asked, and what its answers mean. A throw: no answer. */
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { Report } from './rules.ts'

export type CreditAsk = {
  /** Names the question, so that asking again is the same question. */
  readonly reference: string
  readonly name: string
  readonly birthDate: string
}
export type CreditBureau = (ask: CreditAsk) => Promise<Report>

export type CreditBureauPlace = {
  readonly url: string
  readonly key: string | undefined
  readonly deadlineMs: number
}

/** What may come back; more than this is not believed. */
const answered = Type.Object({
  score: Type.Integer({ minimum: 0, maximum: 1000 }),
  debt: Type.Integer({ minimum: 0, maximum: 999_999_999_999 }),
})

export const createHttpCreditBureau =
  ({ url, key, deadlineMs }: CreditBureauPlace, send: typeof fetch): CreditBureau =>
  async ({ reference, name, birthDate }) => {
    const answer = await send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': reference,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ reference, name, birth_date: birthDate }),
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
    })
    if (answer.status === 404) {
      await answer.body?.cancel()
      return { bureau: 'unknown_person', score: null, debt: null }
    }
    if (!answer.ok) {
      await answer.body?.cancel()
      throw new Error(`the bureau answered ${answer.status}`)
    }
    const said: unknown = await answer.json()
    if (!Check(answered, said)) throw new Error('the bureau’s answer is not understood')
    return { bureau: 'answered', score: said.score, debt: said.debt }
  }
