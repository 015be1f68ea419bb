/**
 * Which vault is asked first, and which after it. Any vault answers any call, but a sale by reader
 * (S3) lives in the memory of the one that made its offer: what is about a sale goes to its home,
 * which follows from its id, so that every server process finds it without being told.
 */
import type { VaultInput, VaultOperation } from '@warifu/protocol/vault'

export type Standing = { readonly waiting: number; readonly isSick: boolean }

type Homes = { readonly [O in VaultOperation]?: (input: VaultInput<O>) => string }
const homes: Homes = {
  make_offer: ({ content }) => content.subject.id,
  open_sale: ({ request }) => request.path.split('/')[3] ?? '',
  end_sale: ({ sale }) => sale,
}

/** A number that is the same on every process; undefined where any vault will do. */
export function homeOf<O extends VaultOperation>(
  operation: O,
  input: VaultInput<O>,
): number | undefined {
  const name = homes[operation]?.(input)
  if (name === undefined) return undefined
  return [...name].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_003, 7)
}

/**
 * The places of all vaults, the one to be asked first in front: the well before the sick; the home
 * and those after it, or who has the least to do, by turns.
 */
export function orderOf(
  vaults: readonly Standing[],
  { turn, home }: { readonly turn: number; readonly home: number | undefined },
): number[] {
  const from = (home ?? turn) % vaults.length
  const places = vaults.map((_, i) => (from + i) % vaults.length)
  const busy = (at: number) => (home === undefined ? (vaults[at]?.waiting ?? 0) : 0)
  const sick = (at: number) => Number(vaults[at]?.isSick)
  return places.sort((a, b) => sick(a) - sick(b) || busy(a) - busy(b))
}
