/** What the test kit says: the sandbox's clock, cut lines, simulated cardholders and their acts. */
import { type Static, Type } from 'typebox'
import { closed, instant, nullable, oneOf } from './shapes.ts'

export const testClock = closed({
  object: Type.Literal('test_clock'),
  /** What the platform takes for now. */
  now: instant,
  /** Whole seconds that it is ahead of the clock on the wall. */
  ahead_s: Type.Integer({ minimum: 0 }),
})

/**
 * `client`: between whoever asks the API and the server. `vault`: server and vault. `messages`:
 * server and the provider of SMS and calls. `bureau`: server and credit bureau. `network`: vault
 * and the acquirer of other companies' cards.
 */
export const links = ['client', 'vault', 'messages', 'bureau', 'network'] as const
export type Link = (typeof links)[number]
export type Lost = 'request' | 'answer'

export const cut = closed({
  link: oneOf(links),
  /** What is lost: the request, which then never arrived, or the answer to what was done. */
  lost: oneOf(['request', 'answer'] as const),
  /** An endpoint's name (client) or an operation of the vault; null: whatever comes first. */
  at: nullable(Type.String({ pattern: '^[A-Za-z_]{1,60}$' })),
  times: nullable(Type.Integer({ minimum: 0, maximum: 1000 })),
  until: nullable(instant),
})
export type Cut = Static<typeof cut>

export const testLinks = closed({ object: Type.Literal('test_links'), cuts: Type.Array(cut) })
