/** PINs and plastic, as `issuing` hands them out. */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'
import {
  addBureau,
  bureauKey,
  type JobMove,
  moveJob,
  type NewBureau,
  takeBureauCounter,
} from './bureau.ts'
import { readCard } from './card.ts'
import type { Needs } from './needs.ts'
import {
  type HandingOut,
  handOutCode,
  type OnPin,
  pinOf,
  setPin,
  startUnblock,
  type Unblocking,
  unblockPin,
  verifiedPhone,
} from './pins.ts'
import { jobsOf, plasticsOf, viewPlastics } from './plastic.ts'
import {
  activatePlastic,
  type Losing,
  losePlastic,
  type OnPlastic,
  openPage,
} from './plastic-life.ts'
import { type Ordering, orderPlastic } from './plastic-ordering.ts'

export type Plastic = ReturnType<typeof createPlastic>

export const createPlastic = (needs: Needs) => ({
  vaultKey: async (use: 'pin' | 'plastic') => {
    const reply = await needs.vault.call('vault_key', { use })
    if (!reply.ok) throw new Error('the vault has no such key')
    return done(reply.output)
  },
  pinOf: (asked: Parameters<typeof pinOf>[1]) => pinOf(needs, asked),
  // Works of a terminal, done by `terminals.once`.
  setPin: (asked: OnPin) => setPin(needs, asked),
  startUnblock: (asked: Unblocking) => startUnblock(needs, asked),
  unblockPin: (asked: OnPin) => unblockPin(needs, asked),
  order: (ordering: Ordering) => orderPlastic(needs, ordering),
  openPage: (asked: OnPlastic) => openPage(needs, asked),
  activate: (asked: OnPlastic) => activatePlastic(needs, asked),
  lose: (asked: Losing) => losePlastic(needs, asked),
  /** A card's plastics, newest first; undefined where the card is not this person's. */
  of: async (card: Id<'crd'>, cardholder: Id<'chl'>) => {
    const { sql } = needs.store
    if ((await readCard(sql, card))?.cardholder !== cardholder) return refused('not_found')
    return done(await viewPlastics(sql, await plasticsOf(sql, card)))
  },
  // Of operators.
  handOutCode: (asked: HandingOut) => handOutCode(needs, asked),
  addBureau: (bureau: NewBureau, nowMs: number) => addBureau(needs.store.sql, bureau, nowMs),
  /** The number that this person verified last. */
  verifiedPhone: (db: Db, cardholder: Id<'chl'>) => verifiedPhone(db, cardholder),
  // Of bureaus.
  bureauKey: (id: Id<'bur'>) => bureauKey(needs.store.sql, id),
  takeBureauCounter: (id: Id<'bur'>, counter: bigint) =>
    takeBureauCounter(needs.store.sql, id, counter),
  jobs: (bureau: Id<'bur'>) => jobsOf(needs.store.sql, bureau),
  moveJob: (move: JobMove) => moveJob(needs, move),
})
