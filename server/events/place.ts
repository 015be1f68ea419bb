/**
 * Where an event stands in the log: the transaction that wrote it, then its own id.
 *
 *   20417.evt_0DGX9T4K2R7Q0M3V5C8Z1B4F0K        20418.  (before all events of transaction 20418)
 *
 * To its reader a place is opaque text: the `id` of a stream's message, given back to go on.
 */
import { isId } from '@warifu/protocol/ids'

export type Place = {
  /** An xid8: 64 bits, never used again. */
  readonly xid: bigint
  /** An event's id, or empty: before all of them. */
  readonly id: string
}

/** Stands after `other`. */
export const isAfter = (one: Place, other: Place): boolean =>
  one.xid === other.xid ? one.id > other.id : one.xid > other.xid

export const placeText = ({ xid, id }: Place): string => `${xid}.${id}`

const XID_LIMIT = 2n ** 64n

/** Reads a place's text; undefined where it is none. */
export function readPlace(text: string): Place | undefined {
  const [, digits, id = ''] = /^(0|[1-9][0-9]{0,19})\.(.*)$/.exec(text) ?? []
  if (digits === undefined || (id !== '' && !isId('evt', id))) return undefined
  const xid = BigInt(digits)
  return xid < XID_LIMIT ? { xid, id } : undefined
}
