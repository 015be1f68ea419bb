/**
 * Listening to what happens to this person's cards, phones and payments. Each attempt is a signed
 * read of its own, created when it is made, so it may follow on the last by hours. Browser-safe.
 */
import type { Following } from '@warifu/sdk/event-stream'
import { type Followed, followNamed, resumingAfter } from '@warifu/sdk/follow-events'
import { signRead, type TerminalNeeds } from './asking.ts'

export const followNotices = (
  needs: TerminalNeeds,
  following: Following,
): AsyncGenerator<Followed, void> =>
  followNamed(
    'streamNotices',
    async (lastEventId, signal) => {
      const { path, headers: signature } = await signRead(needs, 'streamNotices', {})
      const headers = { ...signature, ...resumingAfter(lastEventId) }
      return needs.fetch(`${needs.apiUrl}${path}`, { headers, signal })
    },
    following,
  )
