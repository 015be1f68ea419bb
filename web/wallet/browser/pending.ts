/**
 * The one payment that this wallet has in hand. It is kept, so that a tab that was closed, or a
 * browser that went away, finds it again: the link, what it asked for, and how it ended.
 */
import type { Claim } from '@warifu/devices/terminal'
import type { Kept } from './kept.ts'

/** How it ended. `failed`: it could not be opened at all. */
export type Ending =
  | { readonly kind: 'paid' | 'denied' | 'expired' | 'cancelled' }
  | { readonly kind: 'declined' | 'failed'; readonly code: string }

export type Pending = {
  readonly link: string
  readonly claim: Claim | null
  readonly ending: Ending | null
}

const KEY = 'pending'

const isPending = (value: unknown): value is Pending =>
  typeof value === 'object' && value !== null && 'link' in value && 'ending' in value

export type PendingStore = {
  readonly load: () => Promise<Pending | null>
  readonly save: (pending: Pending | null) => Promise<void>
}

export const pendingStore = ({ get, set }: Kept): PendingStore => ({
  load: async () => {
    const value = await get(KEY)
    return isPending(value) ? value : null
  },
  save: (pending) => set(KEY, pending),
})
