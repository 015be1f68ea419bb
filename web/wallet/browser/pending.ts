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
const known = (value: unknown): Pending | null => (isPending(value) ? value : null)

export type PendingStore = {
  readonly load: () => Promise<Pending | null>
  /** From now on it is this one, whatever was in hand. */
  readonly take: (pending: Pending) => Promise<void>
  /** How far it has come; nothing where another one was taken in hand meanwhile. */
  readonly save: (pending: Pending) => Promise<void>
  /** Puts it out of hand; answers with the other one that was taken meanwhile, if one was. */
  readonly drop: (pending: Pending) => Promise<Pending | null>
}

export const pendingStore = ({ get, set, change }: Kept): PendingStore => ({
  load: async () => known(await get(KEY)),
  take: (pending) => set(KEY, pending),
  save: async (pending) => {
    await change(KEY, (before) => (known(before)?.link === pending.link ? pending : before))
  },
  drop: async ({ link }) =>
    known(await change(KEY, (before) => (known(before)?.link === link ? null : before))),
})
