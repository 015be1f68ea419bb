/** A device of a cardholder in the form in which all kinds of them are listed and removed. */
import type { CarriedType, Carrier } from '@warifu/protocol/device-objects'
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'

export type CarriedId = Id<'pxd'> | Id<'rdr'> | Id<'sim'>

export type Carried = {
  readonly id: CarriedId
  readonly type: CarriedType
  readonly name: string
  readonly carrier: Carrier | null
  readonly card: Id<'crd'> | null
  readonly state: 'active' | 'removed'
  readonly createdMs: number
}

export type Owned = { readonly cardholder: Id<'chl'>; readonly device: CarriedId }

/** What each kind of device brings: a file of its own, and a row in devices.ts. */
export type Kind = {
  /** The devices of a cardholder that were not removed. */
  readonly list: (db: Db, cardholder: Id<'chl'>) => Promise<Carried[]>
  /** Tells whoever must know before the row moves (the vault); idempotent. */
  readonly forget: (device: CarriedId) => Promise<void>
  /** Moves the row; undefined where it is not this cardholder's. */
  readonly remove: (tx: Tx, owned: Owned, nowMs: number) => Promise<Carried | undefined>
}
