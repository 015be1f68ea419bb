/** A time as bounds of ids: an id begins with the time it was made at (protocol/ids.ts). */
import { mintId } from '@warifu/protocol/ids'

/** From the first, before the second; in milliseconds. */
export type Span = { readonly fromMs: number; readonly toMs: number }

/** After every time that an id can carry; ids of today begin with zeroes. */
export const FOREVER: Span = { fromMs: 0, toMs: 2 ** 49 }

const letters = (nowMs: number): string =>
  mintId({ prefix: 'sal', lane: 0, nowMs, chance: new Uint8Array(14) }).slice(4, 14)

/** What stands in an id behind its kind, at the two ends of a time. */
export const boundsOf = ({ fromMs, toMs }: Span) => ({ from: letters(fromMs), to: letters(toMs) })
