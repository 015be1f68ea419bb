/**
 * Whether the platform answers. A browser that is connected to something calls itself online, so
 * every request of the page tells: one without an answer may be chance, two in a row are silence.
 */
import type { Api } from '@warifu/sdk/api-call'

export type Reach = {
  readonly answers: () => boolean
  /** Told when it falls silent, and when it answers again. */
  readonly onChange: (listener: () => void) => () => void
}

const SILENCE = 2

type Needs = Api & { readonly language: () => string }

export function reachBy({ fetch, apiUrl, language }: Needs): Reach & Api {
  const listeners = new Set<() => void>()
  let unanswered = 0
  const answers = () => unanswered < SILENCE
  const count = (now: number) => {
    const before = answers()
    unanswered = now
    if (answers() !== before) for (const listener of listeners) listener()
  }
  return {
    apiUrl,
    answers,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    fetch: async (url, init) => {
      // A reader or a SIM beside the page is not the platform.
      if (!url.startsWith(apiUrl)) return fetch(url, init)
      // What the person is sent, by SMS or a call, is in the language of this page.
      const headers = { ...Object(init.headers), 'accept-language': language() }
      try {
        const answer = await fetch(url, { ...init, headers })
        count(0)
        return answer
      } catch (fault) {
        if (init.signal?.aborted !== true) count(unanswered + 1)
        throw fault
      }
    },
  }
}
