/**
 * The way to the sandbox's test cardholders: people with phones of their own in a process of their
 * own, since this one may hold no phone's keys. It asks over the loopback; what they do then comes
 * in by the API like anybody's.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import {
  type PersonActed,
  type PersonAsked,
  peopleHere,
  personActed,
} from '@warifu/protocol/test-kit-people'
import type { Static } from 'typebox'
import { Check } from 'typebox/value'

export type Cardholders = {
  readonly list: () => Promise<Answer<Static<typeof peopleHere>>>
  readonly act: (asked: PersonAsked) => Promise<Answer<PersonActed>>
}
export type CardholdersPlace = { readonly url: string; readonly token: string }

/** The first of them is made when the sandbox starts, which may take a while. */
const DEADLINE_MS = 60_000

export function createCardholders(
  place: CardholdersPlace | undefined,
  send: typeof fetch,
): Cardholders {
  const ask = async (init: RequestInit): Promise<{ status: number; body: unknown } | undefined> => {
    if (place === undefined) return undefined
    const headers = { authorization: `Bearer ${place.token}`, 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const answer = await send(place.url, { ...init, headers, signal }).catch(() => undefined)
    return answer && { status: answer.status, body: await answer.json() }
  }
  return {
    list: async () => {
      const answer = await ask({})
      return Check(peopleHere, answer?.body) ? done(answer.body) : refused('cardholders_away')
    },
    act: async (asked) => {
      const answer = await ask({ method: 'POST', body: JSON.stringify(asked) })
      if (answer?.status === 404) return refused('payment_state')
      return Check(personActed, answer?.body) ? done(answer.body) : refused('cardholders_away')
    },
  }
}
